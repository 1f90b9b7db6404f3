package chat

import (
	"context"
	"errors"
	"strconv"
	"strings"
)

// MayHook says whether somebody may make an address by which a program says things in a
// room: who may have bots, and take people into the room.
func (c *Chat) MayHook(ctx context.Context, who Account, room RoomID) (bool, error) {
	p, err := c.ReadableRoom(ctx, who, room)
	if err != nil || !p.Allows(ActionAddMembers) {
		return false, err
	}
	return c.MayMakeBots(ctx, who)
}

// CheckHook refuses what speaks in a room, or is told of it, for a maker who might not make
// it there any more. One that was made for him, by who runs the server, needs no membership;
// where he had one, his bots went with it.
func (c *Chat) CheckHook(ctx context.Context, bot Account, room RoomID) error {
	maker, err := c.store.Account(ctx, bot.Maker)
	if err != nil {
		return err
	}
	may, err := c.MayMakeBots(ctx, maker)
	if err != nil {
		return err
	}
	r, m, err := c.store.RoomAccess(ctx, room, maker.ID)
	if err != nil {
		return err
	}
	if m != nil {
		_, err := accessOf(maker, r, m, ActionAddMembers)
		may = may && err == nil
	}
	if !may || bot.Disabled {
		return Forbidden("The bot may not act.")
	}
	return nil
}

// CreateHookBot makes the bot that speaks for a hook, and takes it into the room. The hook
// ends with the bot, and is silent when the bot is put out of the room.
func (c *Chat) CreateHookBot(ctx context.Context, who Account, room RoomID, name string) (Account, error) {
	name, err := ParseDisplayName(name)
	if err != nil {
		return Account{}, err
	}
	may, err := c.MayHook(ctx, who, room)
	if err != nil {
		return Account{}, err
	}
	if !may {
		return Account{}, Forbidden("Who may have bots, and is in the room, makes hooks for it.")
	}
	return c.CreateBotIn(ctx, who, room, name)
}

// CreateBotIn makes a bot by its name alone, and takes it into a room, for who was found
// to be allowed that.
func (c *Chat) CreateBotIn(ctx context.Context, who Account, room RoomID, name string) (Account, error) {
	bot, err := c.createNamedBot(ctx, who, name)
	if err != nil {
		return bot, err
	}
	return bot, c.addMembers(ctx, room, []AccountID{bot.ID})
}

// createNamedBot makes a bot whose username is made of its name.
func (c *Chat) createNamedBot(ctx context.Context, who Account, name string) (Account, error) {
	base := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-")
	if len(base) > 24 {
		base = base[:24]
	}
	if len(base) < 2 {
		base = "hook"
	}
	for n := 1; ; n++ {
		username := base
		if n > 1 {
			username += "-" + strconv.Itoa(n)
		}
		bot, err := c.CreateBot(ctx, who, username, name)
		taken := errors.Is(err, ErrConflict) || n == 1 && errors.Is(err, ErrInvalid)
		if !taken || n > MaxBots {
			return bot, err
		}
		if n == 1 && errors.Is(err, ErrInvalid) { // a reserved name
			base += "-bot"
		}
	}
}

// RoomOfBot finds a room that a bot is in, by id or by name, as programs name it.
func (c *Chat) RoomOfBot(ctx context.Context, bot Account, name string) (RoomID, error) {
	rooms, err := c.store.Sidebar(ctx, bot.ID)
	if err != nil {
		return 0, err
	}
	name = strings.TrimPrefix(strings.TrimSpace(name), "#")
	for _, r := range rooms {
		if strconv.FormatInt(int64(r.ID), 10) == name || r.Kind != Direct && FoldName(r.Name) == FoldName(name) {
			return r.ID, nil
		}
	}
	return 0, NotFound()
}
