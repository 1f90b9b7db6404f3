package chat

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Search is what is looked for, as the store understands it. Each list of what
// must be is fulfilled by one of its entries, but All and Has by all of them.
type Search struct {
	All, None     []Match
	Literals      []Literal // what has to stand in a message with its signs, or must not
	Without       []string  // words that were left out by a minus, as typed
	Signs         []string  // terms that were looked for without their signs, as typed
	From, NotFrom []AccountID
	In, NotIn     []RoomID
	Has, Lacks    []Fact
	Since, Until  time.Time // the zero time is no bound; Until is the first moment after
	Before        MessageID // of a further page
	Impossible    bool      // it names somebody or a room that is not there for the asking person
	UnknownPeople []string  // the people that it names who are not there
	UnknownRooms  []string  // the rooms that it names which are not there for the asking person
	Limit         int
}

// Match is a word, or words that follow one another.
type Match struct {
	Tokens []string
	Prefix bool // the last is only the beginning of a word
}

// Fact is something that a message has beside its words.
type Fact int

// Facts; their numbers are stored.
const (
	HasLink Fact = iota + 1
	HasCode
	HasReaction
	HasFile
	HasImage
)

var facts = map[string]Fact{"link": HasLink, "code": HasCode, "reaction": HasReaction, "file": HasFile, "image": HasImage}

// Facts lists what of has: is true for a message.
func (m Message) Facts() (list []Fact) {
	link, code := false, false
	eachBlock(m.Text.Blocks, func(b *Block) {
		code = code || b.Kind == BlockCode
		eachRun(b.Runs, func(r *Run) {
			link = link || r.Kind == RunLink
			code = code || r.Kind == RunCode
		})
	})
	if link {
		list = append(list, HasLink)
	}
	if code {
		list = append(list, HasCode)
	}
	if len(m.Reactions) > 0 {
		list = append(list, HasReaction)
	}
	for i, f := range m.Files {
		if i == 0 {
			list = append(list, HasFile)
		}
		if f.Kind == FilePicture {
			return append(list, HasImage)
		}
	}
	return list
}

// Hit is a message that was found, and the room it was said in.
type Hit struct {
	Message
	Place SidebarRoom // for the person who asked; not in it: without a membership
	Lead  Quote       // what it answers, or what was said just before; ID 0: neither is known
}

// HitsPerPage is how many results a page has.
const HitsPerPage = 25

// SearchPage is a page of results, the newest first.
type SearchPage struct {
	Hits   []Hit
	Older  MessageID // where the next page begins; 0: there is none
	Behind bool      // the newest messages are not in the index yet
	Search Search
}

// SearchStore finds messages.
type SearchStore interface {
	// Search answers with what a person may read, and nothing else: the newest
	// first. It knows every message whose storing was over before, unless behind.
	// The next page is before older; 0: there is none.
	Search(ctx context.Context, who AccountID, s Search) (hits []Hit, older MessageID, behind bool, err error)
	// RoomsNamed finds the open room that has a name, and the private ones that
	// somebody is in.
	RoomsNamed(ctx context.Context, who AccountID, name string) ([]RoomID, error)
}

// Search finds what the caller asks for among everything that he may read.
func (c *Chat) Search(ctx context.Context, who Account, a SearchInput) (SearchPage, error) {
	p, err := a.parse(c.now())
	if err != nil {
		return SearchPage{}, err
	}
	if err := c.Limits.Take(LimitSearch, who.ID.key()); err != nil {
		return SearchPage{}, err
	}
	s, err := c.resolve(ctx, who, p)
	if err != nil || s.Impossible {
		return SearchPage{Search: s}, err
	}
	s.Before, s.Limit = a.Older, HitsPerPage
	f := SearchPage{Search: s}
	f.Hits, f.Older, f.Behind, err = c.store.Search(ctx, who.ID, s)
	for i := range f.Hits {
		f.Hits[i].Lead = f.Hits[i].Quote
	}
	return f, err
}

// resolve finds the people and rooms that a search names. Who and what is not
// there for the caller is not told from what does not exist.
func (c *Chat) resolve(ctx context.Context, who Account, p parsedSearch) (Search, error) {
	s := p.Search
	for _, n := range p.names {
		var err error
		switch n.key {
		case "from":
			err = named(&s.From, &s.NotFrom, n.not, func() ([]AccountID, error) {
				id, err := c.sender(ctx, who, n.name)
				return []AccountID{id}, err
			})
			if errors.Is(err, ErrNotFound) {
				s.UnknownPeople, err = append(s.UnknownPeople, TypedName(n.name)), nil
			}
		case "in":
			err = named(&s.In, &s.NotIn, n.not, func() ([]RoomID, error) { return c.readable(ctx, who, n.name) })
			if errors.Is(err, ErrNotFound) {
				s.UnknownRooms, err = append(s.UnknownRooms, n.name), nil
			}
		}
		if err != nil {
			return s, err
		}
	}
	s.Impossible = s.Impossible || p.asks("from") && len(s.From) == 0 || p.asks("in") && len(s.In) == 0
	if who.confined() && !s.Impossible {
		err := c.withinRooms(ctx, who, &s)
		return s, err
	}
	return s, nil
}

// withinRooms keeps a search within the rooms that the caller is in.
func (c *Chat) withinRooms(ctx context.Context, who Account, s *Search) error {
	if len(s.In) > 0 { // readable has asked
		return nil
	}
	rooms, err := c.store.Sidebar(ctx, who.ID)
	for _, r := range rooms {
		s.In = append(s.In, r.ID)
	}
	s.Impossible = len(s.In) == 0
	return err
}

// named adds what find finds to the one list or the other; ErrNotFound when it is
// nothing.
func named[T comparable](is, not *[]T, isNot bool, find func() ([]T, error)) error {
	found, err := find()
	if isNot {
		is = not
	}
	for _, id := range found {
		if err == nil && !slices.Contains(*is, id) {
			*is = append(*is, id)
		}
	}
	return err
}

func (c *Chat) sender(ctx context.Context, who Account, name string) (AccountID, error) {
	name = TypedName(name)
	if strings.EqualFold(name, "me") {
		return who.ID, nil
	}
	a, err := c.store.AccountNamed(ctx, name)
	if err == nil && who.confined() {
		a, err = c.Profile(ctx, who, a.ID)
	}
	return a.ID, err
}

// readable finds the rooms that the caller may read: by name, or by the people of a
// conversation with him, as @mei or @mei,@jonas.
func (c *Chat) readable(ctx context.Context, who Account, name string) (rooms []RoomID, err error) {
	if people, ok := strings.CutPrefix(name, "@"); ok {
		ids := []AccountID{who.ID}
		for one := range strings.SplitSeq(people, ",") {
			id, err := c.sender(ctx, who, one)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		var room RoomID
		room, err = c.store.Direct(ctx, ids)
		rooms = []RoomID{room}
	} else {
		rooms, err = c.store.RoomsNamed(ctx, who.ID, strings.TrimSpace(strings.TrimPrefix(name, "#")))
	}
	if err != nil {
		return nil, err
	}
	var mine []RoomID
	for _, room := range rooms {
		_, err := c.authorize(ctx, who, room, ActionRead)
		if _, refused := AsError(err); err != nil && !refused {
			return nil, err
		}
		if err == nil {
			mine = append(mine, room)
		}
	}
	if len(mine) == 0 {
		return nil, ErrNotFound
	}
	return mine, nil
}
