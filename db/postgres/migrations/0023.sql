-- beside the version before
-- Whom a provider vouches for: people by its own name of them, which never changes.
CREATE TABLE identities (
  issuer     TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  label      TEXT    NOT NULL,             -- by which its person knows it
  made_at    BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_account ON identities (account_id);
