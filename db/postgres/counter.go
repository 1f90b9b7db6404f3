package postgres

import (
	"context"
	"time"

	"parley/app/chat"
)

var _ chat.Counters = (*DB)(nil)

// Count implements chat.Counters. The time is that of PostgreSQL: nodes need not agree on it.
func (d *DB) Count(ctx context.Context, name, key string, pause time.Duration, burst int) (time.Duration, error) {
	r, err := d.write.ExecContext(ctx,
		`INSERT INTO counters (name, key, due) VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 microsecond')
		ON CONFLICT (name, key) DO UPDATE SET due = greatest(counters.due, clock_timestamp()) + $3::bigint * interval '1 microsecond'
		WHERE counters.due <= clock_timestamp() + $4::bigint * interval '1 microsecond'`,
		name, key, pause.Microseconds(), pause.Microseconds()*int64(burst-1))
	if err != nil {
		return 0, explain(err)
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return 0, explain(err)
	}
	return d.Left(ctx, name, key, pause, burst)
}

// Left implements chat.Counters.
func (d *DB) Left(ctx context.Context, name, key string, pause time.Duration, burst int) (time.Duration, error) {
	var wait int64
	err := d.read.QueryRowContext(ctx, `SELECT coalesce(max((extract(epoch FROM due - clock_timestamp()) * 1000000)::bigint), 0) - $3::bigint
		FROM counters WHERE name = $1 AND key = $2`, name, key, pause.Microseconds()*int64(burst-1)).Scan(&wait)
	return time.Duration(max(0, wait)) * time.Microsecond, explain(err)
}

// Forget implements chat.Counters.
func (d *DB) Forget(ctx context.Context, name, key string) error {
	_, err := d.write.ExecContext(ctx, "DELETE FROM counters WHERE name = $1 AND key = $2", name, key)
	return explain(err)
}

// ExpireSessions implements auth.Store; counters that have run out go with the sessions.
func (d *DB) ExpireSessions(ctx context.Context, startedBefore, seenBefore time.Time) error {
	if _, err := d.write.ExecContext(ctx, "DELETE FROM counters WHERE due < clock_timestamp()"); err != nil {
		return explain(err)
	}
	return d.Store.ExpireSessions(ctx, startedBefore, seenBefore)
}
