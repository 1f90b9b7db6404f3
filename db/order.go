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
	ID        chat.MessageID
	Room      chat.RoomID
	Rev, Born chat.Rev
	Posts     int64
	Posted    bool
	Gone      bool // with its room
}

// NumberingColumns stand behind those that name a message, of messages m and rooms r.
const NumberingColumns = ", m.rev, m.born, m.posts, m.kind = 0, r.deleted_at IS NOT NULL "

// Fields are the places that NumberingColumns scan into.
func (n *Numbering) Fields() []any { return []any{&n.Rev, &n.Born, &n.Posts, &n.Posted, &n.Gone} }

// NewOrderCheck asks, by one, whether posts may be missing.
func NewOrderCheck(one func(query string, args []any, dest ...any) error) (*OrderCheck, error) {
	o := &OrderCheck{rooms: map[chat.RoomID]lastRow{}}
	return o, one("SELECT EXISTS (SELECT 1 FROM settings WHERE key = ?)", []any{chat.SettingRetention}, &o.sparse)
}

// Next looks at one more row. In files that began with the first format rows that were
// changed share the born of the row after them.
func (o *OrderCheck) Next(n Numbering) {
	if n.Gone {
		return
	}
	last, follows := o.rooms[n.Room]
	now := lastRow{id: n.ID, born: n.Born, rev: last.rev, posts: n.Posts}
	if n.Rev == n.Born {
		now.rev = n.Rev
	}
	o.rooms[n.Room] = now
	want := last.posts
	if n.Posted {
		want++
	}
	switch {
	case follows && (n.Born < last.born || n.Rev == n.Born && n.Rev == last.rev):
		o.Twice = AddFinding(o.Twice, "messages %d and %d of room %d have the same change %d", last.id, n.ID, n.Room, n.Born)
	case n.Posts < want:
		o.Twice = AddFinding(o.Twice, "messages %d and %d of room %d have the same number %d", last.id, n.ID, n.Room, n.Posts)
	case n.Posts > want && !o.sparse:
		o.Lost = AddFinding(o.Lost, "room %d misses %d posts before message %d", n.Room, n.Posts-want, n.ID)
	}
}

// AddFinding adds one in words, up to MostFindings.
func AddFinding(found []string, what string, args ...any) []string {
	switch {
	case len(found) > MostFindings:
		return found
	case len(found) == MostFindings:
		return append(found, "and more of that kind")
	}
	return append(found, fmt.Sprintf(what, args...))
}
