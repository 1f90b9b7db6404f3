package db

import "parley/app/chat"

// misnumbered are the rooms in which two rows have one number.
const misnumbered = `SELECT room_id FROM messages WHERE rev = born GROUP BY room_id HAVING count(*) <> count(DISTINCT born)
	UNION SELECT room_id FROM messages WHERE kind = 0 GROUP BY room_id HAVING count(*) <> count(DISTINCT posts)`

// Renumber gives every row of such a room a number of its own, in the order of their
// ids, above all that were given: open pages load the room again. The counts that
// follow from these are made anew after it.
func Renumber(t *Tx) error {
	rooms, err := List(t, ScanID[chat.RoomID], misnumbered)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if err := t.Each([]any{room},
			`UPDATE messages SET rev = n.rev, born = n.rev, posts = n.posts FROM (SELECT m.id, r.rev + row_number() OVER o AS rev,
				first_value(m.posts - CASE WHEN m.kind = 0 THEN 1 ELSE 0 END) OVER o
					+ sum(CASE WHEN m.kind = 0 THEN 1 ELSE 0 END) OVER o AS posts
				FROM messages m JOIN rooms r ON r.id = m.room_id WHERE m.room_id = ?1 WINDOW o AS (ORDER BY m.id)) AS n WHERE messages.id = n.id`,
			`UPDATE rooms SET rev = (SELECT max(rev) FROM messages WHERE room_id = ?1) WHERE id = ?1`,
			`UPDATE memberships SET posts_read = newest.posts FROM (SELECT max(posts) AS posts FROM messages WHERE room_id = ?1) AS newest
				WHERE room_id = ?1 AND posts_read > newest.posts`); err != nil {
			return err
		}
	}
	return nil
}
