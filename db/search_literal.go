package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"parley/app/chat"
)

// A search for signs, which the index does not know, looks at what the index finds
// without them. One page looks at so many messages and bytes of text at most; where
// it ends, the next page goes on.
const (
	maxLookedAt      = 2_000
	maxLookedAtBytes = 1 << 20
)

const literalQuery = `SELECT m.id, m.body, m.text FROM messages m JOIN rooms r ON r.id = m.room_id JOIN words w ON w.rowid = m.id
	WHERE w.word MATCH ?2 AND w.rowid > ?3 AND w.rowid < ?4 AND m.at >= ?5 AND m.at < ?6 AND m.deleted_at IS NULL AND ` + readable + `
	ORDER BY w.rowid DESC LIMIT ?7`

// searchLiterally finds what the index finds and the search accepts, the newest
// first; older is where the next page begins.
func (d *DB) searchLiterally(ctx context.Context, s chat.Search, args []any) (_ []chat.Message, older chat.MessageID, err error) {
	stmt, err := d.stmt(ctx, literalQuery)
	if err != nil {
		return nil, 0, storeError(err)
	}
	rows, err := stmt.QueryContext(ctx, append(args, maxLookedAt)...)
	if err != nil {
		return nil, 0, storeError(err)
	}
	defer rows.Close()
	names := roomNames{d: d, known: map[chat.RoomID]string{}}
	var ids []chat.MessageID
	looked, size := 0, 0
	for rows.Next() {
		var id chat.MessageID
		var body string
		var parsed sql.RawBytes
		if err := rows.Scan(&id, &body, &parsed); err != nil {
			return nil, 0, storeError(err)
		}
		size += max(len(body), len(parsed)/2) // reading markup takes its time, too
		accepted, err := accepts(ctx, &names, s, body, parsed)
		if err != nil {
			return nil, 0, err
		}
		if accepted {
			ids = append(ids, id)
		}
		looked++
		if len(ids) == s.Limit || looked == maxLookedAt || size > maxLookedAtBytes {
			older = id
			break
		}
	}
	if err := rows.Err(); err != nil {
		return nil, 0, storeError(err)
	}
	list, err := json.Marshal(ids)
	if err != nil || len(ids) == 0 {
		return nil, older, err
	}
	found, err := all(ctx, d, scanMessage, messageQuery+"WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC", string(list))
	found, err = d.withCurrentLabels(ctx, found, err)
	return found, older, err
}

// accepts asks the search about a message, with the names that rooms have now.
func accepts(ctx context.Context, names *roomNames, s chat.Search, body string, parsed []byte) (bool, error) {
	var text chat.Text
	if err := json.Unmarshal(parsed, &text); err != nil {
		return false, err
	}
	if strings.Contains(body, "#") {
		names.want(&text)
		if err := names.read(ctx); err != nil {
			return false, err
		}
		if _, err := text.Relabel(names.name); err != nil {
			return false, err
		}
	}
	return s.Accepts(body, text), nil
}
