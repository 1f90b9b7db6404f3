-- What changed in a room since a rev is found in two parts: rows that are new, at
-- the end of the room, and rows that were changed after they were written. Only
-- these need an index of their own, so that posting writes one index less.
ALTER TABLE messages ADD COLUMN born INTEGER NOT NULL DEFAULT 0; -- rev that the row came with; never falls from row to row of a room
UPDATE messages SET born = b.born FROM (
  SELECT id, min(rev) OVER (PARTITION BY room_id ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS born FROM messages
) AS b WHERE b.id = messages.id;
DROP INDEX messages_by_rev;
CREATE INDEX messages_changed ON messages (room_id, rev) WHERE rev <> born;

-- What every post changes beside its row, within the one statement that stores it.
-- Who speaks has read what is above.
CREATE TRIGGER posted AFTER INSERT ON messages WHEN new.kind = 0 BEGIN
  UPDATE rooms SET rev = new.rev, posts = new.posts, last_id = new.id, last_author = new.author_id, last_at = new.at WHERE id = new.room_id;
  UPDATE memberships SET posts_read = new.posts, mentions = 0 WHERE room_id = new.room_id AND account_id = new.author_id;
END;
