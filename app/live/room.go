package live

import (
	"errors"
	"log/slog"
	"runtime"
	"runtime/debug"
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
type Fetch func(since chat.Rev, events []chat.RoomChanged) (Updates, error)

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
	// Who stored changes together publishes them at the same time, and so in any order. A
	// delivery waits up to gapTries times gapPause for the change that is missing in turn;
	// then it asks the store.
	gapPause = 500 * time.Microsecond
	gapTries = 10
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
func (h *Hub) Notify(event chat.RoomChanged, fetch Fetch) {
	h.mu.RLock()
	r := h.rooms[event.Room]
	h.mu.RUnlock()
	if r == nil {
		return
	}
	r.queueMu.Lock()
	defer r.queueMu.Unlock()
	if len(r.events) == 0 {
		r.firstAt = time.Now()
	}
	r.addEvents(event)
	r.fetch = fetch
	h.startDelivery(r)
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
	for tries := 0; ; {
		runtime.Gosched() // changes that were stored together are published by then
		pages, changes, err := h.deliverOnce(r, tries < gapTries)
		switch {
		case errors.Is(err, errGap):
			tries++
			time.Sleep(gapPause)
			continue
		case err != nil:
			slog.Error("changes of a room were not delivered", "room", r.id, "error", err)
			time.Sleep(retryAfter)
		}
		tries = 0
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
func (h *Hub) deliverOnce(r *room, patient bool) (pages, changes int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queueMu.Lock()
	fetch, waiting := r.fetch, len(r.events)
	r.queueMu.Unlock()
	return len(r.listeners), waiting, h.deliver(r, fetch, patient)
}

// errGap says that the next change in turn has not been published yet.
var errGap = errors.New("live: a change is missing in turn")

// errPanic says that a fetch has failed in an unforeseen way.
var errPanic = errors.New("live: a delivery has panicked")

// deliver sends the listeners what is new, after it has removed who must not
// get it; the room's lock is held. Patient, it leaves events to the next round that
// come after one that is missing.
func (h *Hub) deliver(r *room, fetch Fetch, patient bool) (err error) {
	r.queueMu.Lock()
	events, first := r.events, r.firstAt
	r.events = nil
	r.queueMu.Unlock()
	var ready []chat.RoomChanged
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic in a delivery", "panic", p, "stack", string(debug.Stack()))
			h.requeue(r, ready, first)
			err = errPanic
		}
	}()
	if r.removed || len(r.listeners) == 0 {
		return nil
	}
	var later []chat.RoomChanged
	ready, later = inTurn(events, r.delivered)
	if !patient {
		ready, later = events, nil
	}
	defer h.requeue(r, later, first)
	if len(ready) == 0 && len(later) > 0 {
		return errGap
	}
	for more := true; more; {
		updates, err := fetch(r.delivered, ready)
		if err != nil {
			h.requeue(r, ready, first)
			return err
		}
		more = updates.More && updates.Rev > r.delivered
		h.apply(r, updates)
	}
	h.removeIfEmpty(r)
	if h.Delivered != nil && len(ready) > 0 {
		h.Delivered(time.Since(first))
	}
	return nil
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
func (h *Hub) BroadcastAfter(id chat.RoomID, fetch Fetch, f Frame) error {
	r := h.lookup(id, false)
	if r == nil {
		return nil
	}
	defer r.mu.Unlock()
	if err := h.deliver(r, fetch, false); err != nil {
		return err
	}
	h.broadcast(r, f)
	return nil
}

// Broadcast queues a frame for every page that shows a room. The frame is made when
// nobody else can broadcast, so that what it tells of comes in order; make must not wait.
func (h *Hub) Broadcast(id chat.RoomID, make func() Frame) {
	if r := h.lookup(id, false); r != nil {
		defer r.mu.Unlock()
		h.broadcast(r, make())
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
