package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

type verifyKey struct{}

// OnVerify has do called when a copy that is made with this context is written, and is
// about to be read through.
func OnVerify(ctx context.Context, do func()) context.Context {
	return context.WithValue(ctx, verifyKey{}, do)
}

func verifying(ctx context.Context) {
	if do, ok := ctx.Value(verifyKey{}).(func()); ok {
		do()
	}
}

// CompactPart is the name of the copy that Compact makes of a file.
func CompactPart(path string) string { return Followed(path) + ".compact" }

// Compact writes a data file anew without the room that is free in it, which the disk
// gets back, and answers with its size before and after. It refuses while a server or a
// command uses the file. Ended at any moment it leaves either the one or the other, with
// the same in it.
func Compact(ctx context.Context, path string) (before, after int64, err error) {
	path = Followed(path)
	if !exists(path) {
		return 0, 0, fmt.Errorf("there is no data file %s; name it with --data", path)
	}
	release, err := Claim(path)
	if err != nil {
		return 0, 0, err
	}
	defer release()
	if err := compactable(ctx, path); err != nil {
		return 0, 0, err
	}
	old, err := closeLog(ctx, path) // nobody writes from here on
	if err != nil {
		return 0, 0, err
	}
	defer old.Close()
	before = size(path)
	from, err := openAs(ctx, path, immutable)
	if err != nil {
		return 0, 0, err
	}
	defer from.Close()
	conn, err := from.Conn(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close()
	if err := givesSpaceBack(ctx, conn); err != nil {
		return 0, 0, err
	}
	part := CompactPart(path)
	if err := copyTo(ctx, conn, part, OwnerFor(path)); err != nil {
		return 0, 0, fmt.Errorf("nothing was changed: %w", err)
	}
	after = size(part)
	if err := rename(part, path); err != nil {
		os.Remove(part)
		return 0, 0, err
	}
	return before, after, nil
}

// compactable refuses a file that is damaged, which stays as it is, and its log with it.
func compactable(ctx context.Context, path string) error {
	d, err := openAs(ctx, path, readOnlyAsFound(path))
	if err != nil {
		return err
	}
	defer d.Close()
	found, err := findDamage(ctx, d)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%s is damaged (%s); it was left as it is. Put a backup in its place: parley restore FILE", path, found[0])
	}
	return explainDamage(path, err)
}

func explainDamage(path string, err error) error {
	if damaged(err) {
		return explain(path, err)
	}
	return err
}

// givesSpaceBack has the next copy of a file be one that gives space back while it is
// used. Files of before format 10 are none; they become one when they are compacted.
func givesSpaceBack(ctx context.Context, conn *sql.Conn) error {
	var mode int
	if err := conn.QueryRowContext(ctx, "PRAGMA auto_vacuum").Scan(&mode); err != nil || mode != 0 {
		return err
	}
	_, err := conn.ExecContext(ctx, "PRAGMA auto_vacuum = INCREMENTAL")
	return err
}
