-- The result of all migrations, for reading. Written by: go test ./db/sqlite -run Schema -update
-- user_version 30

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
, title TEXT NOT NULL DEFAULT '', bio TEXT NOT NULL DEFAULT '', prefs TEXT NOT NULL DEFAULT '{}', banned_at INTEGER, erasing INTEGER NOT NULL DEFAULT 0, drawn    TEXT NOT NULL DEFAULT '', likeness TEXT NOT NULL DEFAULT '', picture INTEGER NOT NULL DEFAULT 0, bot_by INTEGER REFERENCES accounts DEFERRABLE INITIALLY DEFERRED) STRICT;

CREATE INDEX accounts_by_bot ON accounts (bot_by) WHERE bot_by IS NOT NULL;

CREATE INDEX accounts_by_drawn ON accounts (drawn);

CREATE INDEX accounts_by_likeness ON accounts (likeness);

CREATE INDEX accounts_with_filters ON accounts (id) WHERE prefs LIKE '%"keywords"%' OR prefs LIKE '%"blocked"%';

CREATE TABLE addresses (
  account_id   INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  address      TEXT    NOT NULL,
  folded       TEXT    NOT NULL,           -- as it is found
  confirmed_at INTEGER NOT NULL DEFAULT 0, -- 0: it is not
  code_hash    BLOB,                       -- SHA-256; the code itself is only in the mail
  code_until   INTEGER NOT NULL DEFAULT 0,
  mailed       INTEGER NOT NULL DEFAULT 0  -- the newest message that a mail was about
) STRICT;

CREATE INDEX addresses_by_code ON addresses (code_hash) WHERE code_hash IS NOT NULL;

CREATE UNIQUE INDEX addresses_confirmed ON addresses (folded) WHERE confirmed_at > 0;

CREATE TABLE applications (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT    NOT NULL,
  folded   TEXT    NOT NULL UNIQUE,
  name     TEXT    NOT NULL,
  password TEXT    NOT NULL,               -- argon2id in PHC format
  reason   TEXT    NOT NULL,
  made_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  by_id   INTEGER,                       -- NULL: the command line, or the server itself
  by_name TEXT    NOT NULL,
  action  TEXT    NOT NULL,              -- a word, see chat.AllDeeds
  object  TEXT    NOT NULL,              -- what it was done to
  detail  TEXT    NOT NULL
) STRICT;

CREATE TABLE blobs (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  file_id INTEGER REFERENCES files,
  form    INTEGER NOT NULL,              -- 0 as it was uploaded, 1 small, 2 large
  type    TEXT    NOT NULL,
  size    INTEGER NOT NULL,
  sum     BLOB    NOT NULL,              -- SHA-256; empty while it comes
  UNIQUE (file_id, form)
) STRICT;

CREATE INDEX blobs_by_size ON blobs (size);

CREATE TABLE case_lines (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
  kind    INTEGER NOT NULL,              -- 0 of the visitor, 1 of the team, 2 opened, 3 taken, 4 handed on, 5 closed
  author  INTEGER REFERENCES accounts,   -- of the team
  at      INTEGER NOT NULL,
  body    TEXT    NOT NULL
) STRICT;

CREATE INDEX case_lines_by_case ON case_lines (case_id, id);

CREATE TABLE cases (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  visitor    BLOB,                       -- SHA-256 of the cookie; NULL: forgotten
  name       TEXT    NOT NULL,
  mail       TEXT    NOT NULL,
  page       TEXT    NOT NULL,           -- where the visitor is
  state      INTEGER NOT NULL,           -- 0 waits, 1 taken, 2 closed
  taken_by   INTEGER REFERENCES accounts,
  rev        INTEGER NOT NULL,           -- of the widget at the latest change
  opened_at  INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  waits_at   INTEGER NOT NULL,           -- since when the visitor waits; 0: does not
  last       TEXT    NOT NULL            -- what was said last, the beginning
, seen_team INTEGER NOT NULL DEFAULT 0, seen_visitor INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX cases_by_room ON cases (room_id, state, id);

CREATE INDEX cases_by_visitor ON cases (visitor) WHERE visitor IS NOT NULL;

CREATE TABLE certificates (
  name TEXT PRIMARY KEY,
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chunks (
  id   INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE days (
  day   INTEGER PRIMARY KEY,             -- since 1970
  first INTEGER NOT NULL,                -- message
  last  INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook_id INTEGER NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  state      INTEGER NOT NULL DEFAULT 0, -- 0 waits, 1 arrived, 2 was given up, 3 was refused
  tries      INTEGER NOT NULL DEFAULT 0,
  next_at    INTEGER NOT NULL,           -- of one that waits
  status     INTEGER NOT NULL DEFAULT 0, -- of the last answer; 0: there was none
  took       INTEGER NOT NULL DEFAULT 0, -- milliseconds
  note       TEXT    NOT NULL DEFAULT '',-- why not
  made_at    INTEGER NOT NULL
, answers INTEGER NOT NULL DEFAULT 0, answer_id INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, id);

CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 0;

CREATE INDEX deliveries_waiting ON deliveries (webhook_id) WHERE state = 0;

CREATE TABLE devices (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  session    BLOB    NOT NULL REFERENCES sessions ON DELETE CASCADE,
  endpoint   TEXT    NOT NULL UNIQUE,    -- where its push service takes messages for it
  p256dh     BLOB    NOT NULL,           -- its public key
  auth       BLOB    NOT NULL,           -- what only it and we know
  name       TEXT    NOT NULL,
  zone       TEXT    NOT NULL DEFAULT '',-- where it was when it was added
  made_at    INTEGER NOT NULL,
  reached_at INTEGER NOT NULL DEFAULT 0, -- 0: never
  note       TEXT    NOT NULL DEFAULT '' -- why it was not reached the last time
) STRICT;

CREATE INDEX devices_by_account ON devices (account_id);

CREATE INDEX devices_by_session ON devices (session);

CREATE TABLE emoji (
  name    TEXT    PRIMARY KEY,           -- without colons
  file_id INTEGER NOT NULL REFERENCES files,
  made_by INTEGER NOT NULL REFERENCES accounts,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX emoji_by_file ON emoji (file_id);

CREATE TABLE factors (
  account_id   INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  secret       TEXT    NOT NULL,           -- base32
  step         INTEGER NOT NULL DEFAULT 0, -- of the last code that was used: a code is good once
  confirmed_at INTEGER NOT NULL DEFAULT 0  -- 0: it is being set up
) STRICT;

CREATE TABLE fetches (
  message_id INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  due_at     INTEGER NOT NULL
, tries INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX fetches_due ON fetches (due_at);

CREATE TABLE files (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token      TEXT    NOT NULL UNIQUE,    -- of its address
  by_id      INTEGER NOT NULL REFERENCES accounts,
  room_id    INTEGER,                    -- of its message; NULL: it was not sent yet
  message_id INTEGER REFERENCES messages ON DELETE SET NULL, -- NULL with a room: to be removed
  place      INTEGER NOT NULL DEFAULT 0, -- among the files of its message
  name       TEXT    NOT NULL,
  folded     TEXT    NOT NULL,           -- name and description, as the list of a room is filtered
  kind       INTEGER NOT NULL,           -- 0 other, 1 picture, 2 sound, 3 film, 4 text
  type       TEXT    NOT NULL,           -- after its content
  size       INTEGER NOT NULL,           -- bytes of the original
  width      INTEGER NOT NULL DEFAULT 0,
  height     INTEGER NOT NULL DEFAULT 0, -- of a picture, upright
  alt        TEXT    NOT NULL DEFAULT '',-- what it shows
  state      INTEGER NOT NULL,           -- 0 ready, 1 its forms are being made, 2 removed
  moves      INTEGER NOT NULL DEFAULT 0,
  gone       INTEGER NOT NULL DEFAULT 0, -- the original was not kept
  use        INTEGER NOT NULL DEFAULT 0, -- 0 for a message, 1 of a person, 2 of a room, 3 of the workspace, 4 as an emoji
  done       INTEGER NOT NULL DEFAULT 0, -- all its bytes have come
  made_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX files_by_account ON files (by_id, size);

CREATE INDEX files_by_message ON files (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX files_by_room ON files (room_id, id) WHERE message_id IS NOT NULL;

CREATE INDEX files_loose ON files (made_at) WHERE message_id IS NULL;

CREATE INDEX files_waiting ON files (id) WHERE state = 1;

CREATE TABLE identities (
  issuer     TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  label      TEXT    NOT NULL,             -- by which its person knows it
  made_at    INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_by_account ON identities (account_id);

CREATE TABLE imports (
  source TEXT    NOT NULL,               -- the other server
  key    TEXT    NOT NULL,               -- its name there
  id     INTEGER NOT NULL,               -- its number here
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE indexed (
  upto INTEGER NOT NULL
) STRICT;

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
, rooms TEXT NOT NULL DEFAULT '[]') STRICT;

CREATE TABLE keys (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, -- for whom it acts
  hash       BLOB    NOT NULL UNIQUE,    -- SHA-256; the key itself is shown once
  begins     TEXT    NOT NULL,           -- its first signs, to know it by
  name       TEXT    NOT NULL,
  writes     INTEGER NOT NULL,           -- 0: it may only read
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL DEFAULT 0, -- 0: never
  used_at    INTEGER NOT NULL DEFAULT 0  -- 0: never
, room_id INTEGER REFERENCES rooms ON DELETE CASCADE, dialect INTEGER NOT NULL DEFAULT 0, feed INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX keys_by_account ON keys (account_id);

CREATE INDEX keys_by_room ON keys (room_id) WHERE room_id IS NOT NULL;

CREATE TABLE mails (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       INTEGER NOT NULL,             -- 0 confirm, 1 password, 2 invite, 3 device, 4 digest
  account_id INTEGER REFERENCES accounts ON DELETE CASCADE, -- whom it is for, if that is known
  data       TEXT    NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  next_at    INTEGER NOT NULL,
  made_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_due ON mails (next_at);

CREATE TABLE memberships (
  room_id    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  owner      INTEGER NOT NULL DEFAULT 0,
  rev        INTEGER NOT NULL,           -- of the room when this last changed
  posts_read INTEGER NOT NULL,           -- how many of the room's posts were read
  mentions   INTEGER NOT NULL DEFAULT 0, -- unread messages for this person
  joined_at  INTEGER NOT NULL,
  left_at    INTEGER, level INTEGER NOT NULL DEFAULT 0, muted INTEGER NOT NULL DEFAULT 0, starred INTEGER NOT NULL DEFAULT 0, banned INTEGER NOT NULL DEFAULT 0, erased INTEGER NOT NULL DEFAULT 0, muted_until INTEGER NOT NULL DEFAULT 0,                    -- a departure is kept, so that it can be told
  PRIMARY KEY (room_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX departures ON memberships (room_id, rev) WHERE left_at IS NOT NULL;

CREATE INDEX memberships_by_account ON memberships (account_id, room_id) WHERE left_at IS NULL;

CREATE INDEX memberships_muted ON memberships (muted_until) WHERE muted_until > 0;

CREATE TABLE mentions (
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  room_id    INTEGER NOT NULL,
  message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  PRIMARY KEY (account_id, room_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX mentions_by_account ON mentions (account_id, message_id);

CREATE INDEX mentions_by_message ON mentions (message_id);

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
  deleted_at INTEGER, born INTEGER NOT NULL DEFAULT 0, reply_to INTEGER REFERENCES messages ON DELETE SET NULL, replies INTEGER NOT NULL DEFAULT 0, deleted_by INTEGER, files BLOB, program BLOB, previews BLOB,
  UNIQUE (author_id, cid)
) STRICT;

CREATE INDEX messages_by_reply ON messages (reply_to) WHERE reply_to IS NOT NULL;

CREATE INDEX messages_by_room ON messages (room_id, id);

CREATE INDEX messages_changed ON messages (room_id, rev) WHERE rev <> born;

CREATE INDEX messages_to_erase ON messages (deleted_at) WHERE deleted_by IS NOT NULL;

CREATE TABLE passkeys (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  credential BLOB    NOT NULL UNIQUE,      -- its id, as the device says it
  data       BLOB    NOT NULL,             -- its public key and counter, as JSON
  name       TEXT    NOT NULL,
  made_at    INTEGER NOT NULL,
  used_at    INTEGER NOT NULL DEFAULT 0    -- 0: never
) STRICT;

CREATE INDEX passkeys_by_account ON passkeys (account_id);

CREATE TABLE pushed (
  room_id INTEGER PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
  upto    INTEGER NOT NULL
) STRICT;

CREATE TABLE pushes (
  device_id  INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
  room_id    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  state      INTEGER NOT NULL DEFAULT 0, -- 0 waits, 1 is shown, 2 waits to be withdrawn
  tries      INTEGER NOT NULL DEFAULT 0,
  next_at    INTEGER NOT NULL,           -- of one that waits
  made_at    INTEGER NOT NULL,
  PRIMARY KEY (device_id, room_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pushes_by_room ON pushes (room_id);

CREATE INDEX pushes_due ON pushes (next_at) WHERE state <> 1;

CREATE TABLE recovery (
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  hash       BLOB    NOT NULL,             -- SHA-256
  PRIMARY KEY (account_id, hash)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE resets (
  account_id INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  token_hash BLOB    NOT NULL UNIQUE,    -- SHA-256; the token itself is only in the link
  expires_at INTEGER NOT NULL
, made_by INTEGER REFERENCES accounts ON DELETE CASCADE) STRICT;

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
, slow INTEGER NOT NULL DEFAULT 0, drawn TEXT, picture INTEGER NOT NULL DEFAULT 0, world INTEGER NOT NULL DEFAULT 0, queue INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX rooms_by_drawn ON rooms (drawn) WHERE drawn IS NOT NULL;

CREATE TABLE sessions (
  token_hash BLOB    PRIMARY KEY,        -- SHA-256; the token itself is only in the cookie
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  agent      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL            -- at most once a minute
, proved_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_account ON sessions (account_id, created_at);

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
  hash       BLOB    PRIMARY KEY,          -- SHA-256
  kind       INTEGER NOT NULL,
  account_id INTEGER REFERENCES accounts ON DELETE CASCADE,
  data       BLOB    NOT NULL,
  until      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tickets_by_end ON tickets (until);

CREATE TABLE versions (
  message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  until      INTEGER NOT NULL,           -- when it was replaced
  rev        INTEGER NOT NULL,           -- of the change that replaced it
  text       BLOB    NOT NULL,           -- parsed, as it was shown
  PRIMARY KEY (message_id, rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  bot_id  INTEGER NOT NULL REFERENCES accounts, -- who listens, and says what is answered
  name    TEXT    NOT NULL,
  url     TEXT    NOT NULL,
  secret  TEXT    NOT NULL,              -- with which bodies are signed
  word    TEXT    NOT NULL DEFAULT '',   -- how messages begin that are told, folded; '': all are
  seen    INTEGER NOT NULL,              -- the last message that was looked at
  failed  INTEGER NOT NULL DEFAULT 0,    -- deliveries in a row that did not arrive
  made_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_by_bot ON webhooks (bot_id);

CREATE INDEX webhooks_by_room ON webhooks (room_id);

CREATE TABLE widgets (
  room_id INTEGER PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
  slug    TEXT    NOT NULL UNIQUE,       -- of its address
  bot_id  INTEGER NOT NULL REFERENCES accounts, -- tells the room of who comes
  data    BLOB    NOT NULL,              -- its settings, as JSON
  rev     INTEGER NOT NULL DEFAULT 0     -- counts changes of its cases
) STRICT;

CREATE VIRTUAL TABLE words USING fts5 (
  word,
  content = '', contentless_delete = 1,
  tokenize = 'ascii',                    -- folding and splitting is done before
  prefix = '2 3'                         -- longer beginnings are rare enough
);

CREATE TABLE 'words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'words_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
