package db

import (
	"context"
	"database/sql"
	"errors"

	"parley/app/chat"
)

// Tx is what one change may use; it must not outlive it. After the first statement
// that failed it runs no other and answers each with that error: an engine may have
// rolled back by itself, and what followed would be committed one by one.
type Tx struct {
	ctx    context.Context
	under  Transaction
	facts  Facts
	failed error // of the first statement that failed
	// unchanged says that there was nothing to change, and nothing for the audit log.
	unchanged bool
}

// Transaction is what an engine gives a Tx.
type Transaction interface {
	// Stmt prepares a statement of the transaction; it is kept.
	Stmt(ctx context.Context, query string) (Stmt, error)
	// Insert adds a row and answers with its id, or with 0 when it was there.
	Insert(ctx context.Context, query string, args []any) (id int64, err error)
	// States are what it knows of rooms. Only an engine whose transactions come one after
	// the other may keep them; nil: none are kept.
	States() RoomStates
	// Imported is told at the end of a change that gave rows the ids which they had elsewhere.
	Imported(*Tx) error
	Index
}

// Index keeps the index of search up with changes, in their transactions.
type Index interface {
	// Reindex makes the index agree with a message as it now is.
	Reindex(*Tx, chat.MessageID) error
	// Index adds a message that was just said. An engine whose index follows the log by
	// itself has nothing to do.
	Index(*Tx, chat.MessageID) error
	// ReindexRoom has it agree, soon, with who may read a room now.
	ReindexRoom(*Tx, chat.RoomID) error
	// Unindex forgets messages that are about to be removed.
	Unindex(*Tx, []chat.MessageID) error
}

// NewTx begins to use a transaction that an engine has begun.
func NewTx(ctx context.Context, under Transaction) *Tx { return &Tx{ctx: ctx, under: under} }

// Facts are what its changes declared so far.
func (t *Tx) Facts() Facts { return t.facts }

// Failed is the error of the first statement that failed.
func (t *Tx) Failed() error { return t.failed }

// Revive lets statements run again, after what failed was rolled back.
func (t *Tx) Revive() { t.failed = nil }

// fail remembers the first error of a statement. That there is no row is none.
func (t *Tx) fail(err error) error {
	if err != nil && t.failed == nil && !errors.Is(err, sql.ErrNoRows) {
		t.failed = err
	}
	return err
}

// Fail has every further statement answer with err.
func (t *Tx) Fail(err error) error { return t.fail(err) }

// Each runs statements that have the same arguments.
func (t *Tx) Each(args []any, queries ...string) error {
	for _, q := range queries {
		if err := t.Exec(q, args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) stmt(query string) (Stmt, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	s, err := t.under.Stmt(t.ctx, query)
	return s, t.fail(err)
}

// Exec runs a statement.
func (t *Tx) Exec(query string, args ...any) error {
	_, err := t.Affect(query, args...)
	return err
}

// Affect tells how many rows a statement changed.
func (t *Tx) Affect(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, numbers(args)...)
	if err != nil {
		return 0, t.fail(err)
	}
	n, err := r.RowsAffected()
	return n, t.fail(err)
}

// Insert adds a row and answers with its id, or with 0 when it was there.
func (t *Tx) Insert(query string, args ...any) (int64, error) {
	if t.failed != nil {
		return 0, t.failed
	}
	id, err := t.under.Insert(t.ctx, query, numbers(args))
	return id, t.fail(err)
}

// One reads a single row; sql.ErrNoRows when there is none.
func (t *Tx) One(query string, args []any, dest ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	return t.fail(s.QueryRowContext(t.ctx, numbers(args)...).Scan(dest...))
}

// List reads rows within a change.
func List[T any](t *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(t.ctx, numbers(args)...)
	if err != nil {
		return nil, t.fail(err)
	}
	found, err := ScanAll(rows, scan)
	return found, t.fail(err)
}
