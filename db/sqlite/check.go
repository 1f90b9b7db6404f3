package sqlite

import (
	"context"
	"database/sql"

	"parley/app/chat"
	"parley/db"
)

// How many hundredths of the time the parts of a check take, about, one after the
// other: measured with a million messages.
const (
	fileChecked   = 30
	countsChecked = 40
	indexSummed   = 70
)

// Check looks through one state of a file, which a server may use meanwhile: the
// file itself, what its rows say of each other, and the index of search. It tells
// done, which must not wait and may be nil, how many hundredths of it are done.
func Check(ctx context.Context, path string, done func(percent int64)) (_ db.Report, err error) {
	var r report
	if done == nil {
		done = func(int64) {}
	}
	path = Followed(path)
	d, err := openAs(ctx, path, withMmap(readOnlyAsFound(path)))
	if err != nil {
		return r.Report, err
	}
	defer d.Close()
	conn, err := d.Conn(ctx)
	if err != nil {
		return r.Report, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return r.Report, err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	err = conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&r.Format)
	if err != nil {
		return r.Report, explain(path, err)
	}
	found, err := findDamage(ctx, conn)
	if damaged(err) {
		found, err = append(found, err.Error()), nil
	}
	r.Add(db.FromBackup, found)
	if err != nil || len(found) > 0 {
		return r.Report, err
	}
	done(fileChecked)
	if r.Older = r.Format < Version(); r.Older { // what is upgraded is counted anew
		return r.Report, conn.QueryRowContext(ctx, "SELECT count(*) FROM messages").Scan(&r.Messages)
	}
	return r.Report, r.rows(ctx, conn, done)
}

// report is what is found step by step.
type report struct{ db.Report }

// rows looks at what the rows of a sound file say of each other.
func (r *report) rows(ctx context.Context, conn *sql.Conn, done func(int64)) error {
	unfinished := "SELECT coalesce((SELECT value FROM settings WHERE key = ?), '')"
	if err := conn.QueryRowContext(ctx, unfinished, chat.ImportUnfinished).Scan(&r.Unfinished); err != nil {
		return err
	}
	for _, c := range db.Counts {
		found, err := c.Disagree(ctx, translated{conn})
		if err != nil {
			return err
		}
		r.Add(db.ByRepair, found)
	}
	found, err := db.FileProblems(ctx, translated{conn})
	if err != nil {
		return err
	}
	r.Add(db.FromBackup, found)
	if err := conn.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM messages),
		(SELECT count(*) FROM files WHERE message_id IS NOT NULL)`).Scan(&r.Messages, &r.Files); err != nil {
		return err
	}
	done(countsChecked)
	o, err := db.NewOrderCheck(func(query string, args []any, dest ...any) error {
		return conn.QueryRowContext(ctx, query, args...).Scan(dest...)
	})
	if err != nil {
		return err
	}
	found, err = checkRows(ctx, conn, o, done)
	if err != nil {
		return err
	}
	r.Add(db.FromBackup, o.Lost)
	r.Add(db.ByRepair, o.Twice)
	r.Add(db.ByRepair, found)
	return nil
}

// Repair counts anew what is kept, and has the index of search made anew: what was
// said is found again as it goes on. Pages that are open show old counts until they
// are loaded again.
func (d *DB) Repair(ctx context.Context) error {
	err := d.change(ctx, func(t *db.Tx) error {
		t.EverythingChanged()
		if err := db.Renumber(t); err != nil {
			return err
		}
		for _, c := range db.Counts {
			if err := c.Repair(t); err != nil {
				return err
			}
		}
		for _, q := range []string{"INSERT INTO words (words) VALUES ('delete-all')", "DELETE FROM days", "UPDATE indexed SET upto = 0"} {
			if err := t.Exec(q); err != nil {
				return err
			}
		}
		return t.Exec("DELETE FROM settings WHERE key > ? AND key < ?", db.AgainNotes, db.AgainEnd) // it becomes what the rooms are now
	})
	if err != nil {
		return err
	}
	return d.BuildIndex(ctx)
}

// BuildIndex brings the index of search up to the log, however far it is behind.
func (d *DB) BuildIndex(ctx context.Context) error {
	for {
		n, err := d.indexNext(ctx, followBatch)
		if err != nil || n == 0 {
			return err
		}
		if err := d.mergeIndex(ctx, mergeSteps); err != nil {
			return err
		}
	}
}
