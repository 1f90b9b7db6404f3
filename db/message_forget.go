package db

import "parley/app/chat"

// Forget removes a row and what hangs on it.
func Forget(t *Tx, id chat.MessageID) error {
	if err := t.under.Unindex(t, []chat.MessageID{id}); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE memberships SET mentions = greatest(0, mentions - 1) WHERE posts_read < (SELECT posts FROM messages WHERE id = ?1)
			AND (room_id, account_id) IN (SELECT room_id, account_id FROM mentions WHERE message_id = ?1)`,
		`UPDATE memberships SET erased = erased + 1 FROM (SELECT room_id AS room, posts FROM messages
			WHERE id = ?1 AND kind = 0 AND deleted_at IS NULL) AS gone
			WHERE room_id = gone.room AND left_at IS NULL AND posts_read < gone.posts`,
		"UPDATE rooms SET last_id = 0, last_author = 0 WHERE last_id = ?1", // the oldest go first: it is empty
		"DELETE FROM messages WHERE id = ?1",
	} {
		if err := t.Exec(query, id); err != nil {
			return err
		}
	}
	return nil
}
