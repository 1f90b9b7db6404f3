package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Tx is what one change may use; it must not outlive it. After the first statement
// that failed it runs no other and answers each with that error: SQLite may have
// rolled back by itself, and what followed would be committed one by one.
type Tx struct {
	ctx    context.Context
	w      *writer
	facts  Facts
	failed error // of the first statement that failed
	// unchanged says that there was nothing to change, and nothing for the audit log.
	unchanged bool
}

// fail remembers the first error of a statement. That there is no row is none.
func (t *Tx) fail(err error) error {
	if err != nil && t.failed == nil && !errors.Is(err, sql.ErrNoRows) {
		t.failed = err
	}
	return err
}

// Each runs statements that have the same arguments.
func (t *Tx) Each(args []any, queries ...string) error {
	for _, q := range queries {
		if err := t.Exec(q, args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) Stmt(query string) (*sql.Stmt, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	if s := t.w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, inSQLite(query))
	if err != nil {
		return nil, t.fail(fmt.Errorf("%w in %s", err, query))
	}
	t.w.stmts[query] = s
	return s, nil
}

func (t *Tx) Exec(query string, args ...any) error {
	_, err := t.Affect(query, args...)
	return err
}

// Affect tells how many rows a statement changed.
func (t *Tx) Affect(query string, args ...any) (int64, error) {
	n, _, err := t.run(query, args)
	return n, err
}

// Insert adds a row and answers with its id, or with 0 when it was there.
func (t *Tx) Insert(query string, args ...any) (int64, error) {
	n, r, err := t.run(query, args)
	if err != nil || n == 0 {
		return 0, err
	}
	id, err := r.LastInsertId()
	return id, t.fail(err)
}

func (t *Tx) run(query string, args []any) (int64, sql.Result, error) {
	s, err := t.Stmt(query)
	if err != nil {
		return 0, nil, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, nil, t.fail(err)
	}
	n, err := r.RowsAffected()
	return n, r, t.fail(err)
}

// One reads a single row; sql.ErrNoRows when there is none.
func (t *Tx) One(query string, args []any, dest ...any) error {
	s, err := t.Stmt(query)
	if err != nil {
		return err
	}
	return t.fail(s.QueryRowContext(t.ctx, args...).Scan(dest...))
}

// List reads rows within a change.
func List[T any](t *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	s, err := t.Stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, t.fail(err)
	}
	found, err := ScanAll(rows, scan)
	return found, t.fail(err)
}
