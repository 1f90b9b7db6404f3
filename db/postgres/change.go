package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/app/chat"
	"parley/db"
)

const (
	// tries is how often a change runs that lost a race against others.
	tries = 8
	// changeWithin bounds a change, from when it waits for a connection on.
	changeWithin = 30 * time.Second
)

// Change implements db.Engine: nothing else changes meanwhile on any node, as in one file.
func (e *engine) Change(ctx context.Context, do func(*db.Tx) error) error {
	return e.change(ctx, e.locks.begin(alone), do)
}

// ChangeBeside implements db.Engine.
func (e *engine) ChangeBeside(ctx context.Context, do func(*db.Tx) error) error {
	return e.change(ctx, e.locks.begin(beside), do)
}

// change runs do in a transaction, again when it lost a race.
func (e *engine) change(ctx context.Context, begin string, do func(*db.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if !e.patient {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, changeWithin)
		defer done()
	}
	began := time.Now()
	for n := 1; ; n++ {
		facts, err := e.attempt(ctx, begin, do)
		if again(err) && n < tries {
			time.Sleep(time.Duration(rand.IntN(1<<n)) * time.Millisecond) // not in step with the other
			continue
		}
		e.committed(1, began, err)
		(*DB)(e).PublishFacts(facts)
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: %w", cannotStore(), err)
		}
		return explain(err)
	}
}

// committed tells who watches of a transaction.
func (e *engine) committed(changes int, began time.Time, err error) {
	if _, said := chat.AsError(err); said || errors.Is(err, sql.ErrNoRows) {
		err = nil // it was refused, not lost
	}
	if watch := e.watch.Load(); watch != nil {
		(*watch)(db.Commit{Changes: changes, Took: time.Since(began), Err: err})
	}
}

// attempt runs do in one transaction.
func (e *engine) attempt(ctx context.Context, begin string, do func(*db.Tx) error) (db.Facts, error) {
	conn, err := e.write.Conn(ctx)
	if err != nil {
		return db.Facts{}, err
	}
	defer conn.Close()
	if err := e.begin(ctx, conn, begin); err != nil {
		discard(conn)
		return db.Facts{}, err
	}
	t := db.NewTx(ctx, transaction{conn})
	err = recovered(t, do)
	var moved int64
	if err == nil && begin == e.locks.begin(alone) && concernsOthers(t.Facts()) {
		if err = t.One("UPDATE format SET moved = moved + 1 RETURNING moved", nil, &moved); err == nil {
			e.own.add(moved) // before anybody can see it
		}
	}
	if err == nil {
		if _, err = conn.ExecContext(ctx, "COMMIT"); err != nil {
			discard(conn) // nobody knows
			e.own.take(moved)
		}
		return t.Facts(), err
	}
	if _, again := conn.ExecContext(ctx, "ROLLBACK"); again != nil {
		discard(conn)
	}
	return t.Facts(), err
}

// concernsOthers says whether other nodes must know what was changed even if no hint comes:
// all but what is said and read in rooms, whose revs tell. What declares nothing are
// settings and the like.
func concernsOthers(f db.Facts) bool {
	said := len(f.Counts)+len(f.ReadMarks)+len(f.Prefs) > 0
	return !said || f.All || f.Names || f.Links || f.Reports ||
		len(f.Rooms)+len(f.Members)+len(f.Accounts)+len(f.Sessions)+len(f.Seen) > 0
}

// begin begins a transaction, under the lock that begin names, and refuses a schema that
// another version has made another of.
func (e *engine) begin(ctx context.Context, conn *sql.Conn, begin string) error {
	return raw(conn, func(c *pgx.Conn) error {
		results, err := c.PgConn().Exec(ctx, begin).ReadAll()
		if err != nil {
			return err
		}
		last := results[len(results)-1].Rows
		if len(last) != 1 {
			return errForeign // the table is empty
		}
		number, _ := strconv.ParseInt(string(last[0][0]), 10, 64)
		oldest, _ := strconv.ParseInt(string(last[0][1]), 10, 64)
		return (*DB)(e).checkFormat(number, oldest)
	})
}

// checkFormat refuses a schema that this version cannot work with any more.
func (d *DB) checkFormat(number, oldest int64) error {
	if number >= int64(Version()) && oldest <= int64(Version()) {
		d.format.Store(0)
		return nil
	}
	d.format.Store(number)
	return errReformatted(number)
}

// discard keeps a connection from being used again.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// recovered turns a panic in a change into its error. A statement that failed fails
// the change, whatever the change makes of it.
func recovered(t *db.Tx, do func(*db.Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a change panicked: %v\n%s", r, debug.Stack())
		}
	}()
	if err := do(t); err != nil {
		return err
	}
	return t.Failed()
}

// transaction is a connection in a transaction.
type transaction struct{ conn *sql.Conn }

var _ db.Transaction = transaction{}

// Stmt implements db.Transaction.
func (t transaction) Stmt(_ context.Context, query string) (db.Stmt, error) {
	return question{t.conn, translate(query)}, nil
}

// Insert implements db.Transaction.
func (t transaction) Insert(ctx context.Context, query string, args []any) (id int64, err error) {
	err = t.conn.QueryRowContext(ctx, translate(query+" RETURNING id"), args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// States implements db.Transaction: other nodes move rooms, too.
func (transaction) States() db.RoomStates { return nil }

// Imported implements db.Transaction: the next ids come after those that were given, and
// what came is to be indexed.
func (transaction) Imported(t *db.Tx) error {
	for _, table := range []string{"accounts", "rooms", "messages", "files", "blobs", "cases", "case_lines", "invites", "audit", "reports"} {
		var next int64
		if err := t.One(fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM %[1]s), false)",
			table),
			nil, &next); err != nil {
			return err
		}
	}
	return db.SetSetting(t, unindexedNote, "0")
}

// View implements db.Engine.
func (e *engine) View(ctx context.Context, do func(db.Queryer) error) (err error) {
	v := &view{pool: e.views}
	defer v.close()
	conn, err := v.conn(ctx)
	if err != nil {
		return err
	}
	if err := conn.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&v.snapshot); err != nil {
		return err
	}
	return do(v)
}

// view is one state of everything. A connection answers one question at a time: each that
// is open has one of its own, which sees the same.
type view struct {
	pool      *sql.DB
	snapshot  string
	all, free []*sql.Conn
}

// conn begins to read on a connection.
func (v *view) conn(ctx context.Context) (*sql.Conn, error) {
	conn, err := v.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	v.all = append(v.all, conn)
	begin := "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
	if v.snapshot != "" {
		begin += "; SET TRANSACTION SNAPSHOT '" + v.snapshot + "'"
	}
	if _, err = conn.ExecContext(ctx, begin); err == nil && v.snapshot == "" {
		v.free = append(v.free, conn)
	}
	return conn, err
}

// QueryContext implements db.Queryer.
func (v *view) QueryContext(ctx context.Context, query string, args ...any) (db.Rows, error) {
	var conn *sql.Conn
	if n := len(v.free); n > 0 {
		conn, v.free = v.free[n-1], v.free[:n-1]
	} else {
		var err error
		if conn, err = v.conn(ctx); err != nil {
			return nil, err
		}
	}
	rows, err := conn.QueryContext(ctx, translate(query), args...)
	if err != nil {
		return nil, err
	}
	return &viewRows{Rows: rows, view: v, conn: conn}, nil
}

func (v *view) close() {
	for _, conn := range v.all {
		_, _ = conn.ExecContext(context.Background(), "ROLLBACK") // there is nothing to lose
		_ = conn.Close()
	}
}

// viewRows give their connection back.
type viewRows struct {
	*sql.Rows
	view *view
	conn *sql.Conn // nil: it was given back
}

// Close implements db.Rows.
func (r *viewRows) Close() error {
	err := r.Rows.Close()
	if r.conn != nil && err == nil {
		r.view.free = append(r.view.free, r.conn)
	}
	r.conn = nil
	return err
}
