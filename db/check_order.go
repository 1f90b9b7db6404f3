package db

import (
	"fmt"

	"parley/app/chat"
)

// OrderCheck follows the rows of the rooms in the order of their ids and looks whether they
// are numbered as pages rely on: two rows that came with one rev, or with one number
// as a post, are a gap for whoever catches up.
type OrderCheck struct {
	rooms  map[chat.RoomID]lastRow
	sparse bool // old messages are removed after a time, or were: posts may be missing
	Twice  []string
	Lost   []string
}

// lastRow is how the last row of a room is.
type lastRow struct {
	id        chat.MessageID
	born, rev chat.Rev // of the last row; of the last that is as it came
	posts     int64
}

// Numbering is how a row is numbered.
type Numbering struct {
	id        chat.MessageID
	room      chat.RoomID
	rev, born chat.Rev
	posts     int64
	posted    bool
	gone      bool // with its room
}

const numberingColumns = ", m.rev, m.born, m.posts, m.kind = 0, r.deleted_at IS NOT NULL "

func (n *Numbering) fields() []any { return []any{&n.rev, &n.born, &n.posts, &n.posted, &n.gone} }

// NewOrderCheck asks, by one, whether posts may be missing.
func NewOrderCheck(one func(query string, args []any, dest ...any) error) (*OrderCheck, error) {
	o := &OrderCheck{rooms: map[chat.RoomID]lastRow{}}
	return o, one("SELECT EXISTS (SELECT 1 FROM settings WHERE key = ?)", []any{chat.SettingRetention}, &o.sparse)
}

// Next looks at one more row. In files that began with the first format rows that were
// changed share the born of the row after them.
func (o *OrderCheck) Next(n Numbering) {
	if n.gone {
		return
	}
	last, follows := o.rooms[n.room]
	now := lastRow{id: n.id, born: n.born, rev: last.rev, posts: n.posts}
	if n.rev == n.born {
		now.rev = n.rev
	}
	o.rooms[n.room] = now
	want := last.posts
	if n.posted {
		want++
	}
	switch {
	case follows && (n.born < last.born || n.rev == n.born && n.rev == last.rev):
		o.Twice = AddFinding(o.Twice, "messages %d and %d of room %d have the same change %d", last.id, n.id, n.room, n.born)
	case n.posts < want:
		o.Twice = AddFinding(o.Twice, "messages %d and %d of room %d have the same number %d", last.id, n.id, n.room, n.posts)
	case n.posts > want && !o.sparse:
		o.Lost = AddFinding(o.Lost, "room %d misses %d posts before message %d", n.room, n.posts-want, n.id)
	}
}

func AddFinding(found []string, what string, args ...any) []string {
	switch {
	case len(found) > most:
		return found
	case len(found) == most:
		return append(found, "and more of that kind")
	}
	return append(found, fmt.Sprintf(what, args...))
}

// misnumbered are the rooms in which two rows have one number.
const misnumbered = `SELECT room_id FROM messages WHERE rev = born GROUP BY room_id HAVING count(*) <> count(DISTINCT born)
	UNION SELECT room_id FROM messages WHERE kind = 0 GROUP BY room_id HAVING count(*) <> count(DISTINCT posts)`

// renumber gives every row of such a room a number of its own, in the order of their
// ids, above all that were given: open pages load the room again. The counts that
// follow from these are made anew after it.
func renumber(t *Tx) error {
	rooms, err := List(t, ScanID[chat.RoomID], misnumbered)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if err := t.Each([]any{room},
			`UPDATE messages SET rev = n.rev, born = n.rev, posts = n.posts FROM (SELECT m.id, r.rev + row_number() OVER o AS rev,
				first_value(m.posts - (m.kind = 0)) OVER o + sum(m.kind = 0) OVER o AS posts
				FROM messages m JOIN rooms r ON r.id = m.room_id WHERE m.room_id = ?1 WINDOW o AS (ORDER BY m.id)) AS n WHERE messages.id = n.id`,
			`UPDATE rooms SET rev = (SELECT max(rev) FROM messages WHERE room_id = ?1) WHERE id = ?1`,
			`UPDATE memberships SET posts_read = min(posts_read, (SELECT max(posts) FROM messages WHERE room_id = ?1)) WHERE room_id = ?1`); err != nil {
			return err
		}
	}
	return nil
}
