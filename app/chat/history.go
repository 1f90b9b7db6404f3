package chat

import (
	"context"
	"slices"
)

// ChangesSince answers with what a page that stands at since has missed. It asks for
// nobody's rights: who listens has been let in by Enter.
func (c *Chat) ChangesSince(ctx context.Context, room RoomID, since Rev) (Changes, error) {
	return c.store.ChangesSince(ctx, room, since, MaxChanges)
}

// MarkRead moves the caller's read mark of a room up to a message.
func (c *Chat) MarkRead(ctx context.Context, who Account, room RoomID, upto MessageID) error {
	if _, err := c.authorize(ctx, who, room, ActionListen); err != nil {
		return err
	}
	moved, err := c.store.SetRead(ctx, room, who.ID, upto)
	if err == nil && moved {
		c.bus.Publish(ReadMarkMoved{Account: who.ID, Room: room})
	}
	return err
}

// StartTyping says that the caller is writing. It is checked like PostMessage and kept nowhere.
func (c *Chat) StartTyping(ctx context.Context, who Account, room RoomID) error {
	if _, err := c.authorize(ctx, who, room, ActionPost); err != nil || who.Prefs.NoTyping || who.Prefs.Invisible {
		return err
	}
	if err := c.Limits.Take(LimitTyping, who.ID.key()); err != nil {
		return err
	}
	c.bus.Publish(UserTyping{Room: room, Who: who.Person})
	return nil
}

// ReadMarks tells how far people of a room have read: what badges are made of. Who is
// not in the room is not in the answer.
func (c *Chat) ReadMarks(ctx context.Context, room RoomID, people []AccountID) (Room, map[AccountID]Membership, error) {
	r, marks, err := c.store.ReadMarks(ctx, room, people)
	if err != nil || len(marks) == 0 {
		return r, marks, err
	}
	filters, err := c.store.FilterPrefs(ctx, room)
	for id, p := range filters {
		if m, in := marks[id]; in {
			m.Keywords, m.Blocked = p.Keywords, p.Blocked
			marks[id] = m
		}
	}
	return r, marks, err
}

// SidebarRoom answers with one room of a person's list.
func (c *Chat) SidebarRoom(ctx context.Context, who AccountID, room RoomID) (SidebarRoom, error) {
	return c.store.SidebarRoom(ctx, who, room)
}

// Roster answers with a room and its people: what its header is made of. Only who
// listens to the room is shown that.
func (c *Chat) Roster(ctx context.Context, room RoomID) (Room, []RoomMember, error) {
	r, _, err := c.store.RoomFor(ctx, room, 0)
	if err != nil {
		return r, nil, err
	}
	people, err := c.store.Members(ctx, room)
	return r, people, err
}

// Unread is a room with something new.
type Unread struct {
	SidebarRoom
	Last []Message // the newest that were said, in order
}

// maxUnread is how many rooms Unread lists.
const maxUnread = 100

// Unread lists a person's rooms with something new but those that he muted, what
// asks for him first; of each the last messages, at most peek.
func (c *Chat) Unread(ctx context.Context, who Account, peek int) ([]Unread, error) {
	rooms, err := c.store.Sidebar(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	rooms = slices.DeleteFunc(slices.Clone(rooms), func(r SidebarRoom) bool { return r.Unread(r.Room) == 0 || r.Muted })
	rooms = Foremost(rooms, maxUnread)
	ids := make([]RoomID, len(rooms))
	for i, r := range rooms {
		ids[i] = r.ID
	}
	newest, err := c.store.NewestOf(ctx, ids, peek*3)
	if err != nil {
		return nil, err
	}
	var urgent, others []Unread
	for _, r := range rooms {
		u := Unread{SidebarRoom: r}
		for _, m := range newest[r.ID] {
			if m.Kind == MessagePosted && !m.Deleted && m.Posts > r.Read {
				u.Last = append(u.Last, m)
			}
		}
		u.Last = u.Last[max(0, len(u.Last)-peek):]
		if r.Kind == Direct || r.Mentions > 0 {
			urgent = append(urgent, u)
		} else {
			others = append(others, u)
		}
	}
	return append(urgent, others...), nil
}

// MarkAllRead moves every read mark of a person to the newest.
func (c *Chat) MarkAllRead(ctx context.Context, who Account) error {
	rooms, err := c.store.SetAllRead(ctx, who.ID)
	for _, room := range rooms {
		c.bus.Publish(ReadMarkMoved{Account: who.ID, Room: room})
	}
	return err
}

// RoomsInCommon lists the rooms that two people are both in, as the first one sees it.
func (c *Chat) RoomsInCommon(ctx context.Context, who Account, other AccountID) ([]SidebarRoom, error) {
	if other == who.ID {
		return nil, nil
	}
	return c.store.RoomsInCommon(ctx, who.ID, other)
}
