-- Addresses of other programs that are told what is said in a room, and what became of that.
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
CREATE INDEX webhooks_by_room ON webhooks (room_id);

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
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 0;
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, id);
