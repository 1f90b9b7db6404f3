package sqlite

import (
	"context"
	"time"

	"parley/app/files"
)

var _ files.Store = (*DB)(nil)

// Sweep implements files.Store. The write-ahead log is emptied with the next purge.
func (d *DB) Sweep(ctx context.Context, unsent time.Time) error {
	some, err := d.SweepFiles(ctx, unsent)
	if some {
		d.unclean.Store(true)
	}
	return err
}

// FreeSpace implements files.Store.
func (d *DB) FreeSpace() int64 { return d.Stats().Free }
