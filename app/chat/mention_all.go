package chat

import (
	"context"
	"fmt"
	"slices"
)

// SmallRoom is how many people a room has at most for @room and @here to be
// everybody's; in a larger one its owners may, and have to confirm it.
const SmallRoom = 30

// The two names that call many people at once; nobody can be called so.
const (
	AtRoom = "room" // everybody who is in the room now
	AtHere = "here" // those of them who are online now
)

// Presence tells who is online now.
type Presence interface {
	Online(AccountID) bool
	// Watching says whether somebody looks at a page now, be he hidden from others or not.
	Watching(AccountID) bool
}

// mentionAll works out whether a message calls many people, and may: which of the two
// names mean it, and whom the message is for by that.
func (c *Chat) mentionAll(ctx context.Context, who Account, n *NewMessage, confirm int) (calls []string, err error) {
	names := n.Text.NotifyingNames()
	all, here := slices.Contains(names, AtRoom), slices.Contains(names, AtHere)
	if !all && !here {
		return nil, nil
	}
	p, err := c.ReadableRoom(ctx, who, n.Room)
	if err != nil || !p.Allows(ActionMentionAll) {
		return nil, err
	}
	if p.People > SmallRoom && confirm < p.People {
		if all {
			return nil, Confirm(p.People, fmt.Sprintf("This will notify all %d people of %s.", p.People, p.Label()))
		}
		return nil, Confirm(p.People, fmt.Sprintf("This will notify everybody who is online of the %d people of %s.", p.People, p.Label()))
	}
	if n.All = all; all || c.Presence == nil {
		return []string{AtRoom, AtHere}, nil
	}
	inside, err := c.store.Members(ctx, n.Room)
	for _, o := range inside {
		if o.ID != who.ID && c.Presence.Online(o.ID) {
			n.For = append(n.For, o.ID)
		}
	}
	return []string{AtHere}, err
}

// recall is what mentionAll is for an edit: it calls nobody anew, and is still for whom
// it was for as long as it says so.
func (n *NewMessage) recall(was Message) (calls []string) {
	names := n.Text.NotifyingNames()
	for _, name := range was.Text.calledNames() {
		if !slices.Contains(names, name) {
			continue
		}
		calls = append(calls, name)
		if name == AtRoom {
			n.All = was.All
		} else {
			n.For = slices.Clone(was.For)
		}
	}
	return calls
}
