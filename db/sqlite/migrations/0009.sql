-- Names are compared as they are drawn, too: a capital I is an l. parley_drawn is a
-- function of the program's, needed by this migration alone; so is parley_likeness.
ALTER TABLE accounts ADD COLUMN drawn    TEXT NOT NULL DEFAULT ''; -- chat.Drawn of the username
ALTER TABLE accounts ADD COLUMN likeness TEXT NOT NULL DEFAULT ''; -- chat.DrawnLetters of the name
UPDATE accounts SET drawn = parley_drawn(username), likeness = parley_likeness(name);
CREATE INDEX accounts_by_drawn ON accounts (drawn);
CREATE INDEX accounts_by_likeness ON accounts (likeness);

-- Names are unique among open rooms: skeleton and drawn are NULL for all others.
ALTER TABLE rooms ADD COLUMN drawn TEXT;
UPDATE rooms SET skeleton = NULL WHERE kind = 1;
UPDATE rooms SET drawn = parley_drawn(name) WHERE skeleton IS NOT NULL;
CREATE INDEX rooms_by_drawn ON rooms (drawn) WHERE drawn IS NOT NULL;

-- What was issued ends with the standing of who issued it, or whose it is.
UPDATE invites SET revoked_at = unixepoch() * 1000 WHERE revoked_at IS NULL
  AND made_by IN (SELECT id FROM accounts WHERE role < 1 OR disabled_at IS NOT NULL);
DELETE FROM resets WHERE account_id IN (SELECT id FROM accounts WHERE disabled_at IS NOT NULL);
ALTER TABLE resets ADD COLUMN made_by INTEGER REFERENCES accounts ON DELETE CASCADE; -- NULL: the command line
