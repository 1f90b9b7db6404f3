package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"parley/app/chat"
)

// A search for signs, which the index does not know, looks at what the index finds
// without them. One page looks at so many messages and bytes of text at most; where
// it ends, the next page goes on.
const (
	maxLookedAt      = 2_000
	maxLookedAtBytes = 1 << 20
	lookedAtOnce     = 100
)

// The places among the arguments of a search of the ids between which it looks.
const (
	afterArg  = 2
	beforeArg = 3
)

// searchLiterally finds what the index finds and the search accepts, the newest
// first; older is where the next page begins.
func (d *Store) searchLiterally(ctx context.Context, s chat.Search, query string,
	args []any) (ids []chat.MessageID, older chat.MessageID, err error) {
	args = slices.Clone(args)
	for looked, size := 0, 0; older == 0; {
		some, err := d.candidates(ctx, query, args, maxLookedAtBytes-size)
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
func (d *Store) candidates(ctx context.Context, query string, args []any, bytes int) ([]candidate, error) {
	list, err := d.readCandidates(ctx, query, args, bytes)
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

func (d *Store) readCandidates(ctx context.Context, query string, args []any, bytes int) (list []candidate, err error) {
	stmt, err := d.engine.Stmt(ctx, query)
	if err != nil {
		return nil, d.engine.Explain(err)
	}
	rows, err := stmt.QueryContext(ctx, append(args, lookedAtOnce)...)
	if err != nil {
		return nil, d.engine.Explain(err)
	}
	defer rows.Close()
	for bytes >= 0 && rows.Next() {
		var c candidate
		var parsed, files sql.RawBytes
		if err := rows.Scan(&c.ID, &c.Body, &parsed, &files); err != nil {
			return nil, d.engine.Explain(err)
		}
		if err := json.Unmarshal(parsed, &c.Text); err != nil {
			return nil, err
		}
		if c.Files, err = ParseFiles(files); err != nil {
			return nil, err
		}
		c.size = max(len(c.Body), (len(parsed)+len(files))/2) // reading markup takes its time, too
		bytes -= c.size
		list = append(list, c)
	}
	return list, d.engine.Explain(rows.Err())
}
