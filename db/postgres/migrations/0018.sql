-- beside the version before
-- What the links of a message lead to, as JSON, and which messages are to be looked at for that.
ALTER TABLE messages ADD COLUMN previews BYTEA;
CREATE TABLE fetches (
  message_id BIGINT PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  due_at     BIGINT NOT NULL
);
CREATE INDEX fetches_due ON fetches (due_at);
