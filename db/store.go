// Package db answers what the rules ask of a store, in SQL that every engine takes,
// over the small interface of an engine. It knows nothing of pages, sockets or who may
// do what, and neither of files nor of connections.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// Store is what engines have in common: nearly all of chat.Store and auth.Store. It is
// safe for concurrent use.
type Store struct {
	engine Engine
	facts  atomic.Pointer[func(Facts)]
}

var _ auth.Store = (*Store)(nil)

// New makes the store over an engine.
func New(engine Engine) *Store { return &Store{engine: engine} }

// Engine is a database under a Store: what differs between one and another. Questions
// and statements come to it as they are written here, see ownWords.
type Engine interface {
	// Stmt prepares a question for who asks it outside of a change; it is kept.
	Stmt(ctx context.Context, query string) (Stmt, error)
	// Change runs do in a transaction and returns when it is durable. Once it has begun it
	// goes on whatever becomes of ctx. It may run do twice: do has no effect but on its Tx
	// and on variables that it sets anew. The facts of changes go to Store.PublishFacts
	// after they are durable and before Change returns. Its error is explained.
	Change(ctx context.Context, do func(*Tx) error) error
	// ChangeBeside is Change for what locks before it reads what it goes on from: a room by
	// its next rev, or a row that it changes. An engine may run several at once, but none
	// beside a Change.
	ChangeBeside(ctx context.Context, do func(*Tx) error) error
	// View gives one state of everything to do, whoever writes meanwhile. Rows of several
	// questions may be read side by side.
	View(ctx context.Context, do func(Queryer) error) error
	// Explain turns an error of the driver into what callers can act on: chat.ErrNotFound
	// for no row, chat.ErrConflict for what must be unique, ErrNoReference, chat.ErrBusy and
	// chat.ErrDiskFull.
	Explain(error) error
}

// Stmt is a question or a statement that is asked with arguments: a *sql.Stmt, or what
// an engine that prepares by itself has in place of it.
type Stmt interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

// ErrNoReference is the error of a row that names another which is not there.
var ErrNoReference = errors.New("it names a row that is not there")

// Queryer is a connection or a pool of them.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (Rows, error)
}

// Rows are those of *sql.Rows.
type Rows interface {
	Scanner
	Next() bool
	Err() error
	Close() error
}

// Scanner is a row or rows.
type Scanner interface{ Scan(...any) error }

// change runs do in a transaction and returns when it is durable; see Engine.Change.
func (d *Store) change(ctx context.Context, do func(*Tx) error) error {
	return d.engine.Change(ctx, do)
}

// changeBeside is change for what locks first; see Engine.ChangeBeside.
func (d *Store) changeBeside(ctx context.Context, do func(*Tx) error) error {
	return d.engine.ChangeBeside(ctx, do)
}

// One reads a single row, or answers chat.ErrNotFound.
func (d *Store) One(ctx context.Context, query string, args []any, dest ...any) error {
	s, err := d.engine.Stmt(ctx, query)
	if err != nil {
		return d.engine.Explain(err)
	}
	return d.engine.Explain(s.QueryRowContext(ctx, numbers(args)...).Scan(dest...))
}

// oneRow reads a single row with scan, or answers chat.ErrNotFound.
func oneRow[T any](ctx context.Context, d *Store, scan func(Scanner) (T, error), query string, args ...any) (v T, err error) {
	s, err := d.engine.Stmt(ctx, query)
	if err == nil {
		v, err = scan(s.QueryRowContext(ctx, numbers(args)...))
	}
	return v, d.engine.Explain(err)
}

// All reads rows, each with scan.
func All[T any](ctx context.Context, d *Store, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	s, err := d.engine.Stmt(ctx, query)
	if err != nil {
		return nil, d.engine.Explain(err)
	}
	rows, err := s.QueryContext(ctx, numbers(args)...)
	if err != nil {
		return nil, d.engine.Explain(err)
	}
	list, err := ScanAll(rows, scan)
	return list, d.engine.Explain(err)
}

// ScanAll reads what is left of rows, each with scan, and closes them.
func ScanAll[T any](rows Rows, scan func(Scanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// ScanID scans rows of one id.
func ScanID[T ~int64](r Scanner) (id T, err error) { return id, r.Scan(&id) }

func scanPerson(r Scanner) (p chat.Person, err error) {
	return p, r.Scan(&p.ID, &p.Username, &p.Name, &p.Picture)
}

// numbers makes 1 and 0 of what is true and false: that is how they are stored.
func numbers(args []any) []any {
	for i, a := range args {
		if is, ok := a.(bool); ok {
			args[i] = valueIf(is, 1)
		}
	}
	return args
}

// ToMillis is a time as it is stored.
func ToMillis(t time.Time) int64 { return t.UnixMilli() }

// FromMillis reads a stored time; 0 is the zero time.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// millis reads a stored time into what it is of.
type millis time.Time

// Scan implements sql.Scanner.
func (m *millis) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", v)
	}
	*m = millis(FromMillis(ms))
	return nil
}

func millisOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return ToMillis(t)
}
