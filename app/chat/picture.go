package chat

import "context"

// SetPicture has a picture show the caller; the zero file: none.
func (c *Chat) SetPicture(ctx context.Context, who Account, f File) error {
	return c.store.SetAccountPicture(ctx, who.ID, f.ID)
}

// RemovePicture takes somebody's picture away: one's own, or, for who manages people,
// anybody's.
func (c *Chat) RemovePicture(ctx context.Context, who Account, of AccountID) error {
	if of != who.ID {
		if err := who.May(ManagePeople); err != nil {
			return err
		}
	}
	return c.store.SetAccountPicture(ctx, of, 0)
}

// SetRoomPicture has a picture show a room, for who may give it another name; the zero
// file: none.
func (c *Chat) SetRoomPicture(ctx context.Context, who Account, room RoomID, f File) error {
	if err := c.MayPictureRoom(ctx, who, room); err != nil {
		return err
	}
	if err := c.store.SetRoomPicture(ctx, room, f.ID); err != nil {
		return err
	}
	c.bus.Publish(RoomHeaderChanged{Room: room})
	people, err := c.store.MemberIDs(ctx, room)
	if err != nil {
		return nil // it is done; lists of rooms show it when they are loaded again
	}
	c.bus.Publish(RoomListChanged{People: people})
	return nil
}

// MayPictureRoom says whether somebody may give a room a picture: who may rename it.
func (c *Chat) MayPictureRoom(ctx context.Context, who Account, room RoomID) error {
	_, err := c.authorize(ctx, who, room, ActionRename)
	return err
}

// PictureOfRoom finds the picture of a room, for who may read the room.
func (c *Chat) PictureOfRoom(ctx context.Context, who Account, room RoomID) (File, error) {
	r, err := c.ReadableRoom(ctx, who, room)
	if err != nil {
		return File{}, err
	}
	return c.PictureInUse(ctx, r.Picture)
}

// PictureOf finds the picture of somebody of whom the caller may know.
func (c *Chat) PictureOf(ctx context.Context, who Account, of AccountID) (File, error) {
	a, err := c.Profile(ctx, who, of)
	if err != nil {
		return File{}, err
	}
	return c.PictureInUse(ctx, a.Picture)
}

// PictureInUse finds a picture that shows a person, the workspace, or an emoji: those are
// for everybody who is signed in, the workspace's for visitors, too.
func (c *Chat) PictureInUse(ctx context.Context, id FileID) (File, error) {
	if id == 0 {
		return File{}, NotFound()
	}
	return c.store.PictureInUse(ctx, id)
}

// SetLogo has a picture show the workspace; the zero file: none.
func (c *Chat) SetLogo(ctx context.Context, who Account, f File) error {
	if err := who.May(ManageSettings); err != nil {
		return err
	}
	value := "a picture"
	if f.ID == 0 {
		value = "none"
	}
	return c.store.SetLogo(ctx, f.ID, c.audit(who, AuditSetSetting, SettingLogo, value))
}
