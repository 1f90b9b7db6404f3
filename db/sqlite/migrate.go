package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as ours ("Prly").
const applicationID = 0x50726c79

// magic is how every SQLite file begins.
const magic = "SQLite format 3\x00"

// Version is the number of the newest migration.
func Version() int {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	return len(names)
}

// inspectHeader reads the header of a file, after the file format of SQLite, section 1.3,
// before SQLite does: already opening a foreign file in WAL mode would change it.
// What stands in a write-ahead log beside it is asked later.
func inspectHeader(path string) error {
	f, err := openOrMake(path)
	if err != nil {
		return fmt.Errorf("the data file cannot be opened: %w", err)
	}
	defer f.Close()
	h := make([]byte, headerSize)
	if n, err := io.ReadFull(f, h); n == 0 || err != nil {
		return nil // new, or too short to be a database: SQLite says so
	}
	pages := binary.BigEndian.Uint32(h[28:])
	switch {
	case string(h[:16]) != magic:
		return nil // SQLite says so
	case !isOurs(h) && pages > 1:
		return errForeign
	case isOurs(h) && versionIn(h) > Version():
		return errNewer(versionIn(h))
	}
	return nil
}

// headerSize is the length of what every SQLite file begins with.
const headerSize = 100

func headerOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := make([]byte, headerSize)
	_, err = io.ReadFull(f, h)
	return h, err
}

// versionIn is the user version in a header.
func versionIn(h []byte) int { return int(binary.BigEndian.Uint32(h[60:])) }

// isOurs looks for our mark in a header.
func isOurs(h []byte) bool { return binary.BigEndian.Uint32(h[68:]) == applicationID }

// ours says whether a file begins as one of ours.
func ours(begin []byte) bool {
	return len(begin) == headerSize && string(begin[:16]) == magic && isOurs(begin)
}

var errForeign = errors.New("this is the data file of another program; it was left as it is. Name another with --data")

// errHalfMade is what a file is that is marked as ours and that no version of ours made:
// each makes the mark, the format and the tables at once.
var errHalfMade = errors.New("this is marked as a data file of Parley, but there are tables of no format in it; " +
	"it was left as it is. Restore a backup, or name another with --data")

func errNewer(version int) error {
	return fmt.Errorf("the file was written by a newer Parley (format %d, this one knows %d); it was left as it is. "+
		"Start the newer version", version, Version())
}

// errOlder refuses a file that only a server may upgrade.
func errOlder(path string, version int, used bool) error {
	if used {
		return fmt.Errorf("the file is of format %d and a Parley of an older version is serving it; this one is of format %d. "+
			"Nothing was changed. Stop that server and start this version, which upgrades the file, "+
			"or run the command with the version that serves", version, Version())
	}
	return fmt.Errorf("the file is of format %d, this Parley is of format %d. Nothing was changed. "+
		"Start the server once, which upgrades the file: parley serve --data %s", version, Version(), path)
}

// rower is a connection or a pool of them.
type rower interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// formatOf is the version of a file; 0: there is nothing in it. One that is not ours,
// or newer, is refused.
func formatOf(ctx context.Context, conn rower) (version int, err error) {
	var id, tables int
	for q, dest := range map[string]*int{"PRAGMA application_id": &id, "PRAGMA user_version": &version,
		"SELECT count(*) FROM sqlite_schema": &tables} {
		if err := conn.QueryRowContext(ctx, q).Scan(dest); err != nil {
			return 0, err
		}
	}
	switch {
	case id != applicationID && tables > 0:
		return 0, errForeign
	case version <= 0 && tables > 0:
		return 0, errHalfMade
	case version > Version():
		return version, errNewer(version)
	}
	return version, nil
}

// migrate brings a file to this version: all migrations in one transaction, so that
// whatever interrupts it leaves a file of the one format or of the other. A file with
// data is copied before.
func migrate(ctx context.Context, conn *sql.Conn, path string) error {
	version, err := formatOf(ctx, conn)
	if err != nil || version == Version() {
		return err
	}
	if version > 0 {
		err := copyAside(ctx, conn, path, version)
		if errors.Is(err, errReserved) { // another process migrates it
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
			return migrate(ctx, conn, path)
		}
		if err != nil {
			return err
		}
	}
	return upgrade(ctx, conn)
}

// copyAside keeps the file as it was before a migration, as FILE.v1.
func copyAside(ctx context.Context, conn *sql.Conn, path string, version int) error {
	to := fmt.Sprintf("%s.v%d", path, version)
	part := to + ".part"
	if err := copyTo(ctx, conn, part, OwnerFor(path)); err != nil {
		return fmt.Errorf("copying the file before its migration: %w", err)
	}
	if header, err := headerOf(part); err != nil || versionIn(header) != version {
		return errors.Join(err, os.Remove(part)) // another process was faster, and has kept it
	}
	return rename(part, to)
}

// onStep is where a test interrupts a migration, before it is committed.
var onStep = func(n int) {}

// upgrade runs the migrations that a file has not seen.
func upgrade(ctx context.Context, conn *sql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int // another process may have been faster
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	for n := version + 1; n <= Version(); n++ {
		if err := step(ctx, tx, n); err != nil {
			return fmt.Errorf("migration %d: %w", n, err)
		}
	}
	return tx.Commit()
}

func step(ctx context.Context, tx *sql.Tx, n int) error {
	sql, err := migrations.ReadFile(fmt.Sprintf("migrations/%04d.sql", n))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(sql)); err != nil {
		return err
	}
	onStep(n)
	_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, n))
	return err
}
