package sqlite

import (
	"os"
	"syscall"
	"time"
)

// Commit is one transaction of the writer.
type Commit struct {
	Changes int // in it
	Took    time.Duration
	Err     error // it was not stored, or none of its changes was
}

// OnCommit has do called with every transaction from now on; it must not wait.
func (d *DB) OnCommit(do func(Commit)) { d.writer.watch.Store(&do) }

// Stats is what a data file takes, and what waits for it.
type Stats struct {
	Queue int   // changes that wait for the writer
	Size  int64 // bytes of the file
	Log   int64 // bytes of its write-ahead log
	Free  int64 // bytes that are left on its disk; -1: not known
}

// Stats asks the file system.
func (d *DB) Stats() Stats {
	s := Stats{Queue: len(d.writer.queue), Size: size(d.path), Log: size(d.path + "-wal"), Free: -1}
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
