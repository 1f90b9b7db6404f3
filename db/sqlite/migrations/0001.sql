-- Times are milliseconds since 1970 in UTC. Rows of the log are never removed
-- while their room exists: a deleted message keeps its row and loses its body.

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  username    TEXT    NOT NULL,          -- as typed
  folded      TEXT    NOT NULL UNIQUE,   -- how @name finds it
  skeleton    TEXT    NOT NULL UNIQUE,   -- two that look alike are the same
  name        TEXT    NOT NULL,          -- as shown
  name_folded TEXT    NOT NULL,          -- how the directory finds and sorts it
  role        INTEGER NOT NULL DEFAULT 0,-- 0 member, 1 administrator
  password    TEXT    NOT NULL,          -- argon2id in PHC format
  created_at  INTEGER NOT NULL,
  disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
  token_hash BLOB    PRIMARY KEY,        -- SHA-256; the token itself is only in the cookie
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  agent      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL            -- at most once a minute
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account_id, created_at);

CREATE TABLE rooms (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        INTEGER NOT NULL,          -- 0 open, 1 private, 2 direct
  name        TEXT    NOT NULL,
  skeleton    TEXT    UNIQUE,            -- NULL for direct and deleted ones
  topic       TEXT    NOT NULL DEFAULT '',
  everyone    INTEGER NOT NULL DEFAULT 0,
  direct      TEXT    UNIQUE,            -- the sorted ids of a direct one's people
  rev         INTEGER NOT NULL DEFAULT 0,-- counts changes of the log
  posts       INTEGER NOT NULL DEFAULT 0,-- counts messages ever posted
  people      INTEGER NOT NULL DEFAULT 0,
  last_id     INTEGER NOT NULL DEFAULT 0,-- newest row of the log,
  last_author INTEGER NOT NULL DEFAULT 0,-- who said it (0: nobody, the server did)
  last_at     INTEGER NOT NULL DEFAULT 0,-- and when
  created_at  INTEGER NOT NULL,
  deleted_at  INTEGER
) STRICT;

CREATE TABLE memberships (
  room_id    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  owner      INTEGER NOT NULL DEFAULT 0,
  rev        INTEGER NOT NULL,           -- of the room when this last changed
  posts_read INTEGER NOT NULL,           -- how many of the room's posts were read
  mentions   INTEGER NOT NULL DEFAULT 0, -- unread messages for this person
  joined_at  INTEGER NOT NULL,
  left_at    INTEGER,                    -- a departure is kept, so that it can be told
  PRIMARY KEY (room_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_account ON memberships (account_id, room_id) WHERE left_at IS NULL;
CREATE INDEX departures ON memberships (room_id, rev) WHERE left_at IS NOT NULL;

CREATE TABLE messages (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id    INTEGER NOT NULL REFERENCES rooms,
  rev        INTEGER NOT NULL,           -- of the room when this last changed
  posts      INTEGER NOT NULL,           -- the room's count of posts with this row
  kind       INTEGER NOT NULL,           -- 0 said, 1 joined, 2 left, 3 renamed, 4 topic
  author_id  INTEGER NOT NULL REFERENCES accounts,
  at         INTEGER NOT NULL,
  cont       INTEGER NOT NULL,           -- goes on from the row before
  body       TEXT    NOT NULL,           -- as typed
  text       BLOB    NOT NULL,           -- parsed once (said), or the event, as JSON
  addressed  TEXT    NOT NULL,           -- ids of the people it is for, by spaces
  cid        TEXT,                       -- the client's id for it
  reactions  BLOB,                       -- emoji and who put them there, as JSON
  edited_at  INTEGER,
  deleted_at INTEGER,
  UNIQUE (author_id, cid)
) STRICT;
CREATE INDEX messages_by_room ON messages (room_id, id);
CREATE INDEX messages_by_rev ON messages (room_id, rev);

CREATE TABLE versions (
  message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  until      INTEGER NOT NULL,           -- when it was replaced
  rev        INTEGER NOT NULL,           -- of the change that replaced it
  text       BLOB    NOT NULL,           -- parsed, as it was shown
  PRIMARY KEY (message_id, rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  room_id    INTEGER NOT NULL,
  message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  PRIMARY KEY (account_id, room_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (message_id);
