-- beside the version before
-- What a program says beside its text: as whom it speaks, and attachments, as JSON.
ALTER TABLE messages ADD COLUMN program BYTEA;

-- A key with a room is the address of an incoming hook, and of nothing else.
ALTER TABLE keys ADD COLUMN room_id BIGINT REFERENCES rooms ON DELETE CASCADE;
ALTER TABLE keys ADD COLUMN dialect BIGINT NOT NULL DEFAULT 0; -- of what is sent: 0 by its looks, 1 Slack's, 2 Markdown
CREATE INDEX keys_by_room ON keys (room_id) WHERE room_id IS NOT NULL;
