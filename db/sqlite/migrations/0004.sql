-- Replies, and deletions that can be undone for a moment.

ALTER TABLE messages ADD COLUMN reply_to INTEGER REFERENCES messages ON DELETE SET NULL; -- the message it answers
ALTER TABLE messages ADD COLUMN replies INTEGER NOT NULL DEFAULT 0; -- how many answer it, without deleted ones
ALTER TABLE messages ADD COLUMN deleted_by INTEGER;                 -- who may undo that; NULL once the text is gone

CREATE INDEX messages_by_reply ON messages (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX messages_to_erase ON messages (deleted_at) WHERE deleted_by IS NOT NULL;
