package chat

import (
	"context"
	"errors"
	"slices"
)

// CreateRoom creates a room; the caller owns it.
func (c *Chat) CreateRoom(ctx context.Context, who Account, r NewRoom) (Room, error) {
	if who.IsBot() {
		return Room{}, Forbidden("A bot makes no rooms; people take it into theirs.")
	}
	if who.IsGuest() {
		return Room{}, Forbidden("A guest makes no rooms; others take guests into theirs.")
	}
	var err error
	if r.Name, err = ParseRoomName(r.Name); err != nil {
		return Room{}, err
	}
	if r.Topic, err = ParseTopic(r.Topic); err != nil {
		return Room{}, err
	}
	if r.Kind != Open && r.Kind != Private {
		return Room{}, Invalid("kind", "A room is open or private.")
	}
	if err := c.Limits.Take(LimitRooms, who.ID.key()); err != nil {
		return Room{}, err
	}
	r.By = who.ID
	room, err := c.store.CreateRoom(ctx, r, c.now())
	if errors.Is(err, ErrConflict) {
		return Room{}, Conflict("name", "There is a room with this name, or one that looks like it. Choose another.")
	}
	if err != nil {
		return Room{}, err
	}
	c.bus.Publish(RoomListChanged{People: append(slices.Clone(r.People), who.ID)})
	return room, nil
}

// JoinRoom brings the caller into an open room. Who is in it already stays.
func (c *Chat) JoinRoom(ctx context.Context, who Account, room RoomID) error {
	p, err := c.authorize(ctx, who, room, ActionSee)
	if err != nil || p.IsMember() {
		return err
	}
	if err := p.require(ActionJoin); err != nil {
		return err
	}
	return c.addMembers(ctx, room, []AccountID{who.ID})
}

// AddMembers brings others into a room.
func (c *Chat) AddMembers(ctx context.Context, who Account, room RoomID, people []AccountID) error {
	if _, err := c.authorize(ctx, who, room, ActionAddMembers); err != nil {
		return err
	}
	return c.addOthers(ctx, room, people)
}

// addOthers is AddMembers for who was found to be allowed it.
func (c *Chat) addOthers(ctx context.Context, room RoomID, people []AccountID) error {
	if len(people) == 0 {
		return Invalid("people", "Choose at least one person.")
	}
	banned, err := c.store.BannedMembers(ctx, room)
	if err != nil {
		return err
	}
	for _, b := range banned {
		if slices.Contains(people, b.ID) {
			return Invalid("people", b.Name+" is banned from this room.")
		}
	}
	return c.addMembers(ctx, room, people)
}

func (c *Chat) addMembers(ctx context.Context, room RoomID, people []AccountID) error {
	rev, err := c.store.AddMembers(ctx, room, people, c.now())
	if err != nil || rev == 0 {
		return err
	}
	c.bus.Publish(RoomListChanged{People: people})
	c.bus.Publish(RoomChanged{Room: room, Rev: rev})
	c.bus.Publish(RoomHeaderChanged{Room: room})
	return nil
}

// LeaveRoom takes the caller out of a room. Who is not in it may ask again. The last one
// in a private room takes it along, and has to say that he means that: alone.
func (c *Chat) LeaveRoom(ctx context.Context, who Account, room RoomID, alone bool) error {
	p, err := c.authorize(ctx, who, room, ActionSee)
	if err != nil || !p.IsMember() {
		return err
	}
	if err := p.require(ActionLeave); err != nil && !who.IsBot() {
		return err
	}
	if !alone {
		last, err := c.IsLast(ctx, p)
		if err != nil {
			return err
		}
		if last {
			return Conflict("alone", "You are the last one in this room: it is deleted when you leave.")
		}
	}
	return c.removeMember(ctx, room, who.ID, NoAudit)
}

// IsLast says whether a room is deleted when the person leaves it: it is private, and
// nobody else is in it. Who is, and cannot log in, may come back.
func (c *Chat) IsLast(ctx context.Context, p RoomAccess) (bool, error) {
	if p.Kind != Private || !p.IsMember() {
		return false, nil
	}
	people, err := c.store.MemberIDs(ctx, p.ID)
	return len(people) < 2, err
}

func (c *Chat) removeMember(ctx context.Context, room RoomID, whom AccountID, audit AuditEntry) error {
	rev, emptied, err := c.store.RemoveMember(ctx, room, whom, c.now(), audit)
	if err != nil {
		return err
	}
	if emptied {
		c.bus.Publish(RoomDeleted{Room: room, People: []AccountID{whom}})
		return nil
	}
	return c.publishDeparture(room, whom, rev)
}

// publishDeparture tells that somebody went from a room; rev 0: was not in.
func (c *Chat) publishDeparture(room RoomID, whom AccountID, rev Rev) error {
	if rev == 0 {
		return nil
	}
	c.bus.Publish(RoomChanged{Room: room, Rev: rev})
	c.bus.Publish(RoomListChanged{People: []AccountID{whom}})
	c.bus.Publish(RoomHeaderChanged{Room: room})
	return nil
}

// RoomText is what is changed of a room's name and topic; nil leaves it.
type RoomText struct {
	Name, Topic *string
}

// UpdateRoom sets a room's name and topic, each only where it differs.
func (c *Chat) UpdateRoom(ctx context.Context, who Account, room RoomID, to RoomText) error {
	p, err := c.authorize(ctx, who, room, ActionSetTopic)
	if err != nil {
		return err
	}
	return c.updateRoom(ctx, who, p, to)
}

// updateRoom is UpdateRoom for who was found to be allowed to set the topic.
func (c *Chat) updateRoom(ctx context.Context, who Account, p RoomAccess, to RoomText) (err error) {
	name, topic := p.Name, p.Topic
	if to.Name != nil {
		if name, err = ParseRoomName(*to.Name); err != nil {
			return err
		}
	}
	if to.Topic != nil {
		if topic, err = ParseTopic(*to.Topic); err != nil {
			return err
		}
	}
	if name != p.Name {
		if err := p.require(ActionRename); err != nil {
			return err
		}
		rev, err := c.store.SetRoomName(ctx, p.ID, who.ID, name, c.now())
		if errors.Is(err, ErrConflict) {
			return Conflict("name", "There is a room with this name, or one that looks like it. Choose another.")
		}
		if err != nil {
			return err
		}
		c.bus.Publish(RoomChanged{Room: p.ID, Rev: rev})
		if p.Kind == Open {
			c.bus.Publish(RoomRenamed{Room: p.ID})
		}
	}
	if topic != p.Topic {
		rev, err := c.store.SetTopic(ctx, p.ID, who.ID, topic, c.now())
		if err != nil {
			return err
		}
		c.bus.Publish(RoomChanged{Room: p.ID, Rev: rev})
	}
	c.bus.Publish(RoomHeaderChanged{Room: p.ID})
	return nil
}

// SetVisibility makes an open room private, or a private one open to everybody, with all
// that was said in it. Who is in it stays.
func (c *Chat) SetVisibility(ctx context.Context, who Account, room RoomID, kind RoomKind) error {
	p, err := c.authorize(ctx, who, room, ActionSetVisibility)
	if err != nil || p.Kind == kind {
		return err
	}
	if kind != Open && kind != Private {
		return Invalid("kind", "A room is open or private.")
	}
	shown := p.Room
	shown.Kind = Open // it is now, or was
	rev, err := c.store.SetVisibility(ctx, room, who.ID, kind, c.now(), c.audit(who, AuditSetVisibility, shown.Label(), KindWords[kind]))
	if errors.Is(err, ErrConflict) {
		return Conflict("kind", "There is an open room with this name, or one that looks like it. Give this one another name first.")
	}
	if err != nil {
		return err
	}
	c.bus.Publish(RoomChanged{Room: room, Rev: rev})
	c.bus.Publish(RoomHeaderChanged{Room: room})
	people, err := c.store.MemberIDs(ctx, room)
	if err != nil {
		return nil // it is done; lists of rooms show it when they are loaded again
	}
	c.bus.Publish(RoomListChanged{People: people})
	return nil
}

// DeleteRoom deletes a room with everything that was said in it.
func (c *Chat) DeleteRoom(ctx context.Context, who Account, room RoomID) error {
	p, err := c.authorize(ctx, who, room, ActionDeleteRoom)
	if err != nil {
		return err
	}
	people, err := c.store.DeleteRoom(ctx, room, c.now(), c.audit(who, AuditDeleteRoom, auditLabel(p.Room), ""))
	if err != nil {
		return err
	}
	c.bus.Publish(RoomDeleted{Room: room, People: people})
	return nil
}
