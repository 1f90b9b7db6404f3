package postgres

import (
	"context"
	"database/sql"
	"fmt"
)

// lockKeys are the advisory locks of a schema: others in the same database have others.
type lockKeys int64

// What a lock is for.
const (
	changes = iota // who changes shares it, or has it alone
	migrating
	jobs // the first; each job has one
)

// newLockKeys asks for the number of the schema that a connection works in.
func newLockKeys(ctx context.Context, d interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (lockKeys, error) {
	var schema int64
	err := d.QueryRowContext(ctx, "SELECT current_schema()::regnamespace::oid::bigint").Scan(&schema)
	return lockKeys(0x5072<<48 | schema<<16), err
}

// key is that of one lock.
func (k lockKeys) key(what int) int64 { return int64(k) | int64(what) }

// Ways to begin a change.
const (
	alone  = "pg_advisory_xact_lock"
	beside = "pg_advisory_xact_lock_shared"
)

// begin begins a transaction that has the lock of changes, in one message.
func (k lockKeys) begin(how string) string {
	text := fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT %s(%d)", how, k.key(changes))
	return text + "; " + readFormat
}

// readFormat asks for the number of the newest migration, and for the oldest version that
// may work with it.
const readFormat = "SELECT number, oldest FROM format"
