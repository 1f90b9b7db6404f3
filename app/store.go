package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
	"parley/app/files"
	"parley/db"
	"parley/db/postgres"
	"parley/db/sqlite"
)

// Store is a workspace as it is stored, by whichever engine: a data file, or a PostgreSQL
// that several nodes share.
type Store interface {
	chat.Store
	auth.Store
	files.Store
	archive.Importer

	// Import stores an export in a workspace that nobody has used; Export tells one.
	Import(ctx context.Context, read func(put func(archive.Record) error) error) error
	Export(ctx context.Context, passwords bool, put func(archive.Record) error) error
	// Snapshot gives one state of everything to do.
	Snapshot(ctx context.Context, do func(*db.Snapshot) error) error
	IsEmpty(context.Context) (bool, error)
	SetSetting(ctx context.Context, key, value string) error
	AddAudit(context.Context, chat.AuditEntry) error

	// Certificate and the others keep what an authority issued.
	Certificate(ctx context.Context, name string) ([]byte, error)
	SetCertificate(ctx context.Context, name string, data []byte) error
	KeepCertificate(ctx context.Context, name string, fresh []byte) ([]byte, error)
	DeleteCertificate(ctx context.Context, name string) error

	// BuildIndex brings the index of search up; IndexLag tells how far it is behind, and
	// FollowIndex goes on with it until ctx ends.
	BuildIndex(context.Context) error
	IndexLag(context.Context) (int64, error)
	FollowIndex(context.Context)
	// Repair makes anew what is counted, and the index.
	Repair(context.Context) error

	HasReports(context.Context) (bool, error)
	OnFacts(do func(db.Facts))
	OnCommit(do func(db.Commit))
	Stats() db.Stats
	// Writable says whether a change can be stored now.
	Writable(context.Context) error
	// WatchOtherProcesses calls changed when others have changed settings and the like.
	WatchOtherProcesses(ctx context.Context, changed func())
	// Reformatted says whether another version has changed the format meanwhile.
	Reformatted() (format int, is bool)
	UpgradedFrom() int
	// RoomRevs tells where rooms stand, RoomRevsOf those that people are in.
	RoomRevs(ctx context.Context, rooms []chat.RoomID) ([]db.RoomRev, error)
	RoomRevsOf(ctx context.Context, people []chat.AccountID) ([]db.RoomRev, error)
	Close() error
}

var (
	_ Store = (*sqlite.DB)(nil)
	_ Store = (*postgres.DB)(nil)
)

// Shared says whether data names a PostgreSQL, which other nodes may use as well.
func Shared(data string) bool { return postgres.IsAddress(data) }

// AwaitNotice waits, after a command has changed and closed data, until whoever serves it must
// have noticed: else who was logged out by it would be answered for a moment longer.
func AwaitNotice(ctx context.Context, data string) {
	wait := postgres.NoticedWithin
	if !Shared(data) {
		if !sqlite.IsServed(data) {
			return
		}
		wait = sqlite.NoticedWithin
	}
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// DataName is what data is called in words: never with a password.
func DataName(data string) string {
	if Shared(data) {
		return postgres.Redacted(data)
	}
	return data
}

// Opener opens a workspace in a way.
type Opener func(ctx context.Context, data string) (Store, error)

// OpenCurrent opens a workspace as commands do: it makes one that is not there, and refuses
// one of an older format.
func OpenCurrent(ctx context.Context, data string) (Store, error) {
	if Shared(data) {
		return opened(postgres.OpenCurrent(ctx, data))
	}
	return opened(sqlite.OpenCurrent(ctx, data))
}

// OpenExisting does the same with one that is there: where there is none, none is made.
func OpenExisting(ctx context.Context, data string) (Store, error) {
	if Shared(data) {
		return opened(postgres.OpenExisting(ctx, data))
	}
	return opened(sqlite.OpenExisting(ctx, data))
}

// Check looks whether a workspace is as it should be; it tells done how many hundredths of
// that are done.
func Check(ctx context.Context, data string, done func(percent int64)) (db.Report, error) {
	if Shared(data) {
		return postgres.Check(ctx, data, done)
	}
	return sqlite.Check(ctx, data, done)
}

// opened is a store, or none and the error.
func opened[S Store](s S, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openServing opens a workspace for a server. A data file is claimed by it, and removed
// again by undo where it was made and nobody was served from it.
func openServing(ctx context.Context, data string) (store Store, release, undo func() error, err error) {
	nothing := func() error { return nil }
	if Shared(data) {
		store, err = opened(postgres.Open(ctx, data))
		return store, nothing, nothing, err
	}
	_, missing := os.Stat(data)
	if release, err = sqlite.Claim(data); err != nil {
		return nil, nil, nil, err
	}
	if store, err = opened(sqlite.Open(ctx, data)); err != nil {
		return nil, nil, nil, errors.Join(err, release())
	}
	if errors.Is(missing, fs.ErrNotExist) {
		return store, release, func() error { return sqlite.Remove(data) }, nil
	}
	return store, release, nothing, nil
}

// Fresh says whether a workspace would be made where data names one; a PostgreSQL is there.
func Fresh(data string) bool {
	_, err := os.Stat(data)
	return !Shared(data) && errors.Is(err, fs.ErrNotExist)
}
