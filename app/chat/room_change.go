package chat

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// Found creates a room; the caller owns it.
func (c *Chat) Found(ctx context.Context, who Account, r NewRoom) (Room, error) {
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
	room, err := c.store.AddRoom(ctx, r, c.now())
	if errors.Is(err, ErrConflict) {
		return Room{}, Conflict("name", "There is a room with this name, or one that looks like it. Choose another.")
	}
	if err != nil {
		return Room{}, err
	}
	c.bus.Tell(RosterChanged{People: append(slices.Clone(r.People), who.ID)})
	return room, nil
}

// Join brings the caller into an open room. Who is in it already stays.
func (c *Chat) Join(ctx context.Context, who Account, room RoomID) error {
	p, err := c.may(ctx, who, room, See)
	if err != nil || p.In() {
		return err
	}
	if _, err := c.may(ctx, who, room, Join); err != nil {
		return err
	}
	return c.bring(ctx, room, []AccountID{who.ID})
}

// Add brings others into a room.
func (c *Chat) Add(ctx context.Context, who Account, room RoomID, people []AccountID) error {
	if _, err := c.may(ctx, who, room, Add); err != nil {
		return err
	}
	if len(people) == 0 {
		return Invalid("people", "Choose at least one person.")
	}
	banned, err := c.store.Banned(ctx, room)
	if err != nil {
		return err
	}
	for _, b := range banned {
		if slices.Contains(people, b.ID) {
			return Invalid("people", b.Name+" is banned from this room.")
		}
	}
	return c.bring(ctx, room, people)
}

func (c *Chat) bring(ctx context.Context, room RoomID, people []AccountID) error {
	rev, err := c.store.AddOccupants(ctx, room, people, c.now())
	if err != nil || rev == 0 {
		return err
	}
	c.bus.Tell(RosterChanged{People: people})
	c.bus.Tell(RoomChanged{Room: room, Rev: rev})
	c.bus.Tell(HeadChanged{Room: room})
	return nil
}

// Leave takes the caller out of a room. Who is not in it may ask again. The last one
// in a private room takes it along, and has to say that he means that: alone.
func (c *Chat) Leave(ctx context.Context, who Account, room RoomID, alone bool) error {
	p, err := c.may(ctx, who, room, See)
	if err != nil || !p.In() {
		return err
	}
	if _, err := c.may(ctx, who, room, Leave); err != nil {
		return err
	}
	if p.Kind == Private && !alone {
		people, err := c.store.Occupants(ctx, room)
		if err != nil {
			return err
		}
		if len(people) < 2 {
			return Conflict("alone", "You are the last one in this room: it is deleted when you leave.")
		}
	}
	return c.put(ctx, room, who.ID)
}

func (c *Chat) put(ctx context.Context, room RoomID, whom AccountID) error {
	rev, emptied, err := c.store.DropOccupant(ctx, room, whom, c.now())
	if err != nil {
		return err
	}
	if emptied {
		c.bus.Tell(RoomDropped{Room: room, People: []AccountID{whom}})
		return nil
	}
	return c.gone(room, whom, rev)
}

// gone tells that somebody went from a room; rev 0: was not in.
func (c *Chat) gone(room RoomID, whom AccountID, rev Rev) error {
	if rev == 0 {
		return nil
	}
	c.bus.Tell(RoomChanged{Room: room, Rev: rev})
	c.bus.Tell(RosterChanged{People: []AccountID{whom}})
	c.bus.Tell(HeadChanged{Room: room})
	return nil
}

// Retitle sets a room's name and topic, each only where it differs.
func (c *Chat) Retitle(ctx context.Context, who Account, room RoomID, name, topic string) error {
	p, err := c.may(ctx, who, room, Topic)
	if err != nil {
		return err
	}
	if name, err = ParseRoomName(name); err != nil {
		return err
	}
	if topic, err = ParseTopic(topic); err != nil {
		return err
	}
	if name != p.Name {
		if _, err := c.may(ctx, who, room, Rename); err != nil {
			return err
		}
		rev, err := c.store.SetRoomName(ctx, room, who.ID, name, c.now())
		if errors.Is(err, ErrConflict) {
			return Conflict("name", "There is a room with this name, or one that looks like it. Choose another.")
		}
		if err != nil {
			return err
		}
		c.bus.Tell(RoomChanged{Room: room, Rev: rev})
		if p.Kind == Open {
			c.bus.Tell(RoomRenamed{Room: room, Name: name})
		}
	}
	if topic != p.Topic {
		rev, err := c.store.SetTopic(ctx, room, who.ID, topic, c.now())
		if err != nil {
			return err
		}
		c.bus.Tell(RoomChanged{Room: room, Rev: rev})
	}
	c.bus.Tell(HeadChanged{Room: room})
	return nil
}

// Convert makes an open room private, or a private one open to everybody, with all
// that was said in it. Who is in it stays.
func (c *Chat) Convert(ctx context.Context, who Account, room RoomID, kind RoomKind) error {
	p, err := c.may(ctx, who, room, Convert)
	if err != nil || p.Kind == kind {
		return err
	}
	if kind != Open && kind != Private {
		return Invalid("kind", "A room is open or private.")
	}
	shown := p.Room
	shown.Kind = Open // it is now, or was
	rev, err := c.store.SetKind(c.noted(ctx, who, ActConvert, shown.Label(), KindWords[kind]), room, who.ID, kind, c.now())
	if errors.Is(err, ErrConflict) {
		return Conflict("kind", "There is an open room with this name, or one that looks like it. Give this one another name first.")
	}
	if err != nil {
		return err
	}
	c.bus.Tell(RoomChanged{Room: room, Rev: rev})
	c.bus.Tell(HeadChanged{Room: room})
	_, marks, err := c.store.Marks(ctx, room)
	if err != nil {
		return nil // it is done; lists of rooms show it when they are loaded again
	}
	c.bus.Tell(RosterChanged{People: slices.Collect(maps.Keys(marks))})
	return nil
}

// Destroy deletes a room with everything that was said in it.
func (c *Chat) Destroy(ctx context.Context, who Account, room RoomID) error {
	p, err := c.may(ctx, who, room, Destroy)
	if err != nil {
		return err
	}
	people, err := c.store.DropRoom(c.noted(ctx, who, ActDestroy, publicly(p.Room), ""), room)
	if err != nil {
		return err
	}
	c.bus.Tell(RoomDropped{Room: room, People: people})
	return nil
}
