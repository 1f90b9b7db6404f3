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

// Change is a message that changed, and the other rows that changed with it: the
// next one, when it does not go on from the same row any more, and what the
// message answers.
type Change struct {
	Message
	With []Message
}

// Delete takes back what one said, or what others said for who moderates the
// room. Nobody reads it any more; for UndoFor who deleted it can Restore it. What
// is deleted already stays so.
func (c *Chat) Delete(ctx context.Context, who Account, id MessageID) (Change, error) {
	m, p, err := c.said(ctx, who, id, Delete)
	if m.Deleted {
		return Change{Message: m}, nil
	}
	if err != nil {
		return Change{}, err
	}
	if m.Author.ID != who.ID && !p.Allows(Moderate) {
		return Change{}, Forbidden("Only who wrote a message, or a moderator or owner of the room, can delete it.")
	}
	if err := c.Limits.Take(LimitEdits, who.ID.key()); err != nil {
		return Change{}, err
	}
	if m.Author.ID != who.ID {
		ctx = c.noted(ctx, who, ActDelete, "@"+m.Author.Username, publicly(p.Room))
	}
	return c.erased(ctx, who, id)
}

// erased deletes a message, and tells it.
func (c *Chat) erased(ctx context.Context, who Account, id MessageID) (Change, error) {
	change, err := c.store.Erase(ctx, id, who.ID, c.now())
	if err == nil {
		c.bus.Tell(RoomChanged{Room: change.Room, Rev: change.Rev})
	}
	return change, err
}

// Restore brings back what the caller deleted less than UndoFor ago, to its place
// and as it was. What is not deleted stays as it is.
func (c *Chat) Restore(ctx context.Context, who Account, id MessageID) (Change, error) {
	m, p, err := c.said(ctx, who, id, Delete)
	switch {
	case err == nil:
		return Change{Message: m}, nil
	case !m.Deleted:
		return Change{}, err
	case m.Author.ID != who.ID && !p.Allows(Moderate):
		return Change{}, err
	}
	by, _, err := c.store.Deletion(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return Change{Message: m}, Gone(DeletedForGood)
	case err != nil:
		return Change{}, err
	case by != who.ID:
		return Change{}, Forbidden("Only who deleted a message can bring it back.")
	}
	if err := c.Limits.Take(LimitEdits, who.ID.key()); err != nil {
		return Change{}, err
	}
	change, err := c.store.Restore(ctx, id, who.ID, c.now().Add(-UndoFor))
	if err == nil {
		c.bus.Tell(RoomChanged{Room: change.Room, Rev: change.Rev})
	}
	return change, err
}

// CanRestore says whether the caller could Restore a message now.
func (c *Chat) CanRestore(ctx context.Context, who Account, id MessageID) bool {
	m, _, err := c.said(ctx, who, id, Delete)
	if err == nil || !m.Deleted {
		return false
	}
	by, at, err := c.store.Deletion(ctx, id)
	return err == nil && by == who.ID && c.now().Sub(at) <= UndoFor
}

// Sweep removes for good what was deleted and can no more be restored.
func (c *Chat) Sweep(ctx context.Context) error {
	return c.store.Sweep(ctx, c.now().Add(-UndoFor))
}
