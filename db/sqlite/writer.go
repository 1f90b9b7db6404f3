package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/app/chat"
	"parley/db"
)

const (
	maxQueue = 4096 // changes that may wait; more are refused
	// maxGroup is how many changes one transaction has at most: the more there are, the fewer
	// pages of the log each of them takes.
	maxGroup = 1024
	// yieldAfter is after how many changes the writer lets others run: those whose
	// changes are stored stand behind it and not behind all that follows from them.
	yieldAfter = 64
)

// writer owns the only writing connection. Changes that queue while one commit
// runs go into the next one together: one fsync for many.
type writer struct {
	pool       *sql.DB
	conn       *sql.Conn
	stmts      map[string]*sql.Stmt // owned by run, as what follows
	roomStates db.RoomStates
	seen       int64 // dataVersion when it looked last
	// format is that of the file when it looked last; 0: it has not looked.
	format atomic.Int64

	failing atomic.Bool // the last transaction was not stored

	queue   chan *change
	ended   chan struct{}
	changed func(db.Facts) // is told after each commit what it made untrue
	watch   atomic.Pointer[func(db.Commit)]

	mu     sync.RWMutex // guards closed against a send on queue
	closed bool
}

type change struct {
	do   func(*db.Tx) error
	bare bool // needs no transaction: it changes nothing
	err  error
	done chan struct{}
}

func newWriter(pool *sql.DB, conn *sql.Conn, changed func(db.Facts)) *writer {
	w := &writer{pool: pool, conn: conn, stmts: map[string]*sql.Stmt{}, roomStates: db.RoomStates{},
		queue: make(chan *change, maxQueue), ended: make(chan struct{}), changed: changed}
	go w.run()
	return w
}

// Stmt implements db.Transaction.
func (w *writer) Stmt(ctx context.Context, query string) (db.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, dialect.Translate(query))
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	w.stmts[query] = s
	return s, nil
}

// Insert implements db.Transaction.
func (w *writer) Insert(ctx context.Context, query string, args []any) (int64, error) {
	s, err := w.Stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	if n, err := r.RowsAffected(); n == 0 || err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// States implements db.Transaction.
func (w *writer) States() db.RoomStates { return w.roomStates }

// enqueue queues a change and waits for it.
func (w *writer) enqueue(ctx context.Context, c *change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return chat.Busy("The server is restarting. Try again in a moment.", 2*time.Second)
	}
	select {
	case w.queue <- c:
		w.mu.RUnlock()
	default:
		w.mu.RUnlock()
		return chat.Busy("The server has too much to do. Try again in a moment.", time.Second)
	}
	<-c.done
	return c.err
}

func (w *writer) close() error {
	w.mu.Lock()
	was := w.closed
	w.closed = true
	if !was {
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
	return errors.Join(w.conn.Close(), w.pool.Close())
}

func (w *writer) run() {
	defer close(w.ended)
	for first := range w.queue {
		runtime.Gosched() // what is ready to be stored goes into this group
		group := append(make([]*change, 0, 16), first)
	fill:
		for len(group) < maxGroup {
			select {
			case c, ok := <-w.queue:
				if !ok {
					break fill
				}
				group = append(group, c)
			default:
				break fill
			}
		}
		w.commit(group)
	}
	for _, s := range w.stmts {
		s.Close()
	}
}

// commit runs a group in one transaction. Nearly all changes succeed, so they run
// plainly first; when one fails, all run again, each in its own savepoint, so that
// it fails alone.
func (w *writer) commit(group []*change) {
	t := db.NewTx(context.Background(), w)
	group = slices.DeleteFunc(group, func(c *change) bool {
		if c.bare {
			t.Revive()
			c.err = recovered(t, c.do)
			close(c.done)
		}
		return c.bare
	})
	if len(group) == 0 {
		return
	}
	began := time.Now()
	err := w.attempt(t, group, runPlain)
	if err != nil && len(group) > 1 {
		err = w.attempt(t, group, w.runEach)
	}
	w.failing.Store(err != nil && errorCode(err) != 0)
	if watch := w.watch.Load(); watch != nil {
		(*watch)(db.Commit{Changes: len(group), Took: time.Since(began), Err: err})
	}
	w.changed(t.Facts())
	for i, c := range group {
		if err != nil {
			c.err = storeError(err)
		}
		close(c.done)
		if i%yieldAfter == yieldAfter-1 {
			runtime.Gosched()
		}
	}
}

func (w *writer) attempt(t *db.Tx, group []*change, run func(*db.Tx, []*change) error) error {
	t.Revive()
	if err := t.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := w.detectForeignChange(t)
	if err == nil {
		err = run(t, group)
	}
	if err == nil {
		err = t.Exec("COMMIT")
	}
	if err != nil {
		clear(w.roomStates)
		w.conn.ExecContext(context.Background(), "ROLLBACK") // fails when SQLite already rolled back
	}
	return err
}

// runPlain runs changes until one fails.
func runPlain(t *db.Tx, group []*change) error {
	for _, c := range group {
		if c.err = recovered(t, c.do); c.err != nil {
			return c.err
		}
	}
	return nil
}

// runEach runs each change of a group in a savepoint. An error of its own means that the whole
// transaction is lost: after a full disk, SQLite rolls back by itself, and what
// would follow would be committed one by one.
func (w *writer) runEach(t *db.Tx, group []*change) error {
	for _, c := range group {
		if err := t.Exec("SAVEPOINT one"); err != nil {
			return err
		}
		c.err = recovered(t, c.do)
		if c.err == nil {
			if err := t.Exec("RELEASE one"); err != nil {
				return err
			}
			continue
		}
		cause := c.err
		c.err = storeError(cause)
		clear(w.roomStates)
		t.Revive() // of this change alone, unless there is nothing to roll back to
		if err := t.Exec("ROLLBACK TO one"); err != nil {
			return cause
		}
		if err := t.Exec("RELEASE one"); err != nil {
			return err
		}
	}
	return nil
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
