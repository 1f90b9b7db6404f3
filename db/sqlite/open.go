package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"parley/db"
)

// Open opens a data file, creating and migrating it as needed: only who has claimed
// the file, or makes it, may do that. A file that is not ours, that is damaged, or of
// a newer version, is refused and left untouched, and so is the log beside it.
func Open(ctx context.Context, path string) (*DB, error) {
	return open(ctx, path, true, func(int, *sql.DB) error { return nil })
}

// OpenCurrent opens a data file as commands do, which may run beside a server: it
// creates one that is not there, and refuses one of an older format. A file that nobody
// has used yet is a command's own, which was interrupted while it made it.
func OpenCurrent(ctx context.Context, path string) (*DB, error) {
	return open(ctx, path, false, func(version int, d *sql.DB) error { return acceptCurrent(ctx, path, version, d) })
}

// OpenExisting does the same with a file that there is: where there is no workspace in it,
// none is made.
func OpenExisting(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no data file %s; name it with --data", path)
	}
	return open(ctx, path, false, func(version int, d *sql.DB) error {
		if version == 0 {
			return errVacant
		}
		return acceptCurrent(ctx, path, version, d)
	})
}

var errVacant = errors.New("there is no workspace in this file yet; it was left as it is. " +
	"Name another with --data, or start the server, which makes one")

// acceptCurrent refuses a file of an older format that is used.
func acceptCurrent(ctx context.Context, path string, version int, d *sql.DB) error {
	if version == 0 || version == Version() {
		return nil
	}
	var people bool
	if err := d.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM accounts)").Scan(&people); err != nil {
		return err
	}
	if used := IsServed(path); used || people { // asked only now: it takes the lock of a server that starts
		return errOlder(path, version, used)
	}
	return nil
}

// open opens a file whose format is accepted, and makes it one of this version. What
// serves reads through a mapping of the file.
func open(ctx context.Context, path string, serves bool, accept func(version int, d *sql.DB) error) (*DB, error) {
	path = Followed(path)
	if err := inspectHeader(path); denied(err) {
		return nil, errReadOnly(path, err)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	free, err := lockDir(ctx, path)
	if err != nil {
		return nil, err
	}
	defer free()
	guard, err := checkIntegrity(ctx, path, checkUpTo)
	if err != nil {
		return nil, explain(path, err)
	}
	defer guard.Close() // after the writer's, when that did not come to be: the log stays as it is
	version, err := formatOf(ctx, guard)
	if err == nil {
		err = accept(version, guard)
	}
	if err != nil {
		return nil, explain(path, err)
	}
	d, err := connect(ctx, path, serves)
	if err != nil {
		return nil, err
	}
	d.formatBefore = version
	d.unclean.Store(true) // by the last process
	d.ResumePurge()
	return d, nil
}

// connect opens the connections to a file that was found sound, and upgrades it.
func connect(ctx context.Context, path string, serves bool) (*DB, error) {
	write, err := sql.Open("sqlite", dsn(path, true, serves))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	conn, err := write.Conn(ctx)
	if err != nil {
		return nil, errors.Join(explain(path, err), write.Close())
	}
	var opened int64
	err = migrate(ctx, conn, path)
	if err == nil {
		err = conn.QueryRowContext(ctx, dataVersion).Scan(&opened)
	}
	if err != nil {
		return nil, errors.Join(explain(path, err), conn.Close(), write.Close())
	}
	read, err := sql.Open("sqlite", dsn(path, false, serves))
	if err != nil {
		return nil, errors.Join(err, conn.Close(), write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d := &DB{path: path, read: read, opened: opened}
	d.Store = db.New((*engine)(d))
	d.writer = newWriter(write, conn, d.PublishFacts)
	return d, nil
}

// autocheckpoint is after how many pages the log goes into the file: who commits then
// waits for that. With 8,000 pages (32 MB) the slowest posts took five times as long.
const autocheckpoint = 2000

// dsn spells the pragmas that every connection needs; busy_timeout comes first,
// because the others may have to wait.
func dsn(path string, write, serves bool) string {
	q := url.Values{}
	if write && size(path) == 0 { // before the first page is written: what is removed can be given back
		q.Add("_pragma", "auto_vacuum(2)")
	}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", fmt.Sprintf("wal_autocheckpoint(%d)", autocheckpoint), "trusted_schema(0)"} {
		q.Add("_pragma", p)
	}
	if serves || write {
		q.Add("_pragma", "cache_size(-16000)")
	} else { // a command reads once
		q.Add("_pragma", "cache_size(-4000)")
	}
	if serves {
		q.Add("_pragma", mapping)
	}
	if write {
		q.Add("_pragma", "secure_delete(1)") // what was deleted is overwritten
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	return uri(path, q)
}

func uri(path string, q url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}
