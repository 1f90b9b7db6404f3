-- Devices that are told of messages when nobody looks at a page. Each ends with the session
-- that it came by.
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

-- What devices are told: one row for a device and a room, of the newest message.
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
CREATE INDEX pushes_due ON pushes (next_at) WHERE state <> 1;
CREATE INDEX pushes_by_room ON pushes (room_id);

-- Up to which message of a room it was looked who is to be told.
CREATE TABLE pushed (
  room_id INTEGER PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
  upto    INTEGER NOT NULL
) STRICT;
