package sqlite

import (
	"context"
	"math"
	"strings"
	"time"

	"parley/app/chat"
	"parley/db"
)

// index is how FTS5 is asked. It gives ids from the newest on, and only as many as are
// asked for.
var index = db.SearchIndex{
	From: "messages m JOIN rooms r ON r.id = m.room_id JOIN words w ON w.rowid = m.id",
	Has:  "w.word MATCH ?2 AND w.rowid > ?3 AND w.rowid < ?4",
	By:   "w.rowid",
	Syntax: db.SearchSyntax{And: " AND ", Or: " OR ", AndNot: " NOT ", Phrase: func(words []string, beginning bool) string {
		// Tokens have no quotes: they are letters and digits.
		phrase := `"` + strings.Join(words, " ") + `"`
		if beginning {
			phrase += " *"
		}
		return phrase
	}},
}

// Search implements chat.SearchStore.
func (d *DB) Search(ctx context.Context, who chat.AccountID,
	s chat.Search) (hits []chat.Hit, older chat.MessageID, behind bool, err error) {
	behind = d.indexNow(ctx)
	b, err := d.bounds(ctx, s)
	if err == nil {
		hits, older, err = d.SearchBy(ctx, who, s, b, index)
	}
	return hits, older, behind, err
}

// bounds turns days into bounds of ids: the log is not asked for more than it has
// of these days.
func (d *DB) bounds(ctx context.Context, s chat.Search) (b db.SearchBounds, err error) {
	b = db.NewSearchBounds(s)
	if s.Since.IsZero() && s.Until.IsZero() {
		return b, nil
	}
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	if !s.Since.IsZero() {
		first = db.DayOf(s.Since)
	}
	if !s.Until.IsZero() {
		last = db.DayOf(s.Until.Add(-time.Millisecond))
	}
	var from, to chat.MessageID
	if err := d.One(ctx, "SELECT coalesce(min(first), 1), coalesce(max(last), 0) FROM days WHERE day BETWEEN ? AND ?",
		[]any{first, last}, &from, &to); err != nil {
		return b, err
	}
	b.After, b.Before = from-1, min(b.Before, to+1)
	return b, nil
}
