package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/app/chat"
	"parley/db"
)

// Backup writes the data file at path, as it is now, to a new file at to. A
// server may use it meanwhile: what was committed before is in the backup, and
// nobody waits for it. The serving process itself may call it: only SQLite opens
// the file, which keeps its own locks. The backup appears under its name once it is
// whole; it takes the place of an older one, and of nothing else: see Target.
func Backup(ctx context.Context, path, to string) error {
	path = Followed(path)
	from, err := openAs(ctx, path, readOnlyAsFound(path))
	if err != nil {
		return err
	}
	defer from.Close()
	if to, err = Target(path, to, "backup", ours); err != nil {
		return err
	}
	part := to + ".part"
	if err := copyTo(ctx, from, part, OwnerFor(to)); err != nil {
		return fmt.Errorf("no backup was made: %w", err)
	}
	return rename(part, to)
}

// copyTo writes a copy that is whole, verified and durable, and its owner's. What an attempt left
// behind that was interrupted is written over; two at once are refused.
func copyTo(ctx context.Context, from execer, part string, owner Owner) (err error) {
	f, err := Reserve(part, owner)
	if err != nil {
		return err
	}
	defer f.Close()
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if err := roomFor(ctx, from, part); err != nil {
		return err
	}
	if _, err := from.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	verifying(ctx)
	return verify(ctx, part)
}

// errReserved refuses to write what another process writes.
var errReserved = errors.New("another command writes it already")

// Reserve makes a file that this process alone writes, until it is closed. It is empty
// then, and the owner's.
func Reserve(part string, owner Owner) (*os.File, error) {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		var mine, there os.FileInfo
		if mine, err = f.Stat(); err == nil {
			if there, err = os.Stat(part); err == nil && os.SameFile(mine, there) {
				if err = owner.Own(f); err == nil {
					err = f.Truncate(0)
				}
				if err == nil {
					return f, nil
				}
			}
		}
	}
	f.Close()
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s cannot be written: %w", part, err)
	}
	return nil, fmt.Errorf("%s: %w", part, errReserved) // or it was renamed since it was opened: it is somebody's whole copy now
}

// verify reads a whole file of ours that nobody writes.
func verify(ctx context.Context, path string) error {
	d, err := openAs(ctx, path, immutable)
	if err != nil {
		return err
	}
	defer d.Close()
	found, err := findDamage(ctx, d)
	if err != nil {
		return explain(path, err)
	}
	if len(found) > 0 {
		return fmt.Errorf("%s is damaged (%s)", path, found[0])
	}
	return nil
}

// execer is a connection or a pool of them.
type execer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// roomFor refuses a copy that its disk has no room for, before it begins.
func roomFor(ctx context.Context, from execer, part string) error {
	var pages, each, free int64
	if err := from.QueryRowContext(ctx,
		"SELECT page_count, page_size, freelist_count FROM pragma_page_count, pragma_page_size, pragma_freelist_count").
		Scan(&pages, &each, &free); err != nil {
		return err
	}
	need, have := (pages-free)*each, freeOn(filepath.Dir(part))
	if have >= 0 && have < need {
		return fmt.Errorf("the copy takes %s, and the disk of %s has %s left", chat.Bytes(need), filepath.Dir(part), chat.Bytes(have))
	}
	return nil
}

// findDamage is what SQLite finds wrong with a file.
func findDamage(ctx context.Context, d asker) (found []string, err error) {
	rows, err := d.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return nil, err
	}
	found, err = db.ScanAll(rows, func(r db.Scanner) (s string, err error) { return s, r.Scan(&s) })
	found = slices.DeleteFunc(strings.Split(strings.Join(found, "\n"), "\n"), func(s string) bool { // each may be many lines
		return s == "ok" || s == "" || strings.HasPrefix(s, "***")
	})
	if err != nil || len(found) > 0 {
		return found, err
	}
	if rows, err = d.QueryContext(ctx, "PRAGMA foreign_key_check"); err != nil {
		return nil, err
	}
	return db.ScanAll(rows, func(r db.Scanner) (string, error) {
		var table, parent string
		var row sql.NullInt64
		var key int
		err := r.Scan(&table, &row, &parent, &key)
		return fmt.Sprintf("row %d of %s names a row of %s that is not there", row.Int64, table, parent), err
	})
}

// openAs opens a file of ours as it is, without upgrading it, and refuses one that is
// not there, not ours, or of a newer version.
func openAs(ctx context.Context, path string, how url.Values) (*sql.DB, error) {
	i, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", path)
	case err != nil:
		return nil, err
	case i.IsDir():
		return nil, fmt.Errorf("%s is a directory; name the file in it", path)
	}
	d, err := sql.Open("sqlite", uri(path, how))
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	var id, version int
	if err = d.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err == nil {
		err = d.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	}
	switch {
	case err != nil:
		err = explain(path, err)
	case id != applicationID:
		err = fmt.Errorf("%s is not a Parley data file; it was left as it is", path)
	case version > Version():
		err = fmt.Errorf("%s: %w", path, errNewer(version))
	default:
		return d, nil
	}
	return nil, errors.Join(err, d.Close())
}

// rename gives a file its name, for good.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(to)
}

// syncDir makes durable what a file in a directory is called.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Rotate makes a backup in a directory, with the time in its name, and then
// removes the oldest of those until keep are left. What is in use is no backup, however
// it is called; and what has a name of the future, because some clock was wrong, is
// neither counted nor removed.
func Rotate(ctx context.Context, path, dir string, keep int, at time.Time) (string, error) {
	// One name for what is not whole yet, so that interrupted attempts leave one file.
	whole, to := filepath.Join(dir, "parley-backup"), filepath.Join(dir, backupName(at))
	if err := Backup(ctx, path, whole); err != nil {
		return "", err
	}
	if _, err := Target(path, to, "backup", ours); err != nil {
		return "", errors.Join(err, os.Remove(whole))
	}
	if err := rename(whole, to); err != nil {
		return "", err
	}
	names, err := backups(dir, at)
	names = slices.DeleteFunc(names, func(name string) bool { return checkApart(path, filepath.Join(dir, name)) != nil })
	for _, name := range names[:max(0, len(names)-keep)] {
		err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
	}
	return to, err
}

const backupLayout = "parley-20060102T150405Z.db"

func backupName(at time.Time) string { return at.UTC().Format(backupLayout) }

// backups lists the names of those in a directory that were made by then, the oldest first.
func backups(dir string, now time.Time) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		if at, bad := time.Parse(backupLayout, e.Name()); bad == nil && backupName(at) == e.Name() && e.Type().IsRegular() && !at.After(now) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// LastBackup is when the newest backup of a directory was made. What has a name of the
// future was made at another time.
func LastBackup(dir string, now time.Time) (time.Time, error) {
	names, err := backups(dir, now)
	if err != nil || len(names) == 0 {
		return time.Time{}, err
	}
	return time.Parse(backupLayout, names[len(names)-1])
}
