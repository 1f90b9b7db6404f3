package postgres

import (
	"context"
	"database/sql"
	"sync"
)

// leader holds advisory locks for jobs that run once among all nodes, on a connection of
// its own: they go with it.
type leader struct {
	db   *DB
	mu   sync.Mutex
	conn *sql.Conn // nil: none is held
	held map[int]bool
}

// Lead says whether this node is the one that does a job now, which has a number of its
// own: it becomes that when no other node is, and stays it while it is connected.
func (d *DB) Lead(ctx context.Context, job int) bool {
	l := &d.leading
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		if _, err := l.conn.ExecContext(ctx, "SELECT 1"); err != nil {
			discard(l.conn)
			_ = l.conn.Close()
			l.conn, l.held = nil, nil
		}
	}
	if l.held[job] {
		return true
	}
	if l.conn == nil {
		conn, err := d.views.Conn(ctx)
		if err != nil {
			return false
		}
		// It is idle for long, on purpose.
		if _, err := conn.ExecContext(ctx, "SET idle_session_timeout = 0"); err != nil {
			discard(conn)
			_ = conn.Close()
			return false
		}
		l.conn, l.held = conn, map[int]bool{}
	}
	var got bool
	if err := l.conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", d.locks.key(jobs+job)).Scan(&got); err != nil {
		return false
	}
	l.held[job] = got
	return got
}

// close lets another node lead.
func (l *leader) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	discard(l.conn)
	l.conn, l.held = nil, nil
	return nil
}
