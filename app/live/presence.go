package live

import (
	"time"

	"parley/app/chat"
)

// Presence is how much somebody is here.
type Presence int

// The three ways of being here.
const (
	Offline Presence = iota
	Away             // a page is open, nobody looks at it
	Online
)

const (
	// presenceGrace is how long somebody may be gone before it is news: reloading a page
	// or walking through a door is not.
	presenceGrace = 20 * time.Second
	// presenceEvery collects comings and goings.
	presenceEvery = 2 * time.Second
)

// person is an account with at least one page, or one that left just now.
type person struct {
	clients  map[*Client]struct{}
	presence Presence
	hidden   bool      // wants to appear offline
	since    time.Time // when he came
	leaving  *time.Timer
	silent   bool // nothing was heard of the last page for so long that he is gone
}

// OnlineFor tells how long ago somebody came who is here.
func (h *Hub) OnlineFor(id chat.AccountID) time.Duration {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var since time.Time
	if p := h.people[id]; p != nil {
		since = p.since
	}
	for _, people := range h.elsewhere {
		if e, here := people[id]; here && (since.IsZero() || e.since.Before(since)) {
			since = e.since
		}
	}
	if since.IsZero() {
		return 0
	}
	return time.Since(since)
}

// PresenceOf tells how much somebody is here, by the pages of all nodes.
func (h *Hub) PresenceOf(id chat.AccountID) Presence {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.presenceOf(id)
}

// presenceOf is PresenceOf; the lock is held.
func (h *Hub) presenceOf(id chat.AccountID) Presence {
	now := h.presenceElsewhere(id)
	if p := h.people[id]; p != nil {
		now = max(now, p.presence)
	}
	return now
}

// Watching says whether somebody looks at a page, on any node; also of who appears offline,
// where the page is of this one.
func (h *Hub) Watching(id chat.AccountID) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if p := h.people[id]; p != nil {
		for c := range p.clients {
			if !c.away.Load() {
				return true
			}
		}
	}
	return h.presenceElsewhere(id) == Online
}

// SetAway notes that nobody looks at a page, or that somebody does again.
func (h *Hub) SetAway(c *Client, away bool) {
	c.away.Store(away)
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.people[c.Account]; p != nil {
		h.updatePresence(c.Account, p)
	}
}

// SetHidden has somebody appear offline, or as he is, from now on until his last page
// has gone; Add has the first one begin so.
func (h *Hub) SetHidden(id chat.AccountID, hidden bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.people[id]; p != nil && p.hidden != hidden {
		p.hidden = hidden
		h.updatePresence(id, p)
	}
}

// updatePresence works a person's presence out anew; the lock is held.
func (h *Hub) updatePresence(id chat.AccountID, p *person) {
	if p.leaving != nil {
		p.leaving.Stop()
		p.leaving = nil
	}
	if len(p.clients) == 0 {
		wait := presenceGrace
		if p.silent {
			wait = 0
		}
		p.leaving = time.AfterFunc(wait, func() { h.graceOver(id, p) }) // calls nobody else's code
		return
	}
	now := Away
	for c := range p.clients {
		if !c.away.Load() {
			now = Online
			break
		}
	}
	if p.hidden {
		now = Offline
	}
	if was := h.presenceOf(id); now != p.presence {
		p.presence = now
		h.presenceChanged(id, was)
	}
}

// graceOver is called when the grace of somebody without pages is over.
func (h *Hub) graceOver(id chat.AccountID, p *person) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.people[id] == p && len(p.clients) == 0 {
		was := h.presenceOf(id)
		delete(h.people, id)
		h.presenceChanged(id, was)
	}
}

// presenceChanged has a presence published within presenceEvery, if it is still another
// than it was by then; the lock is held.
func (h *Hub) presenceChanged(id chat.AccountID, was Presence) {
	if len(h.changed) == 0 {
		time.AfterFunc(presenceEvery, func() { InBackground("presence", h.publishPresence) })
	}
	if _, known := h.changed[id]; !known {
		h.changed[id] = was
	}
}

func (h *Hub) publishPresence() {
	h.mu.Lock()
	changed := make(map[chat.AccountID]Presence, len(h.changed))
	for id, was := range h.changed {
		if now := h.presenceOf(id); now != was {
			changed[id] = now
		}
	}
	clear(h.changed)
	h.mu.Unlock()
	if len(changed) > 0 {
		h.events.PresenceChanged(changed)
	}
}
