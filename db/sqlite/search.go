package sqlite

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"parley/app/chat"
	"parley/db"
)

// The index gives ids from the newest on, and only as many as are asked for.
const hitQuery = `SELECT m.id FROM messages m JOIN rooms r ON r.id = m.room_id JOIN words w ON w.rowid = m.id
	WHERE w.word MATCH ?2 AND w.rowid > ?3 AND w.rowid < ?4 AND m.at >= ?5 AND m.at < ?6 AND ` + db.Readable + `
	ORDER BY w.rowid DESC LIMIT ?7`

// Search implements chat.SearchStore.
func (d *DB) Search(ctx context.Context, who chat.AccountID,
	s chat.Search) (hits []chat.Hit, older chat.MessageID, behind bool, err error) {
	behind = d.indexNow(ctx)
	b, err := d.bounds(ctx, s)
	if err != nil || b.after >= b.before {
		return nil, 0, behind, err
	}
	groups, err := d.searchGroups(ctx, who, s)
	if err != nil || len(groups) == 0 {
		return nil, 0, behind, err
	}
	var found []chat.MessageID
	args := []any{who, expression(s, groups), b.after, b.before, b.since, b.until}
	if len(s.Literals) > 0 {
		found, older, err = d.searchLiterally(ctx, s, args)
	} else {
		found, older, err = d.searchWords(ctx, s, args)
	}
	if err != nil {
		return nil, 0, behind, err
	}
	hits, err = d.Hits(ctx, who, found)
	return hits, older, behind, err
}

// searchWords finds what the index finds, the newest first.
func (d *DB) searchWords(ctx context.Context, s chat.Search, args []any) (found []chat.MessageID, older chat.MessageID, err error) {
	found, err = db.All(ctx, d.Store, db.ScanID[chat.MessageID], hitQuery, append(args, s.Limit+1)...)
	if len(found) > s.Limit {
		found = found[:s.Limit]
		older = found[len(found)-1]
	}
	return found, older, err
}

// bounds limit a search by ids and by time.
type bounds struct {
	after, before chat.MessageID
	since, until  int64
}

// bounds turns days into bounds of ids: the log is not asked for more than it has
// of these days.
func (d *DB) bounds(ctx context.Context, s chat.Search) (b bounds, err error) {
	b = bounds{before: math.MaxInt64, until: math.MaxInt64}
	if s.Before > 0 {
		b.before = s.Before
	}
	if s.Since.IsZero() && s.Until.IsZero() {
		return b, nil
	}
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	if !s.Since.IsZero() {
		b.since, first = db.ToMillis(s.Since), dayOf(s.Since)
	}
	if !s.Until.IsZero() {
		b.until, last = db.ToMillis(s.Until), dayOf(s.Until.Add(-time.Millisecond))
	}
	var from, to chat.MessageID
	if err := d.One(ctx, "SELECT coalesce(min(first), 1), coalesce(max(last), 0) FROM days WHERE day BETWEEN ? AND ?",
		[]any{first, last}, &from, &to); err != nil {
		return b, err
	}
	b.after, b.before = from-1, min(b.before, to+1)
	return b, nil
}

// searchGroups are those that a person is part of; of a search in some rooms, only
// theirs.
func (d *DB) searchGroups(ctx context.Context, who chat.AccountID, s chat.Search) ([]searchGroup, error) {
	mine := closedGroup(humanKey(who))
	if len(s.In) == 0 {
		private, err := db.All(ctx, d.Store, db.ScanID[chat.RoomID],
			"SELECT r.id FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.account_id = ? AND m.left_at IS NULL AND r.kind = 1", who)
		list := []searchGroup{everybodyGroup, mine}
		for _, room := range private {
			list = append(list, closedGroup(roomKey(room)))
		}
		return list, err
	}
	var list []searchGroup
	open := everybodyGroup
	for _, room := range s.In {
		var kind chat.RoomKind
		err := d.One(ctx, "SELECT kind FROM rooms WHERE id = ?", []any{room}, &kind)
		if errors.Is(err, chat.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		switch kind {
		case chat.Open:
			open.rooms = append(open.rooms, room)
		case chat.Direct:
			mine.rooms = append(mine.rooms, room)
		default:
			private := closedGroup(roomKey(room))
			private.rooms = []chat.RoomID{room}
			list = append(list, private)
		}
	}
	for _, a := range []searchGroup{open, mine} {
		if len(a.rooms) > 0 {
			list = append(list, a)
		}
	}
	return list, nil
}

// expression is the search in the language of FTS5, for some groups.
func expression(s chat.Search, groups []searchGroup) string {
	each := make([]string, len(groups))
	for i, a := range groups {
		each[i] = "(" + a.expression(s) + ")"
	}
	return strings.Join(each, " OR ")
}

func (a searchGroup) expression(s chat.Search) string {
	must, not := a.scope(s.From), make([]string, 0)
	for _, m := range s.All {
		must = append(must, a.match(m))
	}
	for _, f := range s.Has {
		must = append(must, quoted(a.key+factKey(f)))
	}
	if len(must) == 0 {
		must = append(must, quoted(a.key))
	}
	for _, m := range s.None {
		not = append(not, a.match(m))
	}
	for _, f := range s.Lacks {
		not = append(not, quoted(a.key+factKey(f)))
	}
	for _, id := range s.NotFrom {
		not = append(not, quoted(a.key+humanKey(id)))
	}
	for _, id := range s.NotIn {
		not = append(not, quoted(roomKey(id)))
	}
	e := strings.Join(must, " AND ")
	if len(not) > 0 {
		return "(" + e + ") NOT (" + strings.Join(not, " OR ") + ")"
	}
	return e
}

// scope says in which rooms and by whom something was said.
func (a searchGroup) scope(from []chat.AccountID) []string {
	var one []string
	for _, room := range a.rooms {
		for _, human := range from {
			one = append(one, quoted(roomKey(room)+humanKey(human)))
		}
		if len(from) == 0 {
			one = append(one, quoted(roomKey(room)))
		}
	}
	if len(a.rooms) == 0 {
		for _, human := range from {
			one = append(one, quoted(a.key+humanKey(human)))
		}
	}
	if len(one) == 0 {
		return nil
	}
	return []string{"(" + strings.Join(one, " OR ") + ")"}
}

func (a searchGroup) match(m chat.Match) string {
	words := make([]string, len(m.Tokens))
	for i, t := range m.Tokens {
		words[i] = a.words + t
	}
	if m.Prefix {
		return quoted(words...) + " *"
	}
	return quoted(words...)
}

// quoted is a phrase. Tokens have no quotes: they are letters and digits.
func quoted(words ...string) string { return `"` + strings.Join(words, " ") + `"` }
