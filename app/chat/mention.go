package chat

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// resolveMentions resolves @names to people who can see the room, and to those whom it
// calls; other names stay plain text, so that they tell nothing to nobody.
func (c *Chat) resolveMentions(ctx context.Context, who Account, n *NewMessage, calls []string) error {
	names := slices.DeleteFunc(n.Text.Names(), isCall)
	var ids map[string]AccountID
	if len(names) > 0 {
		var err error
		if ids, err = c.store.Mentionable(ctx, n.Room, names); err != nil {
			return err
		}
		if err := c.keepKnown(ctx, who, ids); err != nil {
			return err
		}
		if err := c.addTaken(ctx, who, &n.Text, ids); err != nil {
			return err
		}
	}
	n.Text.Resolve(ids, calls...)
	if err := c.nameMentioned(ctx, &n.Text); err != nil {
		return err
	}
	for _, id := range n.Text.Addressed() {
		if id != who.ID && !slices.Contains(n.For, id) {
			n.For = append(n.For, id)
		}
	}
	return nil
}

// nameMentioned has mentions show how the people are called, now: a username is what one types.
func (c *Chat) nameMentioned(ctx context.Context, t *Text) error {
	var ids []AccountID
	each := func(do func(*Run)) {
		eachText(t.Blocks, true, func(b *Block, _ bool) {
			eachRun(b.Runs, func(r *Run) {
				if r.Kind == RunMention && r.Account != 0 {
					do(r)
				}
			})
		})
	}
	each(func(r *Run) {
		if !slices.Contains(ids, r.Account) {
			ids = append(ids, r.Account)
		}
	})
	if len(ids) == 0 {
		return nil
	}
	people, err := c.store.Persons(ctx, ids)
	each(func(r *Run) {
		for _, p := range people {
			if p.ID == r.Account && "@"+p.Name != r.Text {
				r.Name = p.Name
			}
		}
	})
	return err
}

// addTaken adds the names of people whom the text cannot be for, so that @mei-ada, who
// is not in the room, is not taken for @mei. A guest is not told so which names there are.
func (c *Chat) addTaken(ctx context.Context, who Account, t *Text, ids map[string]AccountID) error {
	var longer []string
	for _, names := range t.mentions(true) {
		if len(names) > 1 {
			longer = append(longer, names[:len(names)-1]...)
		}
	}
	if len(longer) == 0 || who.IsGuest() {
		return nil
	}
	taken, err := c.store.AccountsNamed(ctx, longer)
	for name := range taken {
		if _, ok := ids[name]; !ok {
			ids[name] = 0
		}
	}
	return err
}

// parseLinked parses what is said with files, and makes links of the names of open rooms. What
// a private one is called, tells nobody whether there is one, nor a guest that of any. Names
// that are linked already mean what they meant.
func (c *Chat) parseLinked(ctx context.Context, who Account, body string, files []File, linked map[string]RoomLink) (Text, error) {
	text, asked, err := parseBody(body, files)
	if err != nil {
		return text, err
	}
	plain := text.RoomNames()
	names := distinct([][]string{plain, asked})
	if len(names) == 0 {
		return text, nil
	}
	rooms, err := c.store.OpenRoomsNamed(ctx, names)
	if err != nil {
		return text, err
	}
	if err := c.keepOwn(ctx, who, rooms); err != nil {
		return text, err
	}
	maps.Copy(rooms, linked)
	for _, name := range asked {
		if _, is := rooms[name]; is && !slices.Contains(plain, name) { // its signs meant something
			return ParseLinked(body, rooms)
		}
	}
	text.LinkRooms(rooms)
	return text, nil
}

// Mentions lists what was said to the caller, the newest first, before a message
// (0: the newest); of rooms that he is still in. older is where the next page
// begins, 0 when there is none.
func (c *Chat) Mentions(ctx context.Context, who Account, before MessageID) (hits []Hit, older MessageID, err error) {
	messages, err := c.store.MentionsOf(ctx, who.ID, before, HitsPerPage+1)
	if err != nil {
		return nil, 0, err
	}
	rooms, err := c.store.Sidebar(ctx, who.ID)
	if err != nil {
		return nil, 0, err
	}
	if len(messages) > HitsPerPage {
		messages = messages[:HitsPerPage]
		older = messages[len(messages)-1].ID
	}
	for _, m := range messages {
		if i := slices.IndexFunc(rooms, func(r SidebarRoom) bool { return r.ID == m.Room }); i >= 0 {
			lead, err := c.lead(ctx, m)
			if err != nil {
				return nil, 0, err
			}
			hits = append(hits, Hit{Message: m, Place: rooms[i], Lead: lead})
		}
	}
	return hits, older, nil
}

// leadFor is how long before a message another one still leads to it.
const leadFor = time.Hour

// lead finds what a message answers, or what was said just before it.
func (c *Chat) lead(ctx context.Context, m Message) (Quote, error) {
	if m.Quote.ID != 0 {
		return m.Quote, nil
	}
	p, err := c.store.History(ctx, m.Room, Span{Before: m.ID}, 1)
	if err != nil || len(p.Messages) == 0 {
		return Quote{}, err
	}
	before := p.Messages[len(p.Messages)-1]
	if before.Kind != MessagePosted || before.Deleted || m.At.Sub(before.At) > leadFor {
		return Quote{}, nil
	}
	return NewQuote(before.ID, before.Author.Name, before.Text, before.Files), nil
}

// UnreachedFor is how long after a message its author can still be told who missed it.
const UnreachedFor = time.Minute

// UnreachedMentions is whom a message does not reach though it names them.
type UnreachedMentions struct {
	People       []Person // they are not in the room
	Add          bool     // its author may bring them in
	MentionedAll bool     // everybody: its author may not call so many
	CalledByEdit bool     // everybody: only what is said anew calls so many
}

// Any says whether there is something to tell.
func (u UnreachedMentions) Any() bool { return len(u.People) > 0 || u.MentionedAll || u.CalledByEdit }

// UnreachedMentions finds whom a message that the caller said or edited just now does not
// reach: people who are not in a private room or a conversation, and all whom
// @room or @here called in vain. Nobody but its author is told so.
func (c *Chat) UnreachedMentions(ctx context.Context, who Account, m Message) (u UnreachedMentions, err error) {
	last := m.At
	if m.Edited.After(last) {
		last = m.Edited
	}
	if m.Author.ID != who.ID || !strings.Contains(m.Body, "@") || c.now().Sub(last) > UnreachedFor {
		return u, nil
	}
	p, err := c.authorize(ctx, who, m.Room, ActionPost)
	if err != nil {
		return u, err
	}
	linked, err := c.store.RoomLinks(ctx, m.ID)
	if err != nil {
		return u, err
	}
	text, err := ParseLinked(m.Body, linked)
	if err != nil {
		return u, err
	}
	calls := text.NotifyingNames()
	called := m.Text.calledNames()
	if slices.ContainsFunc(calls, func(name string) bool { return isCall(name) && !slices.Contains(called, name) }) {
		u.MentionedAll = p.People > SmallRoom && !p.Allows(ActionMentionAll)
		u.CalledByEdit = !m.Edited.IsZero() && p.Allows(ActionMentionAll)
	}
	if len(calls) == 0 || who.IsGuest() {
		return u, nil
	}
	u.Add = p.Allows(ActionAddMembers)
	u.People, err = c.outsiders(ctx, p.Room, text, calls)
	return u, err
}

// outsiders finds the people whom a text names and who do not read a room: those who are not
// in it, but for members of the workspace, who may read an open one. calls are its names.
func (c *Chat) outsiders(ctx context.Context, room Room, text Text, calls []string) (people []Person, err error) {
	inside, err := c.store.Mentionable(ctx, room.ID, calls)
	if err != nil {
		return nil, err
	}
	outside, err := c.store.AccountsNamed(ctx, calls)
	if err != nil {
		return nil, err
	}
	for _, names := range text.mentions(false) { // the first that is somebody's is meant
		for _, name := range names {
			a, known := outside[name]
			if inside[name] == 0 && !known {
				continue
			}
			if inside[name] == 0 && !a.Disabled && (room.Kind != Open || a.IsGuest()) && !slices.Contains(people, a.Person) {
				people = append(people, a.Person)
			}
			break
		}
	}
	return people, nil
}
