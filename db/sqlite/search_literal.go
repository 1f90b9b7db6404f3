package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"parley/app/chat"
	"parley/db"
)

// A search for signs, which the index does not know, looks at what the index finds
// without them. One page looks at so many messages and bytes of text at most; where
// it ends, the next page goes on.
const (
	maxLookedAt      = 2_000
	maxLookedAtBytes = 1 << 20
	lookedAtOnce     = 100
)

// beforeArg is the place among the arguments of a search of the id before which it looks.
const beforeArg = 3

const literalQuery = `SELECT m.id, m.body, m.text, m.files FROM messages m JOIN rooms r ON r.id = m.room_id JOIN words w ON w.rowid = m.id
	WHERE w.word MATCH ?2 AND w.rowid > ?3 AND w.rowid < ?4 AND m.at >= ?5 AND m.at < ?6 AND m.deleted_at IS NULL AND ` + db.Readable + `
	ORDER BY w.rowid DESC LIMIT ?7`

// searchLiterally finds what the index finds and the search accepts, the newest
// first; older is where the next page begins.
func (d *DB) searchLiterally(ctx context.Context, s chat.Search, args []any) (ids []chat.MessageID, older chat.MessageID, err error) {
	args = slices.Clone(args)
	for looked, size := 0, 0; older == 0; {
		some, err := d.candidates(ctx, args, maxLookedAtBytes-size)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range some {
			size += c.size
			looked++
			if s.Accepts(c.Message) {
				ids = append(ids, c.ID)
			}
			if len(ids) == s.Limit || looked == maxLookedAt || size > maxLookedAtBytes {
				older = c.ID
				break
			}
		}
		if len(some) < lookedAtOnce {
			break
		}
		args[beforeArg] = some[len(some)-1].ID
	}
	return ids, older, nil
}

// candidate is a message that the index found, with the names that rooms have now.
type candidate struct {
	chat.Message
	size int // to look at it, in bytes
}

// candidates reads the next lookedAtOnce of them; fewer when there are no more, or when
// they have more than so many bytes.
func (d *DB) candidates(ctx context.Context, args []any, bytes int) ([]candidate, error) {
	list, err := d.readCandidates(ctx, args, bytes)
	if err != nil {
		return nil, err
	}
	var texts []*chat.Text
	for i := range list {
		if strings.Contains(list[i].Body, "#") {
			texts = append(texts, &list[i].Text)
		}
	}
	return list, d.Relabel(ctx, texts) // not while rows are read: each takes a connection
}

func (d *DB) readCandidates(ctx context.Context, args []any, bytes int) (list []candidate, err error) {
	stmt, err := (*engine)(d).Stmt(ctx, literalQuery)
	if err != nil {
		return nil, storeError(err)
	}
	rows, err := stmt.QueryContext(ctx, append(args, lookedAtOnce)...)
	if err != nil {
		return nil, storeError(err)
	}
	defer rows.Close()
	for bytes >= 0 && rows.Next() {
		var c candidate
		var parsed, files sql.RawBytes
		if err := rows.Scan(&c.ID, &c.Body, &parsed, &files); err != nil {
			return nil, storeError(err)
		}
		if err := json.Unmarshal(parsed, &c.Text); err != nil {
			return nil, err
		}
		if c.Files, err = db.ParseFiles(files); err != nil {
			return nil, err
		}
		c.size = max(len(c.Body), (len(parsed)+len(files))/2) // reading markup takes its time, too
		bytes -= c.size
		list = append(list, c)
	}
	return list, storeError(rows.Err())
}
