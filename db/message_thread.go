package db

import (
	"context"

	"parley/app/chat"
)

// Thread implements chat.MessageStore.
func (d *Store) Thread(ctx context.Context, id chat.MessageID, up, down int) ([]chat.Message, bool, error) {
	rows, err := All(ctx, d, scanMessage, threadRows, id, up, down+2)
	rows, err = d.withCurrentLabels(ctx, rows, err)
	replies := 0
	for _, m := range rows {
		if m.ID > id {
			replies++
		}
	}
	if replies > down {
		return rows[:len(rows)-(replies-down)], true, err
	}
	return rows, false, err
}

// A reply is always newer than what it answers, so that ids are the order, up
// and down. The walk down takes the oldest first and ends at its limit.
const threadRows = `WITH RECURSIVE
	up(id, n) AS (SELECT CAST(?1 AS BIGINT), 0 UNION ALL SELECT m.reply_to, n + 1 FROM up JOIN messages m ON m.id = up.id
	WHERE m.reply_to IS NOT NULL AND n < ?2),
	down(id) AS (SELECT CAST(?1 AS BIGINT) UNION ALL SELECT m.id FROM down JOIN messages m ON m.reply_to = down.id {first ?3})
	` + messageQuery + `WHERE m.id IN (SELECT id FROM up
	UNION SELECT id FROM (SELECT id FROM down ORDER BY id LIMIT ?3) AS oldest) ORDER BY m.id`
