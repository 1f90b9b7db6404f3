package chat

import (
	"context"
	"errors"
	"strings"
	"time"
)

// MaxBots is how many bots one person has.
const MaxBots = 50

// NewBot is a bot that is made.
type NewBot struct {
	Username, Name, Title string
	Maker                 AccountID
	At                    time.Time
}

// BotStore keeps the accounts of programs. A bot is an account that cannot log in.
type BotStore interface {
	// AddBot makes one; ErrConflict: the name is taken. It is in no room.
	AddBot(ctx context.Context, n NewBot, audit AuditEntry) (Account, error)
	// Bots lists those of somebody, 0: of everybody, by username; at most limit.
	Bots(ctx context.Context, of AccountID, limit int) ([]Account, error)
	// SetBotMaker has a bot belong to somebody else.
	SetBotMaker(ctx context.Context, bot, maker AccountID, audit AuditEntry) error
}

// IsBot says whether a program speaks for an account.
func (a Account) IsBot() bool { return a.Maker != 0 }

// MayHaveBots says whether somebody may make bots now, and have those that he made act:
// administrators, or everybody, by a setting.
func MayHaveBots(who Account, set Settings) bool {
	return !who.Disabled && !who.confined() && (who.Has(ManageSettings) || set.EverybodyHasBots())
}

// MayMakeBots is MayHaveBots with the settings as they are.
func (c *Chat) MayMakeBots(ctx context.Context, who Account) (bool, error) {
	set, err := c.store.Settings(ctx)
	return err == nil && MayHaveBots(who, set), err
}

// CreateBot makes the account of a program. It acts by keys, in the rooms that people take
// it into, and only as long as its maker may have bots.
func (c *Chat) CreateBot(ctx context.Context, who Account, username, name string) (Account, error) {
	may, err := c.MayMakeBots(ctx, who)
	if err != nil {
		return Account{}, err
	}
	if !may {
		return Account{}, Forbidden("Only an administrator makes bots here.")
	}
	n := NewBot{Maker: who.ID, At: c.now()}
	if n.Username, err = ParseUsername(username); err != nil {
		return Account{}, err
	}
	if n.Name, err = ParseDisplayName(name); err != nil {
		return Account{}, err
	}
	mine, err := c.store.Bots(ctx, who.ID, MaxBots)
	if err != nil {
		return Account{}, err
	}
	if len(mine) >= MaxBots {
		return Account{}, Invalid("username", "You have 50 bots; that is as many as go.")
	}
	a, err := c.store.AddBot(ctx, n, c.audit(who, AuditAddBot, "@"+n.Username, ""))
	if errors.Is(err, ErrConflict) {
		err = Conflict("username", "That username is taken, or looks like one that is. Choose another.")
	}
	return a, err
}

// Bots lists the bots of the caller; of everybody for who manages people.
func (c *Chat) Bots(ctx context.Context, who Account) ([]Account, error) {
	of := who.ID
	if who.Has(ManagePeople) {
		of = 0
	}
	return c.store.Bots(ctx, of, 1000)
}

// Bot finds a bot for who may look after it: its maker, and who manages people.
func (c *Chat) Bot(ctx context.Context, who Account, id AccountID) (Account, error) {
	bot, err := c.store.Account(ctx, id)
	if err != nil {
		return bot, err
	}
	if !bot.IsBot() || bot.Maker != who.ID && !who.Has(ManagePeople) {
		return Account{}, NotFound()
	}
	return bot, nil
}

// BotNamed is Bot by username.
func (c *Chat) BotNamed(ctx context.Context, who Account, username string) (Account, error) {
	bot, err := c.store.AccountNamed(ctx, TypedName(username))
	if err != nil {
		return bot, err
	}
	return c.Bot(ctx, who, bot.ID)
}

// RemoveBot ends a bot: it cannot act any more, and what it said stays.
func (c *Chat) RemoveBot(ctx context.Context, who Account, id AccountID) error {
	bot, err := c.Bot(ctx, who, id)
	if err != nil || bot.Disabled {
		return err
	}
	return c.disableAccount(ctx, id, false, false, c.audit(who, AuditRemoveBot, "@"+bot.Username, ""))
}

// RemoveIdleBot removes a bot of a room whose last hook there ended, when nothing is left
// that it is for: keys is how many keys it still has.
func (c *Chat) RemoveIdleBot(ctx context.Context, who Account, id AccountID, room RoomID, keys int) error {
	if keys > 0 {
		return nil
	}
	webhooks, err := c.store.WebhooksOfBot(ctx, id)
	if err != nil || len(webhooks) > 0 {
		return err
	}
	rooms, err := c.store.Sidebar(ctx, id)
	if err != nil || len(rooms) > 1 || len(rooms) == 1 && rooms[0].ID != room {
		return err
	}
	if w, err := c.store.Widget(ctx, room); err == nil && w.Bot == id {
		return nil
	}
	return c.RemoveBot(ctx, who, id)
}

// AdoptBot has a bot belong to the caller, who manages people: one acts only as long as
// the person to whom it belongs may have bots.
func (c *Chat) AdoptBot(ctx context.Context, who Account, id AccountID) error {
	if err := who.May(ManagePeople); err != nil {
		return err
	}
	bot, err := c.Bot(ctx, who, id)
	if err != nil || bot.Maker == who.ID {
		return err
	}
	return c.store.SetBotMaker(ctx, id, who.ID, c.audit(who, AuditAdoptBot, "@"+bot.Username, ""))
}

// endBots ends what the bots of somebody listen to; each asks anew whether it still may.
func (c *Chat) endBots(ctx context.Context, of AccountID) error {
	bots, err := c.store.Bots(ctx, of, MaxBots)
	for _, bot := range bots {
		c.bus.Publish(SessionEnded{Account: bot.ID})
	}
	return err
}

// AddBotTo takes a bot into an open room by the room's name, for the command line.
func (c *Chat) AddBotTo(ctx context.Context, bot Account, name string) error {
	room, err := c.OpenRoomNamed(ctx, name)
	if err != nil {
		return err
	}
	return c.addMembers(ctx, room, []AccountID{bot.ID})
}

// OpenRoomNamed finds an open room by its name, for the command line.
func (c *Chat) OpenRoomNamed(ctx context.Context, name string) (RoomID, error) {
	folded := FoldName(strings.TrimPrefix(strings.TrimSpace(name), "#"))
	found, err := c.store.OpenRoomsNamed(ctx, []string{folded})
	if err != nil {
		return 0, err
	}
	link, ok := found[folded]
	if !ok {
		return 0, NotFound()
	}
	return link.ID, nil
}
