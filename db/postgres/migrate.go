package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"parley/app/chat"
)

//go:embed migrations/*.sql
var migrations embed.FS

// steps are the numbers of the migrations in their order. The first makes everything that
// those before it made in SQLite's engine.
func steps() (numbers []int) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		n, err := strconv.Atoi(strings.TrimSuffix(path.Base(name), ".sql"))
		if err != nil {
			panic(err)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// Version is the number of the newest migration.
func Version() int {
	all := steps()
	return all[len(all)-1]
}

// besideMark begins a migration that servers of the version before it may work beside:
// what they know is there, and what is new has a value by itself.
const besideMark = "-- beside the version before\n"

// asker is a pool, a connection or a transaction.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// formatOf is the format of the schema; 0: there is nothing in it. What is not ours, or
// newer, is refused.
func formatOf(ctx context.Context, d asker) (format int, err error) {
	var ours bool
	var tables int
	if err := d.QueryRowContext(ctx, `SELECT to_regclass('format') IS NOT NULL, count(*) FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`).Scan(&ours, &tables); err != nil {
		return 0, err
	}
	switch {
	case !ours && tables > 0:
		return 0, errForeign
	case !ours:
		return 0, nil
	}
	if err := d.QueryRowContext(ctx, "SELECT number FROM format").Scan(&format); err != nil {
		return 0, fmt.Errorf("%w (%w)", errForeign, err)
	}
	if format > Version() {
		return format, errNewer(format)
	}
	return format, nil
}

var errForeign = errors.New("the tables here are those of another program; they were left as they are. " +
	"Name another database with --data, or a schema of its own: postgres://…/NAME?search_path=parley")

func errNewer(format int) error {
	return fmt.Errorf("a newer Parley works here (format %d, this one knows %d); nothing was changed. Start the newer version",
		format, Version())
}

func errOlder(format int) error {
	return fmt.Errorf("the workspace is of format %d, this Parley is of format %d. Nothing was changed. "+
		"Start the server once, which upgrades it: parley serve --data postgres://…", format, Version())
}

func errReformatted(format int64) error {
	return fmt.Errorf("%w: another version of Parley has made format %d of the workspace; this one writes format %d",
		chat.Busy("The server cannot store anything until it is started anew by who runs it. Nothing was lost; try again later.", time.Minute),
		format, Version())
}

// migrate brings the schema to this version: all migrations in one transaction, which
// waits for others that do the same, and lets nobody change anything meanwhile.
func (d *DB) migrate(ctx context.Context) error {
	if d.before == Version() {
		return nil
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, lock := range []int{migrating, changes} {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(%d)",
			d.locks.key(lock))); err != nil {
			return err
		}
	}
	was, err := formatOf(ctx, tx) // another node may have been faster
	if err != nil || was == Version() {
		return err
	}
	if was == 0 {
		if _, err := tx.ExecContext(ctx, formatTable); err != nil {
			return err
		}
	}
	for _, n := range steps() {
		if n <= was {
			continue
		}
		if err := step(ctx, tx, n); err != nil {
			return fmt.Errorf("migration %d: %w", n, err)
		}
	}
	return tx.Commit()
}

// formatTable has one row: the number of the newest migration, the oldest version that may
// work beside it, how often something was changed that other nodes must know of, and a
// name that no other workspace has.
const formatTable = `CREATE TABLE format (number BIGINT NOT NULL, oldest BIGINT NOT NULL, moved BIGINT NOT NULL DEFAULT 0,
	name TEXT NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text));
	INSERT INTO format (number, oldest) VALUES (0, 0)`

func step(ctx context.Context, tx *sql.Tx, n int) error {
	text, err := migrations.ReadFile(fmt.Sprintf("migrations/%04d.sql", n))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	note := fmt.Sprintf("UPDATE format SET number = %d, oldest = %[1]d", n)
	if strings.HasPrefix(string(text), besideMark) {
		note = fmt.Sprintf("UPDATE format SET number = %d", n)
	}
	_, err = tx.ExecContext(ctx, note)
	return err
}

// Name is one that no other workspace has, and that all nodes of this one read.
func (d *DB) Name(ctx context.Context) (name string, err error) {
	return name, explain(d.read.QueryRowContext(ctx, "SELECT name FROM format").Scan(&name))
}
