package chat

import (
	"context"
	"slices"
	"strings"
)

// IsGuest says whether an account is one of who sees nothing but the rooms that it was added
// to, and the people in them.
func (a Account) IsGuest() bool { return a.Role == RoleGuest }

// confined says whether somebody is nowhere but where others take him: a bot, or a guest.
func (a Account) confined() bool { return a.IsBot() || a.IsGuest() }

// Known are those of some people of whom the caller may know: all, but of a guest and of a
// bot those who are or were in a room with him, and of a bot its maker.
func (c *Chat) Known(ctx context.Context, who Account, people []AccountID) ([]AccountID, error) {
	return c.knownTo(ctx, who, people, true)
}

// knownTo is Known, or with left false of those who are in a room with a guest or a bot now.
func (c *Chat) knownTo(ctx context.Context, who Account, people []AccountID, left bool) ([]AccountID, error) {
	if !who.confined() || len(people) == 0 {
		return people, nil
	}
	together, err := c.store.Together(ctx, who.ID, people, left)
	return slices.DeleteFunc(slices.Clone(people), func(id AccountID) bool {
		return id != who.ID && id != who.Maker && !slices.Contains(together, id)
	}), err
}

// Profile answers with an account as the caller may know of it; NotFound for a guest or a bot
// that was never in a room with the person.
func (c *Chat) Profile(ctx context.Context, who Account, id AccountID) (Account, error) {
	known, err := c.Known(ctx, who, []AccountID{id})
	if err != nil {
		return Account{}, err
	}
	if len(known) == 0 {
		return Account{}, NotFound()
	}
	return c.store.Account(ctx, id)
}

// ownRooms are the rooms of these kinds that somebody is in and whose names contain a query.
func (c *Chat) ownRooms(ctx context.Context, who Account, folded string, kinds ...RoomKind) (rooms []RoomListing, err error) {
	mine, err := c.store.Sidebar(ctx, who.ID)
	for _, r := range mine {
		if slices.Contains(kinds, r.Kind) && strings.Contains(FoldName(r.Name), folded) {
			rooms = append(rooms, RoomListing{Room: r.Room, In: true})
		}
	}
	return rooms, err
}

// keepOwn leaves a guest the links to rooms that he is in: of others he does not know.
func (c *Chat) keepOwn(ctx context.Context, who Account, rooms map[string]RoomLink) error {
	if !who.IsGuest() || len(rooms) == 0 {
		return nil
	}
	mine, err := c.store.Sidebar(ctx, who.ID)
	for name, link := range rooms {
		if !slices.ContainsFunc(mine, func(r SidebarRoom) bool { return r.ID == link.ID }) {
			delete(rooms, name)
		}
	}
	return err
}

// keepKnown leaves a guest the accounts of whom he knows.
func (c *Chat) keepKnown(ctx context.Context, who Account, accounts map[string]AccountID) error {
	if !who.IsGuest() || len(accounts) == 0 {
		return nil
	}
	ids := make([]AccountID, 0, len(accounts))
	for _, id := range accounts {
		ids = append(ids, id)
	}
	known, err := c.Known(ctx, who, ids)
	for name, id := range accounts {
		if !slices.Contains(known, id) {
			delete(accounts, name)
		}
	}
	return err
}

// roleChanged tells the pages of somebody, and the rooms of everybody that a guest is not in,
// what another role brought or took.
func (c *Chat) roleChanged(ctx context.Context, id AccountID, guest bool, before []SidebarRoom) error {
	c.bus.Publish(GuestChanged{Account: id, Guest: guest}) // first: others tell its pages more, or less
	after, err := c.store.Sidebar(ctx, id)
	if err != nil {
		return err
	}
	for _, list := range [][]SidebarRoom{before, after} {
		for _, r := range list {
			room, _, err := c.store.RoomFor(ctx, r.ID, 0)
			if err != nil || !r.Everyone {
				continue // it is done; pages show it when they are loaded again
			}
			c.bus.Publish(RoomChanged{Room: r.ID, Rev: room.Rev})
			c.bus.Publish(RoomHeaderChanged{Room: r.ID})
		}
	}
	c.bus.Publish(RoomListChanged{People: []AccountID{id}})
	return nil
}

// EmojiFor lists the emoji of the workspace by name; a guest is not told who added those of
// people of whom he does not know.
func (c *Chat) EmojiFor(ctx context.Context, who Account) ([]CustomEmoji, error) {
	shared, err := c.store.Emoji(ctx)
	if err != nil || !who.IsGuest() {
		return shared, err
	}
	list, ids := slices.Clone(shared), make([]AccountID, 0, len(shared))
	for _, e := range list {
		ids = append(ids, e.By.ID)
	}
	known, err := c.Known(ctx, who, ids)
	for i := range list {
		if !slices.Contains(known, list[i].By.ID) {
			list[i].By = Person{}
		}
	}
	return list, err
}

// MaxGuestRooms is into how many rooms one invite brings guests at most.
const MaxGuestRooms = 50

// GuestRooms are those rooms into which the caller may have guests invited: open ones, and
// private ones that he is in.
func (c *Chat) GuestRooms(ctx context.Context, who Account, rooms []RoomID) ([]RoomID, error) {
	if len(rooms) > MaxGuestRooms {
		return nil, Invalid("rooms", "An invite leads into at most 50 rooms.")
	}
	for _, id := range rooms {
		p, err := c.authorize(ctx, who, id, ActionSee)
		if err != nil || p.Kind == Direct {
			return nil, Invalid("rooms", "One of the rooms is not there any more. Choose again.")
		}
	}
	return rooms, nil
}
