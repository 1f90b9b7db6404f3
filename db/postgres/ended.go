package postgres

import (
	"context"
)

// EndedSessions finds those of sessions, by hash, that have ended, or whose account may not
// log in any more: in one question for all pages of a node.
func (d *DB) EndedSessions(ctx context.Context, hashes [][]byte) (ended [][]byte, err error) {
	rows, err := d.read.QueryContext(ctx, `SELECT h FROM unnest($1::bytea[]) AS p (h) WHERE NOT EXISTS (SELECT 1 FROM sessions s
		JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = h AND a.disabled_at IS NULL)`, hashes)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return nil, explain(err)
		}
		ended = append(ended, hash)
	}
	return ended, explain(rows.Err())
}
