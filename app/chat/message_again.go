package chat

import (
	"context"
)

// PostedBefore finds the message that a client id of the caller already made.
func (c *Chat) PostedBefore(ctx context.Context, who Account, cid string) (Message, error) {
	return c.postedBefore(ctx, who, Draft{CID: cid})
}

// postedBefore finds the message that a repeated draft already made.
func (c *Chat) postedBefore(ctx context.Context, who Account, d Draft) (Message, error) {
	if d.CID == "" {
		return Message{}, ErrNotFound
	}
	m, err := c.store.MessageByCID(ctx, who.ID, d.CID)
	if err != nil {
		return m, err
	}
	return c.repeatOf(ctx, who, m)
}

// repeatOf answers a repeat with what was made of the first, for who may still read
// it: a client id opens no room.
func (c *Chat) repeatOf(ctx context.Context, who Account, m Message) (Message, error) {
	if _, err := c.authorize(ctx, who, m.Room, ActionRead); err != nil {
		return Message{}, NotFound()
	}
	m.Again = true
	return m, nil
}
