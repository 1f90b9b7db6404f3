ALTER TABLE memberships ADD COLUMN muted_until INTEGER NOT NULL DEFAULT 0; -- when muting ends by itself; 0: it does not
CREATE INDEX memberships_muted ON memberships (muted_until) WHERE muted_until > 0;
