package postgres

import (
	"context"
	"time"

	"parley/app/chat"
	"parley/db"
)

// dropSize is how many old messages are removed in one change: who posts meanwhile waits
// for it.
const dropSize = 8

// DeleteBefore implements chat.MessageStore. Numbers of a log stay as they are: what is
// left keeps its places, and unread counts do not change.
func (d *DB) DeleteBefore(ctx context.Context, before time.Time) (dropped int, err error) {
	type old struct {
		id   chat.MessageID
		room chat.RoomID
	}
	var some bool // else nobody is disturbed
	if err := d.One(ctx, "SELECT EXISTS (SELECT 1 FROM messages WHERE at < ?)", []any{db.ToMillis(before)}, &some); err != nil || !some {
		return 0, err
	}
	err = (*engine)(d).Change(ctx, func(t *db.Tx) error {
		olds, err := db.List(t, func(r db.Scanner) (o old, err error) { return o, r.Scan(&o.id, &o.room) },
			"SELECT id, room_id FROM messages WHERE at < ? ORDER BY at LIMIT ?", db.ToMillis(before), dropSize)
		if err != nil {
			return err
		}
		if dropped = len(olds); dropped > 0 {
			t.ReportsChanged() // they go with their messages
		}
		for _, o := range olds {
			t.CountsChanged(o.room)
			if err := db.Forget(t, o.id); err != nil {
				return err
			}
		}
		return nil
	})
	return dropped, err
}

// PurgeDeleted implements chat.MessageStore. The text is gone for all who ask; the pages
// of PostgreSQL hold it until they are vacuumed, and its log until it is recycled.
func (d *DB) PurgeDeleted(ctx context.Context, before time.Time) error {
	_, err := d.EmptyDeleted(ctx, before)
	return err
}

// Sweep implements files.Store. What is free is used again after a vacuum.
func (d *DB) Sweep(ctx context.Context, unsent time.Time) error {
	_, err := d.SweepFiles(ctx, unsent)
	return err
}

// FreeSpace implements files.Store: the disk is another machine's.
func (d *DB) FreeSpace() int64 { return -1 }

// Health implements chat.HealthStore.
func (d *DB) Health(ctx context.Context, now time.Time) (h chat.Health, err error) {
	if h, err = d.CountHealth(ctx); err != nil {
		return h, err
	}
	h.Free = -1
	if err := d.One(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`, nil, &h.File); err != nil {
		return h, err
	}
	h.Days, err = d.calendar.Load(now, func() ([]chat.HealthDay, error) {
		return d.CountDays(ctx, now, `SELECT at / 86400000, count(*) FROM messages
			WHERE kind = 0 AND at >= (CAST(? AS BIGINT) + 1) * 86400000 GROUP BY 1`)
	})
	return h, err
}

// OnCommit has do called with every transaction from now on; it must not wait.
func (d *DB) OnCommit(do func(db.Commit)) { d.watch.Store(&do) }

// Stats tells how the connections do.
func (d *DB) Stats() db.Stats {
	s := db.Stats{Free: -1}
	r, w := d.read.Stats(), d.write.Stats()
	s.Queue = w.InUse
	s.Pool = db.Pool{Open: r.OpenConnections + w.OpenConnections, Busy: r.InUse + w.InUse, Most: readers + writers + 1,
		Waited: r.WaitCount + w.WaitCount}
	return s
}

// Writable says whether a change can be stored now.
func (d *DB) Writable(ctx context.Context) error {
	var readOnly bool
	err := d.write.QueryRowContext(ctx, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean").Scan(&readOnly)
	if err == nil && readOnly {
		return cannotStore()
	}
	var number, oldest int64
	if err == nil {
		err = d.write.QueryRowContext(ctx, readFormat).Scan(&number, &oldest)
	}
	if err == nil {
		err = d.checkFormat(number, oldest)
	}
	return explain(err)
}

// Reformatted says whether another version has changed the format under this process,
// which stores nothing any more then.
func (d *DB) Reformatted() (format int, is bool) {
	format = int(d.format.Load())
	return format, format != 0
}
