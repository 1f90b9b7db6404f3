package chat

import (
	"context"
	"errors"
	"slices"
)

// FindDirect answers with the conversation of the caller and these people, or
// with 0 when none was begun. It checks that they can be talked to.
func (c *Chat) FindDirect(ctx context.Context, who Account, with []AccountID) (RoomID, []Person, error) {
	with = slices.DeleteFunc(slices.Clone(with), func(id AccountID) bool { return id == who.ID })
	slices.Sort(with)
	with = slices.Compact(with)
	if len(with) == 0 {
		return 0, nil, Invalid("to", "Choose at least one person.")
	}
	if len(with) >= MaxDirect {
		return 0, nil, Invalid("to", "A direct conversation has at most 9 people. Make a private room for more.")
	}
	known, err := c.knownTo(ctx, who, with, false)
	if err != nil {
		return 0, nil, err
	}
	people, err := c.store.Persons(ctx, known)
	if err != nil {
		return 0, nil, err
	}
	if len(people) != len(with) {
		return 0, nil, NotFound()
	}
	room, err := c.store.Direct(ctx, append(with, who.ID))
	if errors.Is(err, ErrNotFound) {
		return 0, people, nil
	}
	return room, people, err
}

// Deactivated lists the others of a conversation whose accounts are deactivated, and
// says whether that is all of them: what is said there now reaches nobody.
func Deactivated(people []RoomMember, who AccountID) (gone []Person, all bool) {
	others := 0
	for _, p := range people {
		if p.ID == who {
			continue
		}
		others++
		if p.Deactivated {
			gone = append(gone, p.Person)
		}
	}
	return gone, others > 0 && len(gone) == others
}

// checkReachable refuses what would reach nobody.
func (c *Chat) checkReachable(ctx context.Context, who Account, p RoomAccess) error {
	if p.Kind != Direct {
		return nil
	}
	people, err := c.store.Members(ctx, p.ID)
	if err != nil {
		return err
	}
	if gone, all := Deactivated(people, who.ID); all {
		return Forbidden(Unreachable(gone))
	}
	if len(people) == 2 {
		other := people[0].ID
		if other == who.ID {
			other = people[1].ID
		}
		return c.checkBlocked(ctx, who, other)
	}
	return nil
}

// Unreachable says why nobody would read a message.
func Unreachable(gone []Person) string {
	if len(gone) == 1 {
		return "The account of " + gone[0].Name + " is deactivated: nobody would read a message here."
	}
	return "The accounts of " + Names(gone) + " are deactivated: nobody would read a message here."
}

// PostDirect says something to people directly; the first message begins the
// conversation.
func (c *Chat) PostDirect(ctx context.Context, who Account, with []AccountID, d Draft) (Message, error) {
	if err := d.validate(); err != nil {
		return Message{}, err
	}
	room, people, err := c.FindDirect(ctx, who, with)
	if err != nil {
		if before, again := c.postedBefore(ctx, who, d); again == nil {
			return before, nil // they could be talked to the first time
		}
		return Message{}, err
	}
	if room != 0 {
		return c.PostMessage(ctx, who, room, d)
	}
	if len(people) == 1 {
		if err := c.checkBlocked(ctx, who, people[0].ID); err != nil {
			return Message{}, err
		}
	}
	if d.ReplyTo != 0 {
		return Message{}, NotFound()
	}
	n, err := c.newMessage(ctx, who, 0, d)
	if err != nil {
		return Message{}, err
	}
	people = append(people, who.Person)
	if err := c.resolveDirect(ctx, who, people, &n.Text); err != nil {
		return Message{}, err
	}
	ids := make([]AccountID, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	added, err := c.store.AddDirect(ctx, ids, n)
	if err != nil {
		return Message{}, err
	}
	if !added.Fresh {
		return c.repeatOf(ctx, who, added.Message)
	}
	c.publishMessage(&added)
	c.bus.Publish(RoomListChanged{People: ids})
	return added.Message, nil
}

// resolveDirect makes links of the people of a conversation that a text names.
// Nobody is notified for that: every message of a conversation is for its people anyway.
func (c *Chat) resolveDirect(ctx context.Context, who Account, people []Person, text *Text) error {
	names := map[string]AccountID{}
	for _, p := range people {
		names[FoldName(p.Username)] = p.ID
	}
	if err := c.addTaken(ctx, who, text, names); err != nil {
		return err
	}
	text.Resolve(names)
	return nil
}
