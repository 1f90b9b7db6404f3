package live

import (
	"time"

	"parley/app/chat"
)

// elsewhere is how much somebody is here by the pages of another node.
type elsewhere struct {
	presence Presence
	since    time.Time
}

// presenceElsewhere is the most that somebody is here by other nodes; the lock is held.
func (h *Hub) presenceElsewhere(id chat.AccountID) (most Presence) {
	for _, people := range h.elsewhere {
		most = max(most, people[id].presence)
	}
	return most
}

// Here is who is here by the pages of this node, and how much.
func (h *Hub) Here() map[chat.AccountID]Presence {
	h.mu.RLock()
	defer h.mu.RUnlock()
	here := make(map[chat.AccountID]Presence, len(h.people))
	for id, p := range h.people {
		if p.presence != Offline {
			here[id] = p.presence
		}
	}
	return here
}

// SetElsewhere takes over who is here by another node: all of them. Nobody there is that
// the node is gone. Of a node that was not known before nobody came just now.
func (h *Hub) SetElsewhere(node string, people map[chat.AccountID]Presence) {
	h.mu.Lock()
	defer h.mu.Unlock()
	known, was := h.elsewhere[node]
	since := time.Now()
	if !was {
		since = since.Add(-time.Hour)
	}
	before := map[chat.AccountID]Presence{}
	for id := range known {
		if people[id] != known[id].presence {
			before[id] = h.presenceOf(id)
		}
	}
	now := make(map[chat.AccountID]elsewhere, len(people))
	for id, p := range people {
		e, is := known[id]
		if !is {
			before[id] = h.presenceOf(id)
			e.since = since
		}
		e.presence = p
		now[id] = e
	}
	if h.elsewhere[node] = now; len(now) == 0 {
		delete(h.elsewhere, node)
	}
	for id, was := range before {
		if h.presenceOf(id) != was {
			h.presenceChanged(id, was)
		}
	}
}

// DeliveredRevs is up to which rev each room was told to the pages that show it; one to which
// nothing was told yet is not in it.
func (h *Hub) DeliveredRevs() map[chat.RoomID]chat.Rev {
	revs := map[chat.RoomID]chat.Rev{}
	for _, id := range h.OpenRooms() {
		if r := h.lookup(id, false); r != nil {
			if r.delivered >= 0 {
				revs[id] = r.delivered
			}
			r.mu.Unlock()
		}
	}
	return revs
}
