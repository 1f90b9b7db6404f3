package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// MaxSuggested is how many people are suggested at once.
const MaxSuggested = 200

// Suggestion is somebody whom a message of a room can mention.
type Suggestion struct {
	Person
	In bool // in the room; else a passer-by of an open one
}

// Mentionables lists whom the caller can mention in a room: first those whose username
// begins with a query, then those whose name does, then those of whose name a later
// word does. Of these, who is in the room comes first, by who spoke there last; those of
// an open room who are not in it come only for a query. Calls are the names that the caller can call many people by, of those that begin
// as he wrote.
func (c *Chat) Mentionables(ctx context.Context, who Account, room RoomID, query string) (list []Suggestion, calls []string, err error) {
	p, err := c.ReadableRoom(ctx, who, room)
	if err == nil {
		err = p.require(ActionPost)
	}
	if err != nil {
		return nil, nil, err
	}
	inside, err := c.store.Members(ctx, room)
	if err != nil {
		return nil, nil, err
	}
	spoke, err := c.store.Speakers(ctx, room)
	if err != nil {
		return nil, nil, err
	}
	query = FoldName(query)
	known := map[AccountID]bool{who.ID: true}
	for _, o := range inside {
		known[o.ID] = true
		if o.ID != who.ID && o.Begins(query) {
			list = append(list, Suggestion{o.Person, true})
		}
	}
	if query != "" && p.Kind == Open {
		others, err := c.store.People(ctx, who.among(), query, 0, 20)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range others {
			if !known[o.ID] && !o.IsGuest() {
				list = append(list, Suggestion{o.Person, false})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Suggestion) int {
		return cmp.Or(a.beginsLate(query)-b.beginsLate(query), outside(a)-outside(b), rank(spoke, a.ID)-rank(spoke, b.ID))
	})
	for _, name := range []string{AtRoom, AtHere} {
		if p.Allows(ActionMentionAll) && strings.HasPrefix(name, query) {
			calls = append(calls, name)
		}
	}
	return list[:min(len(list), MaxSuggested)], calls, nil
}

// Begins says whether a part of somebody's name, or the username, begins with a query
// that is folded by FoldName.
func (p Person) Begins(query string) bool {
	return p.beginsLate(query) < 2 || strings.Contains(FoldName(p.Name), " "+query)
}

// beginsLate is 0 where the username begins with a query that is folded by FoldName, 1
// where the name does, and 2 where at most a later word of it does.
func (p Person) beginsLate(query string) int {
	switch {
	case strings.HasPrefix(FoldName(p.Username), query):
		return 0
	case strings.HasPrefix(FoldName(p.Name), query):
		return 1
	}
	return 2
}

func outside(s Suggestion) int {
	if s.In {
		return 0
	}
	return 1
}

// rank is somebody's place among those who spoke; who did not comes after them.
func rank(spoke []AccountID, id AccountID) int {
	if i := slices.Index(spoke, id); i >= 0 {
		return i
	}
	return len(spoke)
}
