package chat

import (
	"context"
	"slices"
	"time"
)

// mailDelays are how long something may wait before a mail tells of it, by Prefs.Mail.
var mailDelays = map[string]time.Duration{"": 30 * time.Minute, "4h": 4 * time.Hour, "24h": 24 * time.Hour}

// MaxMissed is of how many messages one mail tells.
const MaxMissed = 20

// MissedMessage is a message that waits for somebody, and its room as he has it.
type MissedMessage struct {
	Message
	Place SidebarRoom
}

// Missed is what waits for somebody to be told of by mail, after what a mail told of
// before: direct messages and mentions that are unread, where one is old enough and nobody
// looks at a page now. What NotifiedOf does not name him for is left out.
func (c *Chat) Missed(ctx context.Context, id AccountID, after MessageID) ([]MissedMessage, error) {
	who, err := c.store.Account(ctx, id)
	if err != nil || who.Disabled {
		return nil, err
	}
	delay, on := mailDelays[who.Prefs.Mail]
	if !on || c.Presence != nil && c.Presence.Watching(id) {
		return nil, nil
	}
	list, err := c.missedOf(ctx, who, after)
	if err != nil || !slices.ContainsFunc(list, func(m MissedMessage) bool { return c.now().Sub(m.At) >= delay }) {
		return nil, err
	}
	return list, nil
}

// missedOf is Missed however old it is, in the order in which it was said; the newest of it.
func (c *Chat) missedOf(ctx context.Context, who Account, after MessageID) (list []MissedMessage, err error) {
	rooms, err := c.store.Sidebar(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rooms {
		if r.Last <= after || r.Unread(r.Room) == 0 || r.Muted {
			continue
		}
		page, err := c.store.History(ctx, r.ID, Span{}, PageSize)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			asks := (r.Kind == Direct || m.IsFor(who.ID)) && !who.Prefs.Blocks(m.Author.ID)
			if asks && m.ID > after && m.Posts > r.Read && len(NotifiedOf(r.Room, &m, map[AccountID]Membership{who.ID: r.Membership})) > 0 {
				list = append(list, MissedMessage{m, r})
			}
		}
	}
	slices.SortFunc(list, func(a, b MissedMessage) int { return int(a.ID - b.ID) })
	return list[max(0, len(list)-MaxMissed):], nil
}

// StillMissed are those of some messages that are unread yet, as the person may see them now.
func (c *Chat) StillMissed(ctx context.Context, id AccountID, ids []MessageID) (Account, []MissedMessage, error) {
	who, err := c.store.Account(ctx, id)
	if err != nil || who.Disabled || who.Prefs.Mail == "off" || len(ids) == 0 {
		return who, nil, err
	}
	list, err := c.missedOf(ctx, who, slices.Min(ids)-1)
	return who, slices.DeleteFunc(list, func(m MissedMessage) bool { return !slices.Contains(ids, m.ID) }), err
}
