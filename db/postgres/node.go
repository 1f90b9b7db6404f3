package postgres

import "context"

// NoteNode notes that a node serves, and whether the bus is away for it. It answers whether
// that is so for any other node: what that one tells does not arrive.
func (d *DB) NoteNode(ctx context.Context, name string, away bool) (othersAway bool, err error) {
	if _, err := d.write.ExecContext(ctx, `INSERT INTO nodes (name, seen, away) VALUES ($1, clock_timestamp(), $2)
		ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, away = excluded.away`, name, away); err != nil {
		return false, explain(err)
	}
	return othersAway, explain(d.write.QueryRowContext(ctx,
		`WITH old AS (DELETE FROM nodes WHERE seen < clock_timestamp() - interval '10 minutes')
		SELECT EXISTS (SELECT 1 FROM nodes WHERE name <> $1 AND away AND seen > clock_timestamp() - interval '10 seconds')`,
		name).Scan(&othersAway))
}
