// Package sqlite is the engine of one machine: everything in one SQLite file, with one
// writer that groups changes, an index for search, backups and checks. It knows nothing
// of the rules.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
)

// DB is an open data file. It is safe for concurrent use.
type DB struct {
	*db.Store
	path         string
	calendar     db.Calendar
	read         *sql.DB
	stmts        sync.Map // query → *sql.Stmt of read
	writer       *writer
	opened       int64       // dataVersion before anything was read
	formatBefore int         // the format before it was opened; 0: there was none
	unclean      atomic.Bool // the write-ahead log may hold what was deleted for good
}

var (
	_ chat.Store = (*DB)(nil)
	_ auth.Store = (*DB)(nil)
)

// readers is how many connections read at the same time: more than the cores of
// a small machine bring nothing.
const readers = 4

// UpgradedFrom is the format that the file had before it was opened; 0: it has just
// been made, or it was of this format.
func (d *DB) UpgradedFrom() int {
	if d.formatBefore == Version() {
		return 0
	}
	return d.formatBefore
}

// explain says what an operator can do about a file that does not open.
func explain(path string, err error) error {
	switch errorCode(err) {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%s is not a Parley data file; it was left as it is. Name another with --data", path)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%s is damaged (%w); it was left as it is. "+
			"Put a backup in its place, or save what can be read with sqlite3's .recover", path, err)
	}
	if denied(syscall.Access(path, accessWrite)) || denied(syscall.Access(filepath.Dir(path), accessWrite)) {
		return errReadOnly(path, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// accessWrite asks access(2) for the right to write.
const accessWrite = 2

func denied(err error) bool { return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) }

func errReadOnly(path string, err error) error {
	return fmt.Errorf("%s cannot be written by the user who runs this, which SQLite needs even to read: "+
		"it keeps a -wal and a -shm beside it. Make the file and the directory %s writable for this user, "+
		"or run it as the user of the server (%w)",
		path, filepath.Dir(path), err)
}

// errorCode is the kind of error that SQLite reports; 0 for any other.
func errorCode(err error) int {
	e, _ := extendedCode(err)
	return e & 0xff
}

// extendedCode is the extended code that SQLite reports.
func extendedCode(err error) (int, bool) {
	if e, ok := errors.AsType[*modernc.Error](err); ok {
		return e.Code(), true
	}
	return 0, false
}

func damaged(err error) bool {
	return errorCode(err) == sqlite3.SQLITE_CORRUPT || errorCode(err) == sqlite3.SQLITE_NOTADB
}

// Close waits for the changes that were accepted, then closes the file.
func (d *DB) Close() error {
	err := d.writer.close()
	return errors.Join(err, d.read.Close())
}

// engine is the data file under its Store.
type engine DB

// Stmt prepares a query once for all reading connections.
func (e *engine) Stmt(ctx context.Context, query string) (db.Stmt, error) {
	if s, ok := e.stmts.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := e.read.PrepareContext(ctx, dialect.Translate(query))
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	if was, loaded := e.stmts.LoadOrStore(query, s); loaded {
		s.Close()
		return was.(*sql.Stmt), nil
	}
	return s, nil
}

// Change implements db.Engine.
func (e *engine) Change(ctx context.Context, do func(*db.Tx) error) error {
	return e.writer.enqueue(ctx, &change{do: do, done: make(chan struct{})})
}

// ChangeBeside implements db.Engine: here one comes after the other.
func (e *engine) ChangeBeside(ctx context.Context, do func(*db.Tx) error) error {
	return e.Change(ctx, do)
}

// View implements db.Engine.
func (e *engine) View(ctx context.Context, do func(db.Queryer) error) error {
	conn, err := e.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return do(translated{conn})
}

// translated asks in SQLite's words.
type translated struct{ asker }

// asker is a connection or a pool of them.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// QueryContext implements db.Queryer.
func (q translated) QueryContext(ctx context.Context, query string, args ...any) (db.Rows, error) {
	return q.asker.QueryContext(ctx, dialect.Translate(query), args...)
}

// Explain implements db.Engine.
func (*engine) Explain(err error) error { return storeError(err) }

// change runs do in a transaction and returns when it is durable.
func (d *DB) change(ctx context.Context, do func(*db.Tx) error) error {
	return (*engine)(d).Change(ctx, do)
}

// storeError turns what the driver says into what callers can act on.
func storeError(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return chat.NotFound()
	}
	switch code, _ := extendedCode(err); code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return fmt.Errorf("%w: %w", chat.ErrConflict, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", db.ErrNoReference, err)
	}
	switch errorCode(err) {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w: %w", cannotStore(), chat.ErrDiskFull, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", cannotStore(), err)
	case sqlite3.SQLITE_INTERRUPT:
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	return err
}

func cannotStore() error {
	return chat.Busy("The server cannot store anything right now. Nothing was lost; try again in a moment.", 5*time.Second)
}
