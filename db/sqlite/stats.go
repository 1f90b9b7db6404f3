package sqlite

import (
	"os"
	"syscall"

	"parley/db"
)

// OnCommit has do called with every transaction from now on; it must not wait.
func (d *DB) OnCommit(do func(db.Commit)) { d.writer.watch.Store(&do) }

// Stats asks the file system.
func (d *DB) Stats() db.Stats {
	s := db.Stats{Queue: len(d.writer.queue), Size: size(d.path), Log: size(d.path + "-wal"), Free: -1}
	s.Free = freeOn(d.path)
	return s
}

// freeOn is how many bytes the disk of a path has left for this user; -1: not known.
func freeOn(path string) int64 {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return -1
	}
	return int64(disk.Bavail) * int64(disk.Bsize)
}

func size(path string) int64 {
	i, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return i.Size()
}
