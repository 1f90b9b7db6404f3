package postgres

import (
	"context"
	"time"
)

// EndedSessions finds those of sessions, by hash, that have ended, or whose account may not
// log in any more: in one question for all pages of a node. Programs listen by the hashes of
// their keys.
func (d *DB) EndedSessions(ctx context.Context, hashes [][]byte) (ended [][]byte, err error) {
	rows, err := d.read.QueryContext(ctx, `SELECT h FROM unnest($1::bytea[]) AS p (h) WHERE NOT EXISTS (SELECT 1 FROM sessions s
		JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = h AND a.disabled_at IS NULL)
		AND NOT EXISTS (SELECT 1 FROM keys k JOIN accounts a ON a.id = k.account_id
		WHERE k.hash = h AND a.disabled_at IS NULL AND (k.expires_at = 0 OR k.expires_at > $2))`, hashes, time.Now().UnixMilli())
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
