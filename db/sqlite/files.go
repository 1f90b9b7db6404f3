package sqlite

import (
	"context"
	"time"

	"parley/app/files"
	"parley/db"
)

var _ files.Store = (*DB)(nil)

// Sweep implements files.Store. The write-ahead log is emptied with the next purge. The
// disk gets back what is free in the file beyond a little: a page that is wanted again
// costs nothing.
func (d *DB) Sweep(ctx context.Context, unsent time.Time) error {
	some, err := d.SweepFiles(ctx, unsent)
	if !some || err != nil {
		return err
	}
	d.unclean.Store(true)
	for {
		var free, now int64
		err := d.change(ctx, func(t *db.Tx) error {
			if err := t.One("PRAGMA freelist_count", nil, &free); err != nil || free <= keptFree {
				return err
			}
			if err := t.Exec(vacuumStep); err != nil {
				return err
			}
			return t.One("PRAGMA freelist_count", nil, &now)
		})
		if err != nil || free <= keptFree || now >= free { // or it is a file that does not
			return err
		}
	}
}

const (
	keptFree   = 1024 // pages: 4 MB
	vacuumStep = "PRAGMA incremental_vacuum(64)"
)

// FreeSpace implements files.Store.
func (d *DB) FreeSpace() int64 { return d.Stats().Free }
