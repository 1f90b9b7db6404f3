package sqlite

import (
	"context"
	"syscall"
	"time"

	"parley/db"
)

// minFree is how much of a disk is so little that a change may not fit.
const minFree = 16 << 20

// Writable says whether a change can be stored now. It stores one only when there is
// doubt: after one that failed, or on a disk that is nearly full; else it takes the lock
// that every change takes, and waits for no disk.
func (d *DB) Writable(ctx context.Context) error {
	free := d.Stats().Free
	if d.writer.failing.Load() || free >= 0 && free < minFree || syscall.Access(d.path, accessWrite) != nil {
		return d.SetSetting(ctx, "probe", time.Now().UTC().Format(time.RFC3339))
	}
	try := func(t *db.Tx) error {
		if err := t.Exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		err := d.writer.detectForeignChange(t)
		t.Revive()
		if again := t.Exec("ROLLBACK"); err == nil {
			err = again
		}
		return err
	}
	return storeError(d.writer.enqueue(ctx, &change{do: try, bare: true, done: make(chan struct{})}))
}
