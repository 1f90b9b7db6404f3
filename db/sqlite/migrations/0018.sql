-- What the links of a message lead to, as JSON, and which messages are to be looked at for that.
ALTER TABLE messages ADD COLUMN previews BLOB;
CREATE TABLE fetches (
  message_id INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  due_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX fetches_due ON fetches (due_at);
