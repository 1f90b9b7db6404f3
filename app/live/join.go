package live

import (
	"slices"
	"time"

	"parley/app/chat"
)

// Join lets a page listen to a room, after what it missed since the rev at which
// it stands (negative: nothing was missed). The listener is the proof that its
// owner was let in; still is asked again under the room's lock, so that who was
// removed meanwhile is refused, and who is removed later is a listener that the
// next delivery finds. What is delivered afterwards follows in order.
func (h *Hub) Join(c *Client, l chat.Listener, still func() error, since chat.Rev, fetch Fetch) error {
	h.Leave(c)
	r := h.lookup(l.Room(), true)
	defer r.mu.Unlock()
	defer h.removeIfEmpty(r)
	if err := still(); err != nil {
		return err
	}
	ahead := false // the page, of what was delivered
	if r.delivered < 0 || since >= 0 && since != r.delivered {
		updates, err := r.changesSince(since, fetch)
		if err != nil {
			return err
		}
		if slices.Contains(updates.Gone, c.Account) {
			return chat.NotFound()
		}
		if r.delivered < 0 {
			r.delivered = updates.Rev
		}
		c.Push(updates.Frame)
		ahead = updates.Rev > r.delivered
	}
	r.listeners[c] = struct{}{}
	c.room.Store(r)
	if ahead { // else what is delivered next would lead this page back
		return h.deliverStored(r, fetch)
	}
	return nil
}

// catchUp is the answer to a page that joined: after a break all pages of a room
// ask for the same.
type catchUp struct {
	since   chat.Rev
	updates Updates
	until   time.Time // it is kept for as long as a break may last
}

const (
	// maxCatchUp bounds the frame that a room keeps for it.
	maxCatchUp  = 32 << 10
	catchUpLife = 10 * time.Second
)

// changesSince answers with what a page that stands at a rev has missed. What is kept
// will do as long as the delivery goes on from no later rev; the room's lock is held.
func (r *room) changesSince(rev chat.Rev, fetch Fetch) (Updates, error) {
	if rev < 0 {
		return fetch(chat.Latest, nil)
	}
	if r.catchUp.since == rev && r.catchUp.updates.Rev >= r.delivered && time.Now().Before(r.catchUp.until) {
		return r.catchUp.updates, nil
	}
	updates, err := fetch(rev, nil)
	if err != nil || len(updates.Frame.wire) > maxCatchUp {
		return updates, err
	}
	r.catchUp = catchUp{rev, updates, time.Now().Add(catchUpLife)}
	return updates, nil
}

// Leave stops listening. A page listens to one room at most.
func (h *Hub) Leave(c *Client) {
	r := c.room.Swap(nil)
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.listeners, c)
	h.removeIfEmpty(r)
}

// removeIfEmpty forgets a room that no page shows; its lock is held.
func (h *Hub) removeIfEmpty(r *room) {
	if len(r.listeners) > 0 || r.removed {
		return
	}
	r.removed = true
	h.mu.Lock()
	delete(h.rooms, r.id)
	h.mu.Unlock()
}
