-- Programs. A bot is an account that a person has for a program; keys let programs act for
-- a bot, or for the person who made them.
ALTER TABLE accounts ADD COLUMN bot_by INTEGER REFERENCES accounts DEFERRABLE INITIALLY DEFERRED; -- whose bot it is; NULL: a person
CREATE INDEX accounts_by_bot ON accounts (bot_by) WHERE bot_by IS NOT NULL;

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
) STRICT;
CREATE INDEX keys_by_account ON keys (account_id);
