// Package postgres is the engine of many machines: everything in a schema of a PostgreSQL
// that several nodes share. Changes run side by side under locks, posts in groups, and the
// index of search goes with them. It knows nothing of the rules.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/files"
	"parley/db"
)

// DB is an open workspace on a PostgreSQL. It is safe for concurrent use.
type DB struct {
	*db.Store
	address  string   // without a password
	read     *sql.DB  // what asks
	write    *sql.DB  // what changes
	views    *sql.DB  // what reads one state for long
	locks    lockKeys // of the schema
	patient  bool     // a command: a question may take long
	poster   *poster  // of posts in groups
	calendar db.Calendar
	before   int          // the format before it was opened; 0: there was none
	format   atomic.Int64 // that other versions have made of it since; 0: none has

	own   ownChanges
	watch atomic.Pointer[func(db.Commit)]
	// leading is the connection that holds the locks of jobs which run once.
	leading leader
}

var (
	_ chat.Store  = (*DB)(nil)
	_ auth.Store  = (*DB)(nil)
	_ files.Store = (*DB)(nil)
)

// Connections of one node. A room that is busy is waited for by those that write, and not
// by those that read.
const (
	readers = 8
	writers = 7 // and one that posts in groups
)

// Close waits for the posts that were accepted, then leaves the server.
func (d *DB) Close() error {
	d.poster.close()
	return errors.Join(d.leading.close(), d.read.Close(), d.write.Close(), d.views.Close())
}

// UpgradedFrom is the format that the schema had before it was opened; 0: it has just been
// made, or it was of this format.
func (d *DB) UpgradedFrom() int {
	if d.before == Version() {
		return 0
	}
	return d.before
}

// engine is the workspace under its Store.
type engine DB

var _ db.Engine = (*engine)(nil)

// Stmt implements db.Engine. The driver prepares what is asked often.
func (e *engine) Stmt(_ context.Context, query string) (db.Stmt, error) {
	return question{e.read, translate(query)}, nil
}

// question is one in PostgreSQL's words, and whom it is for.
type question struct {
	on interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
	query string
}

// ExecContext implements db.Stmt.
func (q question) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return q.on.ExecContext(ctx, q.query, args...)
}

// QueryContext implements db.Stmt.
func (q question) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	return q.on.QueryContext(ctx, q.query, args...)
}

// QueryRowContext implements db.Stmt.
func (q question) QueryRowContext(ctx context.Context, args ...any) *sql.Row {
	return q.on.QueryRowContext(ctx, q.query, args...)
}

// dialect is how PostgreSQL says it.
var dialect = db.Dialect{
	IDs:      "= ANY (ARRAY(SELECT jsonb_array_elements_text(%::jsonb)::bigint))",
	Texts:    "= ANY (ARRAY(SELECT jsonb_array_elements_text(%::jsonb)))",
	Greatest: "greatest",
	Lock:     "FOR UPDATE",
	Numbered: true,
}

var translations sync.Map // query → in PostgreSQL's words

func translate(query string) string {
	if known, ok := translations.Load(query); ok {
		return known.(string)
	}
	said := dialect.Translate(query)
	translations.Store(query, said)
	return said
}

// raw is the driver's own connection under one of a pool.
func raw(conn *sql.Conn, do func(*pgx.Conn) error) error {
	return conn.Raw(func(c any) error {
		return do(c.(interface{ Conn() *pgx.Conn }).Conn())
	})
}
