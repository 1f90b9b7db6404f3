-- When a session last proved who it is; 0: when it began.
ALTER TABLE sessions ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;

-- Codes of an app as second factor.
CREATE TABLE factors (
  account_id   INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  secret       TEXT    NOT NULL,           -- base32
  step         INTEGER NOT NULL DEFAULT 0, -- of the last code that was used: a code is good once
  confirmed_at INTEGER NOT NULL DEFAULT 0  -- 0: it is being set up
) STRICT;

-- Codes for who has lost it, each good once.
CREATE TABLE recovery (
  account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
  hash       BLOB    NOT NULL,             -- SHA-256
  PRIMARY KEY (account_id, hash)
) STRICT, WITHOUT ROWID;

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

-- What was begun and is to be ended by whoever has the ticket, once and soon.
CREATE TABLE tickets (
  hash       BLOB    PRIMARY KEY,          -- SHA-256
  kind       INTEGER NOT NULL,
  account_id INTEGER REFERENCES accounts ON DELETE CASCADE,
  data       BLOB    NOT NULL,
  until      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_by_end ON tickets (until);
