package db

import "time"

// Commit is one transaction of the writer.
type Commit struct {
	Changes int // in it
	Took    time.Duration
	Err     error // it was not stored, or none of its changes was
}

// Stats is what is stored, and what waits for it. What an engine does not have is 0.
type Stats struct {
	Queue int   // changes that wait for the writer
	Size  int64 // bytes of the file
	Log   int64 // bytes of its write-ahead log
	Free  int64 // bytes that are left on its disk; -1: not known
	Pool  Pool
}

// Pool is the connections of an engine that has them to a server.
type Pool struct {
	Open, Busy, Most int
	Waited           int64 // how often one was waited for
}
