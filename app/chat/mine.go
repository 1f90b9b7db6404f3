package chat

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"
)

// OwnStore tells people what is theirs, and forgets them.
type OwnStore interface {
	// OwnMessages lists what somebody said and that is there, by id.
	OwnMessages(ctx context.Context, who AccountID) ([]MessageID, error)
	// MessagesNamed lists these messages as they are, in any order.
	MessagesNamed(ctx context.Context, ids []MessageID) ([]Message, error)
	// ForgetAccount disables an account for good: it has another username, no profile, no
	// preferences, and nothing with which somebody could log in. Erase begins to delete what
	// it said as well. The last administrator is refused.
	ForgetAccount(ctx context.Context, who AccountID, username, name string, at time.Time, erase bool, audit AuditEntry) error
	// FilterPrefs are the preferences of those in a room who have keywords or block somebody: few.
	FilterPrefs(ctx context.Context, room RoomID) (map[AccountID]Prefs, error)
	// StatusPrefs are the preferences of all who can log in and have a status, or are not to be
	// disturbed until a time: few, and asked for once.
	StatusPrefs(ctx context.Context) (map[AccountID]Prefs, error)
	// PrefsOf are the preferences of these people.
	PrefsOf(ctx context.Context, ids []AccountID) (map[AccountID]Prefs, error)
}

// OwnMessage is one that somebody said, as he is told of it: with the room's name where he may
// see the room.
type OwnMessage struct {
	Message
	RoomName string
}

// ownAtOnce is how many messages are read at once.
const ownAtOnce = 200

// OwnMessages gives do all that the caller said, in order, a part at a time.
func (c *Chat) OwnMessages(ctx context.Context, who Account, do func(OwnMessage) error) error {
	ids, err := c.store.OwnMessages(ctx, who.ID)
	if err != nil {
		return err
	}
	rooms, err := c.store.Sidebar(ctx, who.ID)
	if err != nil {
		return err
	}
	names := map[RoomID]string{}
	for _, r := range rooms {
		names[r.ID] = r.Title()
	}
	for len(ids) > 0 {
		n := min(len(ids), ownAtOnce)
		list, err := c.store.MessagesNamed(ctx, ids[:n])
		if err != nil {
			return err
		}
		byID := map[MessageID]Message{}
		for _, m := range list {
			byID[m.ID] = m
		}
		for _, id := range ids[:n] {
			m, there := byID[id]
			if !there || m.Deleted || m.Author.ID != who.ID {
				continue
			}
			if err := do(OwnMessage{m, names[m.Room]}); err != nil {
				return err
			}
		}
		ids = ids[n:]
	}
	return nil
}

// SettingDeletion says what becomes of what somebody said who deletes his account.
const SettingDeletion = "account.delete"

// Values of SettingDeletion.
const (
	DeletionKeeps  = "keep"  // it stays, under "Deleted person"
	DeletionErases = "erase" // it goes, too
	DeletionOff    = "off"   // nobody deletes his account by himself
)

// Deletion says what becomes of what somebody said who deletes his account.
func (s Settings) Deletion() string {
	if v := s[SettingDeletion]; v != "" {
		return v
	}
	return DeletionKeeps
}

// DeletedName is what who deleted his account is called.
const DeletedName = "Deleted person"

// DeleteOwnAccount ends the caller's account for good. He wrote his username to say that he
// means it.
func (c *Chat) DeleteOwnAccount(ctx context.Context, who Account, typed string) error {
	set, err := c.store.Settings(ctx)
	if err != nil {
		return err
	}
	switch {
	case set.Deletion() == DeletionOff:
		return Forbidden("Accounts are deleted by administrators here. Ask one.")
	case who.IsBot():
		return Forbidden("A bot is removed by whoever looks after it.")
	case FoldName(strings.TrimSpace(TypedName(typed))) != FoldName(who.Username):
		return Invalid("username", "Write your username to say that you mean it.")
	}
	erase := set.Deletion() == DeletionErases
	username := "deleted-" + strconv.FormatInt(int64(who.ID), 10) + "-" + strings.ToLower(rand.Text()[:6])
	if err := c.store.ForgetAccount(ctx, who.ID, username, DeletedName, c.now(), erase,
		c.audit(who, AuditDeleteAccount, "@"+username, "")); err != nil {
		return err
	}
	c.bus.Publish(SessionEnded{Account: who.ID})
	if err := c.endBots(ctx, who.ID); err != nil {
		return err
	}
	if err := c.publishCounts(ctx, who.ID); err != nil {
		return err
	}
	if erase {
		go c.deleteMessagesOf(who.ID)
	}
	return nil
}
