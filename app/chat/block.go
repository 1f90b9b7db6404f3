package chat

import (
	"context"
	"slices"
)

// MaxBlocked is how many people one person blocks.
const MaxBlocked = 100

// Blocks says whether somebody blocks another one.
func (p Prefs) Blocks(id AccountID) bool { return slices.Contains(p.Blocked, id) }

// SetBlocked blocks somebody for the caller, or lets him again: he does not reach the caller
// by direct messages and notifications, and what he says in rooms is folded for the caller.
// He is not told of it, and is refused when he writes to the caller: words that nobody gets are lost.
func (c *Chat) SetBlocked(ctx context.Context, who Account, id AccountID, blocked bool) error {
	if id == who.ID {
		return Invalid("who", "You cannot block yourself.")
	}
	if _, err := c.Profile(ctx, who, id); err != nil {
		return err
	}
	return c.ChangePrefs(ctx, who, func(p *Prefs) error {
		if blocked && len(p.Blocked) >= MaxBlocked && !p.Blocks(id) {
			return Invalid("who", "You have blocked 100 people; that is as many as go.")
		}
		p.Blocked = slices.DeleteFunc(slices.Clone(p.Blocked), func(b AccountID) bool { return b == id })
		if blocked {
			p.Blocked = append(p.Blocked, id)
		}
		return nil
	})
}

// BlockedPeople are those whom the caller blocks.
func (c *Chat) BlockedPeople(ctx context.Context, who Account) ([]Person, error) {
	if len(who.Prefs.Blocked) == 0 {
		return nil, nil
	}
	return c.store.Persons(ctx, who.Prefs.Blocked)
}

// checkBlocked refuses a conversation of two in which one blocks the other.
func (c *Chat) checkBlocked(ctx context.Context, who Account, other AccountID) error {
	if who.Prefs.Blocks(other) {
		return Forbidden("You have blocked this person. Let them again on their profile to write to them.")
	}
	a, err := c.store.Account(ctx, other)
	if err == nil && a.Prefs.Blocks(who.ID) {
		err = Forbidden("You cannot write to this person.")
	}
	return err
}
