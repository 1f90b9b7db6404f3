package chat

import (
	"context"
	"errors"
	"time"
)

// Operator is who has the command line: everything that an administrator has.
var Operator = Account{Role: RoleAdmin}

// AccountRecord is an account as administrators see it.
type AccountRecord struct {
	Account
	Banned   bool
	Seen     time.Time // when a session was last used; zero: none is left
	Sessions int
	Rooms    int
	Posts    int64 // messages that are still there
	Erasing  bool  // what it wrote is being deleted
}

// State chooses accounts.
type State string

// States of accounts.
const (
	StateAll      State = ""
	StateAdmins   State = "administrators"
	StateDisabled State = "deactivated"
	StateBanned   State = "banned"
	StateGuests   State = "guests"
)

// AccountRecordStore keeps what administrators do with accounts. Disabled accounts keep
// their rooms; their sessions end with the change.
type AccountRecordStore interface {
	// AccountRecords lists accounts by display name, at most limit from offset on, those
	// whose name or username begins with query only. Posts is not counted.
	AccountRecords(ctx context.Context, query string, state State, offset, limit int) ([]AccountRecord, error)
	AccountRecord(context.Context, AccountID) (AccountRecord, error)
	// DisableAccount refuses to disable the last administrator. Erase begins to delete
	// what a banned account wrote; see EraseSome.
	DisableAccount(ctx context.Context, who AccountID, at time.Time, banned, erase bool, audit AuditEntry) error
	EnableAccount(ctx context.Context, who AccountID, audit AuditEntry) error
	EndSessions(ctx context.Context, who AccountID, audit AuditEntry) error
	// Erasing lists whose messages are still to be deleted.
	Erasing(context.Context) ([]AccountID, error)
	// EraseSome deletes some of the messages of an account and answers with the
	// rooms that changed; none: there are no more, and it is not Erasing.
	EraseSome(ctx context.Context, who AccountID, at time.Time) ([]RoomChanged, error)
}

// AccountRecords lists accounts for who manages them; more says that there is a next page.
func (c *Chat) AccountRecords(ctx context.Context, who Account, query string, state State,
	page int) (list []AccountRecord, more bool, err error) {
	if err := who.May(ManagePeople); err != nil {
		return nil, false, err
	}
	list, err = c.store.AccountRecords(ctx, FoldName(query), state, page*PeoplePage, PeoplePage+1)
	if len(list) > PeoplePage {
		return list[:PeoplePage], true, err
	}
	return list, false, err
}

// AccountRecord answers with one account for who manages them.
func (c *Chat) AccountRecord(ctx context.Context, who Account, id AccountID) (AccountRecord, error) {
	if err := who.May(ManagePeople); err != nil {
		return AccountRecord{}, err
	}
	return c.store.AccountRecord(ctx, id)
}

// managed finds an account for who manages them, without what AccountRecord counts.
func (c *Chat) managed(ctx context.Context, who Account, id AccountID) (Account, error) {
	if err := who.May(ManagePeople); err != nil {
		return Account{}, err
	}
	return c.store.Account(ctx, id)
}

// SetRole makes somebody an administrator, a member or a guest. A guest stays in the rooms
// where he is, but in those of everybody; who is none any more comes into these.
func (c *Chat) SetRole(ctx context.Context, who Account, id AccountID, role Role) error {
	a, err := c.managed(ctx, who, id)
	if err != nil || a.Role == role {
		return err
	}
	if a.IsBot() {
		return Conflict("role", "A bot has no role.")
	}
	if !role.isRole() {
		return Invalid("role", "Choose one of the values in the list.")
	}
	before, err := c.store.Sidebar(ctx, id)
	if err != nil {
		return err
	}
	if err := c.store.SetRole(ctx, id, role, c.audit(who, AuditSetRole, "@"+a.Username, role.String())); err != nil {
		return err
	}
	if a.IsGuest() || role == RoleGuest {
		err = c.roleChanged(ctx, id, role == RoleGuest, before)
	} else {
		c.bus.Publish(RoomListChanged{People: []AccountID{id}})
	}
	if role < RoleAdmin {
		err = errors.Join(err, c.endBots(ctx, id))
	}
	return err
}

// DisableAccount keeps an account from logging in, and ends its sessions at once.
func (c *Chat) DisableAccount(ctx context.Context, who Account, id AccountID) error {
	a, err := c.otherAccount(ctx, who, id)
	if err != nil || a.Disabled {
		return err
	}
	return c.disableAccount(ctx, id, false, false, c.audit(who, AuditDisableAccount, "@"+a.Username, ""))
}

// BanAccount disables an account for what it did. Erase deletes everything that it
// wrote as well, in every room and conversation.
func (c *Chat) BanAccount(ctx context.Context, who Account, id AccountID, erase bool) error {
	a, err := c.otherAccount(ctx, who, id)
	if err != nil {
		return err
	}
	and := ""
	if erase {
		and = " and deleted everything that they wrote"
	}
	if err := c.disableAccount(ctx, id, true, erase, c.audit(who, AuditBanAccount, "@"+a.Username, and)); err != nil || !erase {
		return err
	}
	go c.deleteMessagesOf(id)
	return nil
}

// otherAccount finds somebody else: nobody locks himself out.
func (c *Chat) otherAccount(ctx context.Context, who Account, id AccountID) (Account, error) {
	a, err := c.managed(ctx, who, id)
	if err == nil && id == who.ID {
		err = Invalid("who", "That would lock you out. Ask another administrator.")
	}
	return a, err
}

func (c *Chat) disableAccount(ctx context.Context, id AccountID, banned, erase bool, audit AuditEntry) error {
	if err := c.store.DisableAccount(ctx, id, c.now(), banned, erase, audit); err != nil {
		return err
	}
	c.bus.Publish(SessionEnded{Account: id})
	return errors.Join(c.endBots(ctx, id), c.publishCounts(ctx, id))
}

// publishCounts tells the rooms of an account that they have one more, or one less.
func (c *Chat) publishCounts(ctx context.Context, id AccountID) error {
	rooms, err := c.store.Sidebar(ctx, id)
	for _, r := range rooms {
		if r.Kind != Direct {
			c.bus.Publish(RoomHeaderChanged{Room: r.ID})
		}
	}
	return err
}

// EnableAccount lets an account log in again, banned or not.
func (c *Chat) EnableAccount(ctx context.Context, who Account, id AccountID) error {
	a, err := c.managed(ctx, who, id)
	if err != nil || !a.Disabled {
		return err
	}
	if err := c.store.EnableAccount(ctx, id, c.audit(who, AuditEnableAccount, "@"+a.Username, "")); err != nil {
		return err
	}
	return c.publishCounts(ctx, id)
}

// EndSessions ends all sessions of somebody.
func (c *Chat) EndSessions(ctx context.Context, who Account, id AccountID) error {
	a, err := c.managed(ctx, who, id)
	if err != nil {
		return err
	}
	if err := c.store.EndSessions(ctx, id, c.audit(who, AuditEndSessions, "@"+a.Username, "")); err != nil {
		return err
	}
	c.bus.Publish(SessionEnded{Account: id})
	return nil
}

// ResumeErasing goes on to delete what banned accounts wrote, where the last
// process ended; it answers when all is deleted.
func (c *Chat) ResumeErasing(ctx context.Context) error {
	ids, err := c.store.Erasing(ctx)
	for _, id := range ids {
		c.deleteMessagesOf(id)
	}
	return err
}

// deleteMessagesOf deletes what an account wrote, a little at a time, so that others need not
// wait. What fails is done at the next start.
func (c *Chat) deleteMessagesOf(id AccountID) {
	for {
		changed, err := c.store.EraseSome(context.Background(), id, c.now())
		if err != nil || len(changed) == 0 {
			return
		}
		for _, r := range changed {
			c.bus.Publish(r)
		}
	}
}
