package chat

import (
	"context"
	"slices"
	"time"
)

// Level says what of a room asks for a person's attention.
type Level int

// Levels. As usual is everything in direct conversations, mentions in rooms.
const (
	LevelUsual Level = iota
	LevelAll
	LevelMentions
	LevelOff
)

// Notifies says whether a message is worth a notification for who is in a room of
// this kind: it is for him, or not.
func (m Membership) Notifies(kind RoomKind, mentioned bool) bool {
	switch {
	case m.Muted || m.Level == LevelOff:
		return false
	case m.Level == LevelAll || m.Level == LevelUsual && kind == Direct:
		return true
	}
	return mentioned
}

// NotifiedOf lists those of the people of a room for whom a message is worth a
// notification, whether they are here or not: the one place where that is decided.
// What they chose for all rooms, such as quiet hours, is asked where they are reached.
func NotifiedOf(r Room, m *Message, marks map[AccountID]Membership) (people []AccountID) {
	if m.Kind != MessagePosted || m.Deleted {
		return nil
	}
	var said string // folded; once for all
	for id, place := range marks {
		if id == m.Author.ID || slices.Contains(place.Blocked, m.Author.ID) {
			continue
		}
		forHim := m.IsFor(id)
		if !forHim && place.Keywords != "" {
			if said == "" {
				said = wordsOf(m.Text.Plain())
			}
			forHim = hasKeyword(said, place.Keywords)
		}
		if place.Notifies(r.Kind, forHim) {
			people = append(people, id)
		}
	}
	return people
}

// RoomPrefs is what a person changes of his place in a room; nil leaves it.
type RoomPrefs struct {
	Level          *Level
	Muted, Starred *bool
	MutedUntil     time.Time // with Muted: when that ends by itself; zero: it does not
	Raise          bool      // before the room with a star that stands before it
}

// SetRoomPrefs changes what the caller wants to be told of a room, and where it stands
// in his list. Asking for the same twice changes nothing.
func (c *Chat) SetRoomPrefs(ctx context.Context, who Account, room RoomID, choice RoomPrefs) error {
	if choice.Level != nil && (*choice.Level < LevelUsual || *choice.Level > LevelOff) {
		return Invalid("level", "Choose one of the values in the list.")
	}
	if _, err := c.authorize(ctx, who, room, ActionListen); err != nil {
		return err
	}
	if err := c.store.SetRoomPrefs(ctx, room, who.ID, choice); err != nil {
		return err
	}
	c.bus.Publish(RoomListChanged{People: []AccountID{who.ID}})
	return nil
}

// SetStars gives the caller's rooms with a star this order. Rooms without one stay so, and
// those that are not named keep their places.
func (c *Chat) SetStars(ctx context.Context, who Account, rooms []RoomID) error {
	if len(rooms) > MaxSidebar {
		return Invalid("room", "That is more rooms than are listed.")
	}
	if err := c.store.SetStars(ctx, who.ID, rooms); err != nil {
		return err
	}
	c.bus.Publish(RoomListChanged{People: []AccountID{who.ID}})
	return nil
}

// LeftRoom is the name of a room that the caller was in and is not any more, if it is still
// there and he may know of it: who is banned may not.
func (c *Chat) LeftRoom(ctx context.Context, who Account, room RoomID) (string, error) {
	r, err := c.store.LeftRoom(ctx, room, who.ID)
	if err != nil {
		return "", err
	}
	return r.Label(), nil
}

// EndMutes ends what was muted for a while that is over; call it now and then.
func (c *Chat) EndMutes(ctx context.Context) error {
	people, err := c.store.EndMutes(ctx, c.now())
	if len(people) > 0 {
		c.bus.Publish(RoomListChanged{People: people})
	}
	return err
}

// MarkUnread moves the caller's read mark back to before a message.
func (c *Chat) MarkUnread(ctx context.Context, who Account, id MessageID) (Message, error) {
	m, _, err := c.authorizeMessage(ctx, who, id, ActionListen)
	if err != nil {
		return m, err
	}
	if err := c.store.SetUnread(ctx, m.Room, who.ID, id); err != nil {
		return m, err
	}
	c.bus.Publish(ReadMarkMoved{Account: who.ID, Room: m.Room})
	return m, nil
}
