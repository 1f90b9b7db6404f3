package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/app/chat"
	"parley/db"
)

// How many hundredths of the time the parts of a check take, about.
const (
	countsChecked = 40
	checkedAtOnce = 500
)

const fromDump = "Stop all nodes and restore a backup: parley backup --help says how."

// Check looks through one state of a workspace, which servers may use meanwhile: its
// references and counts, how messages are numbered, and the index of search against each.
// It tells done how many hundredths of it are done.
func Check(ctx context.Context, address string, done func(percent int64)) (r db.Report, err error) {
	if done == nil {
		done = func(int64) {}
	}
	d, err := open(ctx, address, true, func(format int) error {
		r.Format = format
		switch {
		case format == 0:
			return errVacant
		case format < Version():
			return errOlder(format)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	err = (*engine)(d).View(ctx, func(v db.Queryer) error { return d.check(ctx, v, &r, done) })
	return r, errors.Join(explain(err), d.Close())
}

func (d *DB) check(ctx context.Context, v db.Queryer, r *db.Report, done func(int64)) error {
	if err := one(ctx, v, "SELECT coalesce((SELECT value FROM settings WHERE key = ?), '')", []any{chat.ImportUnfinished},
		&r.Unfinished); err != nil {
		return err
	}
	found, err := texts(ctx, v, `SELECT 'the rule ' || conname || ' of ' || conrelid::regclass || ' was never checked' FROM pg_constraint
		WHERE connamespace = current_schema()::regnamespace AND NOT convalidated`)
	if err != nil {
		return err
	}
	r.Add(fromDump, found)
	if found, err = texts(ctx, v, `SELECT 'the index ' || indexrelid::regclass || ' is not valid: REINDEX INDEX ' || indexrelid::regclass
		FROM pg_index WHERE NOT indisvalid AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)`); err != nil {
		return err
	}
	r.Add(fromDump, found)
	for _, c := range db.Counts {
		if found, err = c.Disagree(ctx, v); err != nil {
			return err
		}
		r.Add(db.ByRepair, found)
	}
	if found, err = db.FileProblems(ctx, v); err != nil {
		return err
	}
	r.Add(fromDump, found)
	if err := one(ctx, v, "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM files WHERE message_id IS NOT NULL)", nil,
		&r.Messages, &r.Files); err != nil {
		return err
	}
	done(countsChecked)
	return checkRows(ctx, v, r, done)
}

// checkRows reads every message once, and asks of so many at a time whether the index has
// them as they are.
func checkRows(ctx context.Context, v db.Queryer, r *db.Report, done func(int64)) error {
	o, err := db.NewOrderCheck(func(query string, args []any, dest ...any) error { return one(ctx, v, query, args, dest...) })
	if err != nil {
		return err
	}
	pending, err := db.PendingReindex(ctx, v)
	if err != nil {
		return err
	}
	name, err := db.RoomNames(ctx, v)
	if err != nil {
		return err
	}
	after := chat.MessageID(1 << 62) // what comes by an import is indexed up to it
	if err := one(ctx, v, "SELECT coalesce((SELECT CAST(value AS BIGINT) FROM settings WHERE key = ?), ?)", []any{unindexedNote, after},
		&after); err != nil {
		return err
	}
	var found []string
	for last, n := chat.MessageID(0), 0; ; {
		rows, err := v.QueryContext(ctx, checkedMessages, last, checkedAtOnce)
		if err != nil {
			return err
		}
		entries, err := db.ScanAll(rows, func(s db.Scanner) (db.Entry, error) {
			var n db.Numbering
			e, err := db.ScanEntry(db.WithColumns{Scanner: s, Dest: n.Fields()})
			n.ID, n.Room = e.ID, e.Room
			o.Next(n)
			e.Relabel(name)
			return e, err
		})
		if err != nil || len(entries) == 0 {
			r.Add(fromDump, o.Lost)
			r.Add(db.ByRepair, o.Twice)
			r.Add(db.ByRepair, found)
			return err
		}
		last = entries[len(entries)-1].ID
		n += len(entries)
		if found, err = compare(ctx, v, entries, pending, after, found); err != nil {
			return err
		}
		done(countsChecked + int64((100-countsChecked)*n/max(r.Messages, 1)))
	}
}

// checkedMessages reads entries and how they are numbered, after ?1, at most ?2.
var checkedMessages = strings.Replace(db.EntryQuery, " FROM messages m", db.NumberingColumns+"FROM messages m", 1) +
	"WHERE m.id > ? ORDER BY m.id LIMIT ?"

// compare looks whether the index has messages as they are.
func compare(ctx context.Context, v db.Queryer, entries []db.Entry, pending db.ReindexPending,
	after chat.MessageID, found []string) ([]string, error) {
	var ids []int64
	var vectors []string
	for _, e := range entries {
		if pending.Has(e) || e.ID > after {
			continue // it is there as it was, or not yet
		}
		words := ""
		if !e.Skip {
			words = vector(e)
		}
		ids, vectors = append(ids, int64(e.ID)), append(vectors, words)
	}
	wrong, err := texts(ctx, v, `SELECT CASE WHEN e.v = '' THEN 'message ' || e.id || ' is found though it is not there for anybody'
			WHEN w.word IS NULL THEN 'message ' || e.id || ' is not in the index of search'
			ELSE 'message ' || e.id || ' is in the index of search as something else' END
		FROM unnest(CAST(? AS BIGINT[]), CAST(? AS TEXT[])) AS e (id, v) LEFT JOIN words w ON w.message_id = e.id
		WHERE e.v = '' AND w.word IS NOT NULL OR e.v <> '' AND w.word IS DISTINCT FROM CAST(e.v AS tsvector) ORDER BY e.id`, ids, vectors)
	for _, what := range wrong {
		found = db.AddFinding(found, "%s", what)
	}
	if err != nil {
		return found, err
	}
	lost, err := texts(ctx, v, `SELECT 'message ' || message_id || ' is in the index of search and not in the workspace' FROM words
		WHERE message_id BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM messages WHERE id = message_id)`, entries[0].ID,
		entries[len(entries)-1].ID)
	for _, what := range lost {
		found = db.AddFinding(found, "%s", what)
	}
	return found, err
}

// one reads a single row of a view.
func one(ctx context.Context, v db.Queryer, query string, args []any, dest ...any) error {
	rows, err := v.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	_, err = db.ScanAll(rows, func(s db.Scanner) (struct{}, error) { return struct{}{}, s.Scan(dest...) })
	return err
}

// texts reads rows of one text.
func texts(ctx context.Context, v db.Queryer, query string, args ...any) ([]string, error) {
	rows, err := v.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	return db.ScanAll(rows, func(s db.Scanner) (t string, err error) { return t, s.Scan(&t) })
}

// Repair counts anew what is kept, and has the index of search made anew.
func (d *DB) Repair(ctx context.Context) error {
	err := (*engine)(d).Change(ctx, func(t *db.Tx) error {
		t.EverythingChanged()
		if err := db.Renumber(t); err != nil {
			return err
		}
		for _, c := range db.Counts {
			if err := c.Repair(t); err != nil {
				return err
			}
		}
		if err := t.Exec("TRUNCATE words"); err != nil {
			return err
		}
		if err := t.Exec("DELETE FROM settings WHERE key > ? AND key < ?", db.AgainNotes, db.AgainEnd); err != nil {
			return err // it becomes what the rooms are now
		}
		return db.SetSetting(t, unindexedNote, "0")
	})
	if err != nil {
		return err
	}
	return d.BuildIndex(ctx)
}
