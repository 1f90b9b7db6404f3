package db

import (
	"context"
	"errors"
	"strings"

	"parley/app/chat"
)

// SearchSyntax is how an engine writes what is looked for.
type SearchSyntax struct {
	And, Or, AndNot string
	// Phrase is words that follow each other; of the last one a beginning is enough.
	Phrase func(words []string, beginning bool) string
}

// expression is the search in the language of the index, for some groups.
func (x SearchSyntax) expression(s chat.Search, groups []searchGroup) string {
	each := make([]string, len(groups))
	for i, a := range groups {
		each[i] = "(" + x.of(a, s) + ")"
	}
	return strings.Join(each, x.Or)
}

func (x SearchSyntax) quoted(word string) string { return x.Phrase([]string{word}, false) }

func (x SearchSyntax) of(a searchGroup, s chat.Search) string {
	must, not := x.scope(a, s.From), make([]string, 0)
	for _, m := range s.All {
		must = append(must, x.match(a, m))
	}
	for _, f := range s.Has {
		must = append(must, x.quoted(a.key+factKey(f)))
	}
	if len(must) == 0 {
		must = append(must, x.quoted(a.key))
	}
	for _, m := range s.None {
		not = append(not, x.match(a, m))
	}
	for _, f := range s.Lacks {
		not = append(not, x.quoted(a.key+factKey(f)))
	}
	for _, id := range s.NotFrom {
		not = append(not, x.quoted(a.key+humanKey(id)))
	}
	for _, id := range s.NotIn {
		not = append(not, x.quoted(roomKey(id)))
	}
	e := strings.Join(must, x.And)
	if len(not) > 0 {
		return "(" + e + ")" + x.AndNot + "(" + strings.Join(not, x.Or) + ")"
	}
	return e
}

// scope says in which rooms and by whom something was said.
func (x SearchSyntax) scope(a searchGroup, from []chat.AccountID) []string {
	var one []string
	for _, room := range a.rooms {
		for _, human := range from {
			one = append(one, x.quoted(roomKey(room)+humanKey(human)))
		}
		if len(from) == 0 {
			one = append(one, x.quoted(roomKey(room)))
		}
	}
	if len(a.rooms) == 0 {
		for _, human := range from {
			one = append(one, x.quoted(a.key+humanKey(human)))
		}
	}
	if len(one) == 0 {
		return nil
	}
	return []string{"(" + strings.Join(one, x.Or) + ")"}
}

func (x SearchSyntax) match(a searchGroup, m chat.Match) string {
	words := make([]string, len(m.Tokens))
	for i, t := range m.Tokens {
		words[i] = a.words + t
	}
	return x.Phrase(words, m.Prefix)
}

// searchGroups are those that a person is part of; of a search in some rooms, only
// theirs.
func (d *Store) searchGroups(ctx context.Context, who chat.AccountID, s chat.Search) ([]searchGroup, error) {
	mine := closedGroup(humanKey(who))
	if len(s.In) == 0 {
		private, err := All(ctx, d, ScanID[chat.RoomID],
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
