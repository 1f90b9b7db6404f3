package live

import (
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"parley/app/chat"
)

// Updates are what changed in a room since some rev.
type Updates struct {
	Rev   chat.Rev
	Frame Frame            // empty: nothing to see
	Gone  []chat.AccountID // who gets nothing any more
	More  bool             // the events hold more than one frame should hold
}

// Fetch works out the updates of a room since a rev: from events that came since, where
// they carry every change in turn, else from the store.
type Fetch func(since chat.Rev, hints []chat.RoomChanged) (Updates, error)

const (
	// maxEvents is how many events wait for a delivery; what more came the store knows.
	maxEvents = 1024
	// deliverPause is how long a delivery rests after a round, for each page that it delivered to:
	// about what writing to one takes. What is posted meanwhile is delivered together. After
	// a round of several changes it rests longer, up to busyFactor times as long.
	deliverPause = 2 * time.Microsecond
	busyFactor   = 4
	// maxPause bounds it; below minPause resting is not worth it.
	minPause, maxPause = 100 * time.Microsecond, 10 * time.Millisecond
	// retryAfter is when a delivery tries again what it could not read.
	retryAfter = 300 * time.Millisecond
)

// lookup finds the room of open pages, locked; or nil. With create it is made.
func (h *Hub) lookup(id chat.RoomID, create bool) *room {
	for {
		h.mu.RLock()
		r := h.rooms[id]
		h.mu.RUnlock()
		if r == nil && !create {
			return nil
		}
		if r == nil {
			h.mu.Lock()
			if r = h.rooms[id]; r == nil {
				r = &room{id: id, delivered: -1, listeners: map[*Client]struct{}{}}
				h.rooms[id] = r
			}
			h.mu.Unlock()
		}
		r.mu.Lock()
		if !r.removed {
			return r
		}
		r.mu.Unlock()
	}
}

// Notify delivers what is new in a room, soon and in order; it does not wait. Many
// calls while one delivery runs become one more round of it.
func (h *Hub) Notify(hint chat.RoomChanged, ask Fetch) {
	h.mu.RLock()
	r := h.rooms[hint.Room]
	h.mu.RUnlock()
	if r == nil {
		return
	}
	r.queueMu.Lock()
	defer r.queueMu.Unlock()
	if len(r.events) == 0 {
		r.firstAt = time.Now()
	}
	r.addEvents(hint)
	r.fetch = ask
	h.startDelivery(r)
}

// addEvents keeps events that are to be delivered, at most maxEvents: then the last of them
// says up to where, and not what. The room's queueMu is held.
func (r *room) addEvents(hints ...chat.RoomChanged) {
	r.events = append(r.events, hints...)
	if len(r.events) > maxEvents {
		upto := chat.RoomChanged{Room: r.id}
		for _, h := range r.events[maxEvents-1:] {
			upto.Rev = max(upto.Rev, h.Rev)
		}
		r.events = append(r.events[:maxEvents-1], upto)
	}
}

// startDelivery runs a delivery unless one does; the room's queueMu is held.
func (h *Hub) startDelivery(r *room) {
	if !r.busy {
		r.busy = true
		go h.deliverLoop(r)
	}
}

// deliverLoop runs until no event waits.
func (h *Hub) deliverLoop(r *room) {
	for {
		pages, changes, err := h.deliverOnce(r)
		if err != nil {
			slog.Error("a room was not told", "room", r.id, "error", err)
			time.Sleep(retryAfter)
		}
		if pause := min(time.Duration(pages*min(changes, busyFactor))*deliverPause, maxPause); pause >= minPause {
			time.Sleep(pause)
		}
		r.queueMu.Lock()
		if len(r.events) == 0 {
			r.busy = false
			r.queueMu.Unlock()
			return
		}
		r.queueMu.Unlock()
	}
}

// deliverOnce answers with to how many pages it delivered, and how many changes at most.
func (h *Hub) deliverOnce(r *room) (pages, changes int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queueMu.Lock()
	ask, hints := r.fetch, len(r.events)
	r.queueMu.Unlock()
	return len(r.listeners), hints, h.deliver(r, ask)
}

// deliver sends the listeners what is new, after it has put out who must not
// hear it; the room's lock is held.
func (h *Hub) deliver(r *room, ask Fetch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic in a teller", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	r.queueMu.Lock()
	hints, came := r.events, r.firstAt
	r.events = nil
	r.queueMu.Unlock()
	if r.removed || len(r.listeners) == 0 {
		return nil
	}
	for more := true; more; {
		news, err := ask(r.delivered, hints)
		if err != nil {
			h.requeue(r, hints, came)
			return err
		}
		r.evict(func(c *Client) bool { return slices.Contains(news.Gone, c.Account) })
		h.broadcast(r, news.Frame)
		more = news.More && news.Rev > r.delivered
		r.delivered = max(r.delivered, news.Rev)
	}
	if h.Delivered != nil && len(hints) > 0 {
		h.Delivered(time.Since(came))
	}
	return nil
}

// requeue leaves events that could not be delivered to the next round.
func (h *Hub) requeue(r *room, hints []chat.RoomChanged, came time.Time) {
	if len(hints) == 0 {
		return
	}
	r.queueMu.Lock()
	defer r.queueMu.Unlock()
	since := r.events
	r.events = nil
	r.addEvents(append(hints, since...)...)
	r.firstAt = came
	h.startDelivery(r)
}

// broadcast queues a frame for every listener; the lock is held.
func (h *Hub) broadcast(r *room, f Frame) {
	if f.Empty() {
		return
	}
	r.pending = r.pending[:0]
	for c := range r.listeners {
		if c.enqueue(f) {
			r.pending = append(r.pending, c)
		}
	}
	h.count(len(r.listeners))
	h.writers.add(r.pending...)
	clear(r.pending)
}

// evict silences the listeners that must go; the lock is held.
func (r *room) evict(who func(*Client) bool) {
	for c := range r.listeners {
		if who(c) {
			delete(r.listeners, c)
			c.room.CompareAndSwap(r, nil)
			c.Close(CloseNotAllowed, "no longer allowed")
		}
	}
}

// BroadcastAfter queues a frame for every page that shows a room, after what is new in
// it: who was removed meanwhile does not get it.
func (h *Hub) BroadcastAfter(id chat.RoomID, ask Fetch, f Frame) error {
	r := h.lookup(id, false)
	if r == nil {
		return nil
	}
	defer r.mu.Unlock()
	if err := h.deliver(r, ask); err != nil {
		return err
	}
	h.broadcast(r, f)
	return nil
}

// Broadcast queues a frame for every page that shows a room.
func (h *Hub) Broadcast(id chat.RoomID, f Frame) {
	if r := h.lookup(id, false); r != nil {
		h.broadcast(r, f)
		r.mu.Unlock()
	}
}

// CloseRoom puts everybody out of a room that is no more.
func (h *Hub) CloseRoom(id chat.RoomID) {
	if r := h.lookup(id, false); r != nil {
		r.evict(func(*Client) bool { return true })
		h.removeIfEmpty(r)
		r.mu.Unlock()
	}
}

// OpenRooms lists the rooms that pages show.
func (h *Hub) OpenRooms() []chat.RoomID {
	h.mu.RLock()
	defer h.mu.RUnlock()
	ids := make([]chat.RoomID, 0, len(h.rooms))
	for id := range h.rooms {
		ids = append(ids, id)
	}
	return ids
}
