package chat

import (
	"context"
	"errors"
	"time"
)

// UndoFor is how long a deletion can be undone. After that what was said is
// removed from the file.
const UndoFor = time.Minute

// DeletedForGood refuses to bring something back.
const DeletedForGood = "This message was deleted more than a minute ago, and cannot be brought back."

// MessageChange is a message that changed, and the other rows that changed with it: the
// next one, when it does not go on from the same row any more, and what the
// message answers.
type MessageChange struct {
	Message
	With []Message
}

// DeleteMessage takes back what one said, or what others said for who moderates the
// room. Nobody reads it any more; for UndoFor who deleted it can RestoreMessage it. What
// is deleted already stays so.
func (c *Chat) DeleteMessage(ctx context.Context, who Account, id MessageID) (MessageChange, error) {
	m, p, err := c.authorizeMessage(ctx, who, id, ActionDelete)
	if m.Deleted {
		return MessageChange{Message: m}, nil
	}
	if err != nil {
		return MessageChange{}, err
	}
	if !mayDelete(who, m, p) {
		return MessageChange{}, Forbidden("Only who wrote a message, or a moderator or owner of the room, can delete it.")
	}
	if err := c.Limits.Take(LimitEdits, who.ID.key()); err != nil {
		return MessageChange{}, err
	}
	audit := NoAudit
	if m.Author.ID != who.ID {
		audit = c.audit(who, AuditDeleteMessage, "@"+m.Author.Username, auditLabel(p.Room))
	}
	return c.deleteMessage(ctx, who, id, audit)
}

// mayDelete says whether somebody who is in a room may delete a message of it, and
// restore it when he did.
func mayDelete(who Account, m Message, p RoomAccess) bool {
	return m.Author.ID == who.ID || p.Allows(ActionModerate)
}

// deleteMessage deletes a message, and tells it.
func (c *Chat) deleteMessage(ctx context.Context, who Account, id MessageID, audit AuditEntry) (MessageChange, error) {
	change, err := c.store.DeleteMessage(ctx, id, who.ID, c.now(), audit)
	if err == nil {
		c.bus.Publish(RoomChanged{Room: change.Room, Rev: change.Rev})
	}
	return change, err
}

// RestoreMessage brings back what the caller deleted less than UndoFor ago, to its place
// and as it was. What is not deleted stays as it is.
func (c *Chat) RestoreMessage(ctx context.Context, who Account, id MessageID) (MessageChange, error) {
	m, p, err := c.authorizeMessage(ctx, who, id, ActionDelete)
	switch {
	case err == nil:
		return MessageChange{Message: m}, nil
	case !m.Deleted:
		return MessageChange{}, err
	case !mayDelete(who, m, p):
		return MessageChange{}, err
	}
	by, _, err := c.store.Deletion(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return MessageChange{Message: m}, gone(m.Room, DeletedForGood)
	case err != nil:
		return MessageChange{}, err
	case by != who.ID:
		return MessageChange{}, Forbidden("Only who deleted a message can bring it back.")
	}
	if err := c.Limits.Take(LimitEdits, who.ID.key()); err != nil {
		return MessageChange{}, err
	}
	change, err := c.store.RestoreMessage(ctx, id, who.ID, c.now().Add(-UndoFor))
	if err == nil {
		c.bus.Publish(RoomChanged{Room: change.Room, Rev: change.Rev})
	}
	return change, err
}

// CanRestore says whether the caller could RestoreMessage it now.
func (c *Chat) CanRestore(ctx context.Context, who Account, id MessageID) bool {
	m, p, err := c.authorizeMessage(ctx, who, id, ActionDelete)
	if err == nil || !m.Deleted || !mayDelete(who, m, p) {
		return false
	}
	by, at, err := c.store.Deletion(ctx, id)
	return err == nil && by == who.ID && c.now().Sub(at) <= UndoFor
}

// PurgeDeleted removes for good what was deleted and can no more be restored.
func (c *Chat) PurgeDeleted(ctx context.Context) error {
	return c.store.PurgeDeleted(ctx, c.now().Add(-UndoFor))
}
