-- Mail addresses of people, which nobody but they see.
CREATE TABLE addresses (
  account_id   INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  address      TEXT    NOT NULL,
  folded       TEXT    NOT NULL,           -- as it is found
  confirmed_at INTEGER NOT NULL DEFAULT 0, -- 0: it is not
  code_hash    BLOB,                       -- SHA-256; the code itself is only in the mail
  code_until   INTEGER NOT NULL DEFAULT 0,
  mailed       INTEGER NOT NULL DEFAULT 0  -- the newest message that a mail was about
) STRICT;
CREATE UNIQUE INDEX addresses_confirmed ON addresses (folded) WHERE confirmed_at > 0;
CREATE INDEX addresses_by_code ON addresses (code_hash) WHERE code_hash IS NOT NULL;

-- Mails that wait to be written and sent. Their secrets are made when they are.
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
