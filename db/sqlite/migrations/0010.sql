-- Files. What was uploaded is a row of files; its bytes, and those of the forms that were
-- made of a picture, are blobs, each in rows of chunks of at most 64 KiB. A chunk's id is
-- blob * 2^20 + its number, so that a range of bytes is a range of ids.
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
CREATE INDEX files_by_message ON files (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX files_by_room ON files (room_id, id) WHERE message_id IS NOT NULL;
CREATE INDEX files_loose ON files (made_at) WHERE message_id IS NULL;
CREATE INDEX files_waiting ON files (id) WHERE state = 1;
CREATE INDEX files_by_account ON files (by_id, size);

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

CREATE TABLE chunks (
  id   INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

ALTER TABLE accounts ADD COLUMN picture INTEGER NOT NULL DEFAULT 0; -- the file that shows the person; 0: none

-- Emoji that this workspace has beside those that everybody has.
CREATE TABLE emoji (
  name    TEXT    PRIMARY KEY,           -- without colons
  file_id INTEGER NOT NULL REFERENCES files,
  made_by INTEGER NOT NULL REFERENCES accounts,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX emoji_by_file ON emoji (file_id);

ALTER TABLE messages ADD COLUMN files BLOB; -- of the message, as it shows them, as JSON; NULL: none
