package sqlite

import (
	"context"
	"time"

	"parley/db"
)

// dataVersion moves only when another connection has committed, and every change of
// ours goes through that of the writer.
const dataVersion = "PRAGMA data_version"

// lookEvery is how often it is looked whether another process has changed the file. It costs
// some microseconds.
const lookEvery = 100 * time.Millisecond

// NoticedWithin is how long after a change another process that serves the file must have
// noticed it: it looks, asks its writer, and takes over what changed.
const NoticedWithin = 3 * lookEvery

// WatchOtherProcesses calls changed whenever another process has changed the file since it was
// opened, within NoticedWithin, until ctx ends.
func (d *DB) WatchOtherProcesses(ctx context.Context, changed func()) {
	seen, format := d.opened, int64(0)
	for tick := time.NewTicker(lookEvery); ; {
		var now int64
		ask := func(t *db.Tx) error {
			if err := t.One(dataVersion, nil, &now); err != nil || now == seen {
				return err
			}
			return t.One("PRAGMA user_version", nil, &format)
		}
		err := d.writer.enqueue(ctx, &change{do: ask, bare: true, done: make(chan struct{})})
		if err == nil && now != seen {
			d.writer.format.Store(format)
			d.PublishFacts(db.Facts{All: true})
			changed()
			seen = now
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}
