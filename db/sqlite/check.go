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
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM messages").Scan(&r.Messages); err != nil {
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
		if err := renumber(t); err != nil {
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
		return t.Exec("DELETE FROM settings WHERE key > ? AND key < ?", db.MovedNotes, db.MovedEnd) // it becomes what the rooms are now
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

// misnumbered are the rooms in which two rows have one number.
const misnumbered = `SELECT room_id FROM messages WHERE rev = born GROUP BY room_id HAVING count(*) <> count(DISTINCT born)
	UNION SELECT room_id FROM messages WHERE kind = 0 GROUP BY room_id HAVING count(*) <> count(DISTINCT posts)`

// renumber gives every row of such a room a number of its own, in the order of their
// ids, above all that were given: open pages load the room again. The counts that
// follow from these are made anew after it.
func renumber(t *db.Tx) error {
	rooms, err := db.List(t, db.ScanID[chat.RoomID], misnumbered)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if err := t.Each([]any{room},
			`UPDATE messages SET rev = n.rev, born = n.rev, posts = n.posts FROM (SELECT m.id, r.rev + row_number() OVER o AS rev,
				first_value(m.posts - (m.kind = 0)) OVER o + sum(m.kind = 0) OVER o AS posts
				FROM messages m JOIN rooms r ON r.id = m.room_id WHERE m.room_id = ?1 WINDOW o AS (ORDER BY m.id)) AS n WHERE messages.id = n.id`,
			`UPDATE rooms SET rev = (SELECT max(rev) FROM messages WHERE room_id = ?1) WHERE id = ?1`,
			`UPDATE memberships SET posts_read = min(posts_read, (SELECT max(posts) FROM messages WHERE room_id = ?1))
				WHERE room_id = ?1`); err != nil {
			return err
		}
	}
	return nil
}
