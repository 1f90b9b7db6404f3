package sqlite

import (
	"context"
	"errors"
	"time"
)

// PurgeDeleted implements chat.MessageStore. The write-ahead log is emptied after it:
// there the text would stand until somebody writes over it.
func (d *DB) PurgeDeleted(ctx context.Context, before time.Time) error {
	some, err := d.EmptyDeleted(ctx, before)
	if some {
		d.unclean.Store(true)
	}
	if err != nil || !d.unclean.Load() {
		return err
	}
	done, err := d.truncate(ctx)
	d.unclean.Store(!done)
	return storeError(err)
}

// truncate empties the write-ahead log, unless somebody reads for long: nobody
// could write while it waited for that.
func (d *DB) truncate(ctx context.Context) (done bool, err error) {
	conn, err := d.read.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 50"); err != nil {
		return false, err
	}
	var busy, pages, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	_, again := conn.ExecContext(ctx, "PRAGMA busy_timeout = 5000")
	return err == nil && busy == 0, errors.Join(err, again)
}
