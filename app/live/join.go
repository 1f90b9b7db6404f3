package live

import (
	"slices"
	"time"

	"parley/app/chat"
)

// Join lets a page listen to a room, after what it missed since the rev at which
// it stands (negative: nothing was missed). The listener is the proof that its
// owner was let in; still is asked again under the room's lock, so that who was
// put out meanwhile is refused, and who is put out later is a listener that the
// teller finds. What is told afterwards follows in order.
func (h *Hub) Join(c *Client, l chat.Listener, still func() error, since chat.Rev, ask Ask) error {
	h.Leave(c)
	r := h.lookup(l.Room(), true)
	defer r.mu.Unlock()
	defer h.prune(r)
	if err := still(); err != nil {
		return err
	}
	if r.told < 0 || since >= 0 && since != r.told {
		news, err := r.since(since, ask)
		if err != nil {
			return err
		}
		if slices.Contains(news.Gone, c.Account) {
			return chat.NotFound()
		}
		if r.told < 0 {
			r.told = news.Rev
		}
		c.Push(news.Frame)
	}
	r.listeners[c] = struct{}{}
	c.room.Store(r)
	return nil
}

// missed is the answer to a page that joined: after a break all pages of a room
// ask for the same.
type missed struct {
	since chat.Rev
	news  News
	until time.Time // it is kept for as long as a break may last
}

const (
	// maxMissed bounds the frame that a room keeps for it.
	maxMissed = 32 << 10
	missedFor = 10 * time.Second
)

// since answers with what a page that stands at a rev has missed. What is kept
// will do as long as the teller goes on from no later rev; the room's lock is held.
func (r *room) since(rev chat.Rev, ask Ask) (News, error) {
	if rev < 0 {
		return ask(1<<62, nil)
	}
	if r.missed.since == rev && r.missed.news.Rev >= r.told && time.Now().Before(r.missed.until) {
		return r.missed.news, nil
	}
	news, err := ask(rev, nil)
	if err != nil || len(news.Frame.wire) > maxMissed {
		return news, err
	}
	r.missed = missed{rev, news, time.Now().Add(missedFor)}
	return news, nil
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
	h.prune(r)
}

// prune forgets a room that no page shows; its lock is held.
func (h *Hub) prune(r *room) {
	if len(r.listeners) > 0 || r.dead {
		return
	}
	r.dead = true
	h.mu.Lock()
	delete(h.rooms, r.id)
	h.mu.Unlock()
}
