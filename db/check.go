package db

import (
	"context"
	"database/sql"
	"fmt"

	"parley/app/chat"
)

// Problem is something that is not as it should be in a file, and what helps.
type Problem struct {
	What   string `json:"what"`
	Advice string `json:"advice"`
}

// Report is what Check finds.
type Report struct {
	Format   int       `json:"format"`
	Messages int       `json:"messages"`
	Problems []Problem `json:"problems"`
	// Older says that the file is of an older format: what it counts was not checked.
	Older bool `json:"older,omitempty"`
	// Unfinished is what was being imported when that was interrupted, or is now.
	Unfinished string `json:"unfinished,omitempty"`
}

const (
	fromBackup = "Stop the server and restore a backup: parley restore FILE."
	byRepair   = "Nothing that was said is lost. Make it anew: parley check --repair."
)

// How many hundredths of the time the parts of a check take, about, one after the
// other: measured with a million messages.
const (
	fileChecked   = 30
	countsChecked = 40
	indexSummed   = 70
)

// most is how many of one kind of problem are told.
const most = 20

// Check looks through one state of a file, which a server may use meanwhile: the
// file itself, what its rows say of each other, and the index of search. It tells
// done, which must not wait and may be nil, how many hundredths of it are done.
func Check(ctx context.Context, path string, done func(percent int64)) (r Report, err error) {
	if done == nil {
		done = func(int64) {}
	}
	path = Followed(path)
	d, err := openAs(ctx, path, withMmap(readOnlyAsFound(path)))
	if err != nil {
		return r, err
	}
	defer d.Close()
	conn, err := d.Conn(ctx)
	if err != nil {
		return r, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return r, err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	err = conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&r.Format)
	if err != nil {
		return r, explain(path, err)
	}
	found, err := findDamage(ctx, conn)
	if damaged(err) {
		found, err = append(found, err.Error()), nil
	}
	r.add(fromBackup, found)
	if err != nil || len(found) > 0 {
		return r, err
	}
	done(fileChecked)
	if r.Older = r.Format < Version(); r.Older { // what is upgraded is counted anew
		return r, conn.QueryRowContext(ctx, "SELECT count(*) FROM messages").Scan(&r.Messages)
	}
	return r, r.rows(ctx, conn, done)
}

// rows looks at what the rows of a sound file say of each other.
func (r *Report) rows(ctx context.Context, conn *sql.Conn, done func(int64)) error {
	unfinished := "SELECT coalesce((SELECT value FROM settings WHERE key = ?), '')"
	if err := conn.QueryRowContext(ctx, unfinished, chat.ImportUnfinished).Scan(&r.Unfinished); err != nil {
		return err
	}
	for _, c := range Counts {
		found, err := c.Disagree(ctx, conn)
		if err != nil {
			return err
		}
		r.add(byRepair, found)
	}
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM messages").Scan(&r.Messages); err != nil {
		return err
	}
	done(countsChecked)
	o, err := NewOrderCheck(func(query string, args []any, dest ...any) error {
		return conn.QueryRowContext(ctx, query, args...).Scan(dest...)
	})
	if err != nil {
		return err
	}
	found, err := checkRows(ctx, conn, o, done)
	if err != nil {
		return err
	}
	r.add(fromBackup, o.Lost)
	r.add(byRepair, o.Twice)
	r.add(byRepair, found)
	return nil
}

func (r *Report) add(advice string, found []string) {
	for _, f := range found {
		r.Problems = append(r.Problems, Problem{f, advice})
	}
}

// Count is a number that is kept because it is asked for often, and how to count
// it. Rows of rooms that are about to be removed do not matter.
type Count struct {
	what    string // for the row's id, what is kept and what it should be
	table   string
	id      string
	stored  string
	counted string
	where   string
}

// peopleIn counts who is in a room: disabled accounts only in conversations.
const peopleIn = `(SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account_id
	WHERE m.room_id = rooms.id AND m.left_at IS NULL AND (a.disabled_at IS NULL OR rooms.kind = 2))`

// newestRev is the highest rev of a room and its rows, from the index of those that were
// changed and from the newest, which came with the highest of the others.
const newestRev = `greatest(rev, coalesce((SELECT max(m.rev) FROM messages m WHERE m.room_id = rooms.id AND m.rev <> m.born), 0),
	coalesce((SELECT m.born FROM messages m WHERE m.room_id = rooms.id ORDER BY m.id DESC LIMIT 1), 0))`

var Counts = []Count{
	{"room %d has counted %d posts, its newest row %d", "rooms", "id", "posts", "coalesce((SELECT m.posts FROM messages m WHERE m.room_id = rooms.id ORDER BY m.id DESC LIMIT 1), posts)", "deleted_at IS NULL"},
	{"room %d has counted %d people, there are %d", "rooms", "id", "people", peopleIn, "deleted_at IS NULL"},
	{"room %d says that its newest row is %d, it is %d", "rooms", "id", "last_id", "coalesce((SELECT max(m.id) FROM messages m WHERE m.room_id = rooms.id), 0)", "deleted_at IS NULL"},
	{"room %d stands at change %d, its rows at %d", "rooms", "id", "rev", newestRev, "deleted_at IS NULL"},
	{"message %d has counted %d replies, there are %d", "messages", "id", "replies",
		"(SELECT count(*) FROM messages r WHERE r.reply_to = messages.id AND r.deleted_at IS NULL)",
		"(replies <> 0 OR id IN (SELECT reply_to FROM messages WHERE reply_to IS NOT NULL)) AND room_id IN (SELECT id FROM rooms WHERE deleted_at IS NULL)"},
	{"person %d has %d unread messages for them counted in a room, there are %d", "memberships", "account_id", "mentions",
		"(SELECT count(*) FROM mentions n JOIN messages m ON m.id = n.message_id WHERE n.account_id = memberships.account_id AND n.room_id = memberships.room_id AND m.posts > memberships.posts_read)",
		"left_at IS NULL AND room_id IN (SELECT id FROM rooms WHERE deleted_at IS NULL)"},
}

func (c Count) Disagree(ctx context.Context, d Queryer) ([]string, error) {
	rows, err := d.QueryContext(ctx, inSQLite(fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s AND %[2]s <> %[3]s LIMIT %[6]d",
		c.id, c.stored, c.counted, c.table, c.where, most)))
	if err != nil {
		return nil, err
	}
	return ScanAll(rows, func(r Scanner) (string, error) {
		var id, kept, counted int64
		err := r.Scan(&id, &kept, &counted)
		return fmt.Sprintf(c.what, id, kept, counted), err
	})
}

func (c Count) Repair(t *Tx) error {
	return t.Exec(fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s AND %[2]s <> %[3]s", c.table, c.stored, c.counted, c.where))
}

// Repair counts anew what is kept, and has the index of search made anew: what was
// said is found again as it goes on. Pages that are open show old counts until they
// are loaded again.
func (d *DB) Repair(ctx context.Context) error {
	err := d.change(ctx, func(t *Tx) error {
		t.EverythingChanged()
		if err := renumber(t); err != nil {
			return err
		}
		for _, c := range Counts {
			if err := c.Repair(t); err != nil {
				return err
			}
		}
		for _, q := range []string{"INSERT INTO words (words) VALUES ('delete-all')", "DELETE FROM days", "UPDATE indexed SET upto = 0"} {
			if err := t.Exec(q); err != nil {
				return err
			}
		}
		return t.Exec("DELETE FROM settings WHERE key > ? AND key < ?", movedNotes, movedEnd) // it becomes what the rooms are now
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
