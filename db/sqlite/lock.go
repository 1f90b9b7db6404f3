package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockDir waits until nobody else begins or upgrades a file in the same directory, and
// lets nobody else do so until free is called. SQLite itself refuses some of two that
// begin one file at the same time, and half of what the other wrote looks like a
// file of another program.
func lockDir(ctx context.Context, path string) (free func(), err error) {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return func() {}, nil // what cannot be read can still hold a file that is there
	}
	for errors.Is(syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), dir.Close())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return func() { dir.Close() }, nil
}
