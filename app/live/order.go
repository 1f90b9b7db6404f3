package live

import (
	"cmp"
	"slices"
	"time"

	"parley/app/chat"
)

// addEvents keeps events that are to be delivered, at most maxEvents: then the last of them
// says up to where, and not what. The room's queueMu is held.
func (r *room) addEvents(events ...chat.RoomChanged) {
	r.events = append(r.events, events...)
	if len(r.events) > maxEvents {
		upto := chat.RoomChanged{Room: r.id}
		for _, h := range r.events[maxEvents-1:] {
			upto.Rev = max(upto.Rev, h.Rev)
		}
		r.events = append(r.events[:maxEvents-1], upto)
	}
}

// deliverStored brings all listeners to what the store says now; the room's lock is
// held. Events that come later and tell of the same are passed over.
func (h *Hub) deliverStored(r *room, fetch Fetch) error {
	updates, err := fetch(r.delivered, nil)
	if err != nil {
		return err
	}
	h.apply(r, updates)
	return nil
}

// apply removes who must get nothing any more, and sends the others what is new; the
// room's lock is held.
func (h *Hub) apply(r *room, updates Updates) {
	r.evict(func(c *Client) bool { return slices.Contains(updates.Gone, c.Account) })
	h.broadcast(r, updates.Frame)
	r.delivered = max(r.delivered, updates.Rev)
}

// inTurn sorts events by rev, and answers with those that carry every change from a
// rev on, and with those after a gap. Where one carries no message the store is asked
// anyway, and nothing has to be waited for.
func inTurn(events []chat.RoomChanged, delivered chat.Rev) (ready, later []chat.RoomChanged) {
	slices.SortFunc(events, func(a, b chat.RoomChanged) int { return cmp.Compare(a.Rev, b.Rev) })
	if slices.ContainsFunc(events, func(e chat.RoomChanged) bool { return e.Message == nil }) {
		return events, nil
	}
	next := delivered + 1
	for i, e := range events {
		if e.Rev > next {
			return events[:i:i], events[i:]
		}
		if e.Rev == next {
			next++
		}
	}
	return events, nil
}

// requeue leaves events that could not be delivered to the next round.
func (h *Hub) requeue(r *room, events []chat.RoomChanged, first time.Time) {
	if len(events) == 0 {
		return
	}
	r.queueMu.Lock()
	defer r.queueMu.Unlock()
	since := r.events
	r.events = nil
	r.addEvents(append(events, since...)...)
	r.firstAt = first
	h.startDelivery(r)
}
