package sqlite

import (
	"context"
	"time"

	"parley/app/chat"
	"parley/db"
)

// dropSize is how many old messages are removed in one change: who posts meanwhile waits
// for it.
const dropSize = 8

// forgetDays forgets days before one, of which nothing old is left: the index may have
// come to an old message since somebody looked.
const forgetDays = `DELETE FROM days WHERE day < ?1
	AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id BETWEEN days.first AND days.last AND m.at < ?2)`

// DeleteBefore implements chat.MessageStore. Numbers of a log stay as they are:
// what is left keeps its places, and unread counts do not change.
func (d *DB) DeleteBefore(ctx context.Context, before time.Time) (dropped int, err error) {
	type old struct {
		id   chat.MessageID
		room chat.RoomID
		day  int64
	}
	olds, err := db.All(ctx, d.Store, func(r db.Scanner) (o old, err error) { return o, r.Scan(&o.id, &o.room, &o.day) },
		`SELECT m.id, m.room_id, days.day FROM days CROSS JOIN messages m ON m.id BETWEEN days.first AND days.last
			WHERE days.day <= ? AND m.at < ? ORDER BY days.day LIMIT ?`,
		db.DayOf(before), db.ToMillis(before), dropSize)
	if err != nil {
		return 0, err
	}
	if len(olds) == 0 {
		return 0, d.change(ctx, func(t *db.Tx) error { return t.Exec(forgetDays, db.DayOf(before), db.ToMillis(before)) })
	}
	d.unclean.Store(true)
	err = d.change(ctx, func(t *db.Tx) error {
		t.ReportsChanged() // they go with their messages
		for _, o := range olds {
			t.CountsChanged(o.room)
			if err := db.Forget(t, o.id); err != nil {
				return err
			}
		}
		return t.Exec(forgetDays, olds[0].day, db.ToMillis(before))
	})
	return len(olds), err
}
