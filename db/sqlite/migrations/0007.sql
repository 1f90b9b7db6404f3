-- Who may come in, what an administrator did, and what people complain about.

CREATE TABLE invites (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  code       TEXT    NOT NULL UNIQUE,    -- what the link carries
  role       INTEGER NOT NULL,           -- of who comes by it
  uses       INTEGER NOT NULL,           -- how many may come; 0 is any number
  used       INTEGER NOT NULL DEFAULT 0,
  made_by    INTEGER REFERENCES accounts,-- NULL: the command line
  made_at    INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

-- One link for each account; a new one takes the place of the old.
CREATE TABLE resets (
  account_id INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  token_hash BLOB    NOT NULL UNIQUE,    -- SHA-256; the token itself is only in the link
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE reports (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  made_by    INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  reason     TEXT    NOT NULL,
  made_at    INTEGER NOT NULL,
  closed_by  INTEGER REFERENCES accounts,
  closed_at  INTEGER,
  UNIQUE (message_id, made_by)
) STRICT;

CREATE INDEX reports_open ON reports (id) WHERE closed_at IS NULL;

-- Who did what. Names are kept as they were.
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  by_id   INTEGER,                       -- NULL: the command line, or the server itself
  by_name TEXT    NOT NULL,
  action  TEXT    NOT NULL,              -- a word, see chat.AllDeeds
  object  TEXT    NOT NULL,              -- what it was done to
  detail  TEXT    NOT NULL
) STRICT;

-- What the certificate authority gave us, and our key there.
CREATE TABLE certificates (
  name TEXT PRIMARY KEY,
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What came from elsewhere, so that it comes once.
CREATE TABLE imports (
  source TEXT    NOT NULL,               -- the other server
  key    TEXT    NOT NULL,               -- its name there
  id     INTEGER NOT NULL,               -- its number here
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

ALTER TABLE accounts ADD COLUMN banned_at INTEGER;
ALTER TABLE accounts ADD COLUMN erasing INTEGER NOT NULL DEFAULT 0; -- what it wrote is being deleted

-- memberships.owner: 0 member, 1 owner, 2 moderator
ALTER TABLE memberships ADD COLUMN banned INTEGER NOT NULL DEFAULT 0;

ALTER TABLE rooms ADD COLUMN slow INTEGER NOT NULL DEFAULT 0; -- seconds between two messages of one person

-- Of the posts after the read mark, how many were deleted: they are not unread.
ALTER TABLE memberships ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER posted;
CREATE TRIGGER posted AFTER INSERT ON messages WHEN new.kind = 0 BEGIN
  UPDATE rooms SET rev = new.rev, posts = new.posts, last_id = new.id, last_author = new.author_id, last_at = new.at WHERE id = new.room_id;
  UPDATE memberships SET posts_read = new.posts, erased = 0, mentions = 0 WHERE room_id = new.room_id AND account_id = new.author_id;
END;
