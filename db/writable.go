package db

import (
	"context"
	"syscall"
	"time"
)

// littleRoom is how much of a disk is so little that a change may not fit.
const littleRoom = 16 << 20

// Writable says whether a change can be stored now. It stores one only when there is
// doubt: after one that failed, or on a disk that is nearly full; else it takes the lock
// that every change takes, and waits for no disk.
func (d *DB) Writable(ctx context.Context) error {
	free := d.Stats().Free
	if d.writer.failing.Load() || free >= 0 && free < littleRoom || syscall.Access(d.path, mayWrite) != nil {
		return d.SetSetting(ctx, "probe", time.Now().UTC().Format(time.RFC3339))
	}
	try := func(t *tx) error {
		if err := t.exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		err := t.lookUp()
		t.failed = nil
		if again := t.exec("ROLLBACK"); err == nil {
			err = again
		}
		return err
	}
	return fault(d.writer.take(ctx, &change{do: try, bare: true, done: make(chan struct{})}))
}
