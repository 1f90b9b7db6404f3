package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"syscall"
	"time"
)

// Restore puts a backup in the place of the data file at path, which is kept under
// the name that it answers with; "" when there was none. It refuses while a server
// uses the data file. Ended at any moment it leaves either the one or the other.
func Restore(ctx context.Context, backup, path string, at time.Time) (kept string, err error) {
	a, err := os.Stat(backup)
	if err != nil {
		return "", fmt.Errorf("the backup cannot be opened: %w", err)
	}
	path = Followed(path)
	b, err := os.Stat(path)
	if err == nil && os.SameFile(a, b) {
		return "", fmt.Errorf("%s is the data file itself", backup)
	}
	fresh := errors.Is(err, os.ErrNotExist)
	owner := OwnerFor(path)
	release, err := Claim(path)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil && fresh {
			os.Remove(path) // the claim made it
		}
		err = errors.Join(err, release())
	}()
	if foreign(path) {
		return "", fmt.Errorf("%s is not a Parley data file; it was left as it is. Move it away first, or name another with --data", path)
	}
	part := path + ".restore"
	if sameFile(backup, part) {
		return "", fmt.Errorf("%s is where the copy is made; give the backup another name first", backup)
	}
	if err := copyBackup(ctx, backup, part, owner); err != nil {
		return "", err
	}
	if kept, err = replace(ctx, path, part, fmt.Sprintf("%s.before-%s", path, at.UTC().Format("20060102T150405Z"))); err != nil {
		os.Remove(part)
	}
	return kept, err
}

// foreign says whether a file is another program's. One of ours that is damaged, or
// newer, or whose first page is in its log still, is not.
func foreign(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false // SQLite says so
	}
	defer f.Close()
	h := make([]byte, 100)
	n, err := io.ReadFull(f, h)
	return n > 0 && (err != nil || string(h[:16]) != magic || !isOurs(h) && binary.BigEndian.Uint32(h[28:]) > 1)
}

// copyBackup copies a verified backup, together with the log beside it if there is one.
func copyBackup(ctx context.Context, backup, part string, owner Owner) error {
	how := immutable // leaves nothing beside a backup, and reads one on a medium that cannot be written
	if size(backup+"-wal") > 0 || size(backup+"-journal") > 0 {
		how = readOnlyAsFound(backup)
	}
	if h, err := headerOf(backup); how.Has("immutable") && (err != nil || !ours(h)) {
		return errors.Join(fmt.Errorf("%s is no backup of Parley; nothing was changed", backup), unread(err))
	}
	from, err := openAs(ctx, backup, how)
	if err != nil {
		return err
	}
	defer from.Close()
	found, err := findDamage(ctx, from)
	if err == nil && len(found) > 0 {
		err = errors.New(found[0])
	}
	if err != nil {
		return fmt.Errorf("%s is damaged (%w); nothing was changed", backup, err)
	}
	if err := copyTo(ctx, from, part, owner); err != nil {
		return fmt.Errorf("the backup could not be copied to %s; nothing was changed: %w", part, err)
	}
	return nil
}

// unread is an error of reading, unless the file is merely short.
func unread(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// replace keeps the file at path under another name and puts part in its place.
// First what its write-ahead log holds goes into the file and the log goes away:
// SQLite would apply a log that is left to whatever file is there.
func replace(ctx context.Context, path, part, kept string) (string, error) {
	if i, err := os.Stat(path); err != nil || i.Size() == 0 && !exists(path+"-wal") {
		if err != nil {
			return "", err
		}
		return "", rename(part, path)
	}
	guard, err := checkIntegrity(ctx, path, math.MaxInt64)
	switch {
	case err == nil:
		guard.Close()
		old, err := closeLog(ctx, path)
		if err != nil {
			return "", err
		}
		defer old.Close()
	case !damaged(err) && !errors.Is(err, errDamaged): // who saves what can be read needs both as they are
		return "", err
	}
	for _, beside := range []string{"", "-wal"} { // a log is left only beside a damaged file
		if exists(path + beside) {
			if err := keep(path+beside, kept+beside); err != nil {
				return "", err
			}
		}
	}
	if err := syncDir(path); err != nil {
		return "", err
	}
	for _, beside := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Remove(path + beside); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if err := syncDir(path); err != nil {
		return "", err
	}
	return kept, rename(part, path)
}

// closeLog empties and removes the log of a file and locks out every other command,
// until the answer is closed. A damaged file stays as it is.
func closeLog(ctx context.Context, path string) (*sql.DB, error) {
	d, err := sql.Open("sqlite", uri(path, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(1000)", "synchronous(FULL)"}}))
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	var mode string
	err = d.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	if err == nil && mode == "delete" {
		_, err = d.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if damaged(err) {
		return d, nil
	}
	if err != nil || mode != "delete" {
		return nil, errors.Join(fmt.Errorf("another command uses %s; try again when it is done", path), err, d.Close())
	}
	return d, nil
}

// keep gives a file a second name; where there can be none, it copies.
func keep(path, to string) error {
	if exists(to) {
		return fmt.Errorf("there is a file %s already", to)
	}
	err := os.Link(path, to)
	if err == nil || errors.Is(err, syscall.ENOENT) {
		return err
	}
	r, err := os.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, OwnerFor(path).Own(w), w.Sync(), w.Close())
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
