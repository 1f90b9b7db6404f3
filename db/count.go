package db

import (
	"context"
	"fmt"
)

// MostFindings is how many of one kind of problem are told.
const MostFindings = 20

// Count is a number that is kept because it is asked for often, and how to count
// it. Rows of rooms that are about to be removed do not matter.
type Count struct {
	what    string // for the row's id, what is kept and what it should be
	table   string
	id      string
	stored  string
	counted string
	where   string
}

// peopleIn counts who is in a room: disabled accounts only in conversations.
const peopleIn = `(SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account_id
	WHERE m.room_id = rooms.id AND m.left_at IS NULL AND (a.disabled_at IS NULL OR rooms.kind = 2))`

// newestRev is the highest rev of a room and its rows, from the index of those that were
// changed and from the newest, which came with the highest of the others.
const newestRev = `greatest(rev, coalesce((SELECT max(m.rev) FROM messages m WHERE m.room_id = rooms.id AND m.rev <> m.born), 0),
	coalesce((SELECT m.born FROM messages m WHERE m.room_id = rooms.id ORDER BY m.id DESC LIMIT 1), 0))`

// Counts are all of them.
var Counts = []Count{
	{"room %d has counted %d posts, its newest row %d", "rooms", "id", "posts",
		"coalesce((SELECT m.posts FROM messages m WHERE m.room_id = rooms.id ORDER BY m.id DESC LIMIT 1), posts)", "deleted_at IS NULL"},
	{"room %d has counted %d people, there are %d", "rooms", "id", "people", peopleIn, "deleted_at IS NULL"},
	{"room %d says that its newest row is %d, it is %d", "rooms", "id", "last_id",
		"coalesce((SELECT max(m.id) FROM messages m WHERE m.room_id = rooms.id), 0)", "deleted_at IS NULL"},
	{"room %d stands at change %d, its rows at %d", "rooms", "id", "rev", newestRev, "deleted_at IS NULL"},
	{"message %d has counted %d replies, there are %d", "messages", "id", "replies",
		"(SELECT count(*) FROM messages r WHERE r.reply_to = messages.id AND r.deleted_at IS NULL)",
		`(replies <> 0 OR id IN (SELECT reply_to FROM messages WHERE reply_to IS NOT NULL))
			AND room_id IN (SELECT id FROM rooms WHERE deleted_at IS NULL)`},
	{"person %d has %d unread messages for them counted in a room, there are %d", "memberships", "account_id", "mentions",
		`(SELECT count(*) FROM mentions n JOIN messages m ON m.id = n.message_id
			WHERE n.account_id = memberships.account_id AND n.room_id = memberships.room_id AND m.posts > memberships.posts_read)`,
		"left_at IS NULL AND room_id IN (SELECT id FROM rooms WHERE deleted_at IS NULL)"},
}

// Disagree lists what disagrees, in words.
func (c Count) Disagree(ctx context.Context, d Queryer) ([]string, error) {
	rows, err := d.QueryContext(ctx, fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s AND %[2]s <> %[3]s LIMIT %[6]d",
		c.id, c.stored, c.counted, c.table, c.where, MostFindings))
	if err != nil {
		return nil, err
	}
	return ScanAll(rows, func(r Scanner) (string, error) {
		var id, kept, counted int64
		err := r.Scan(&id, &kept, &counted)
		return fmt.Sprintf(c.what, id, kept, counted), err
	})
}

// Repair counts anew.
func (c Count) Repair(t *Tx) error {
	return t.Exec(fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s AND %[2]s <> %[3]s", c.table, c.stored, c.counted, c.where))
}
