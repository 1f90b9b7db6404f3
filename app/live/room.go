package live

import (
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"parley/app/chat"
)

// News is what a room has to tell since some rev.
type News struct {
	Rev   chat.Rev
	Frame Frame            // empty: nothing to see
	Gone  []chat.AccountID // who must not be told any more
	More  bool             // the hints tell more than one frame should hold
}

// Ask works out the news of a room since a rev: from hints that came since, where
// they carry every change in turn, else from the store.
type Ask func(since chat.Rev, hints []chat.RoomChanged) (News, error)

const (
	// maxHints is how many hints wait for a teller; what more came the store knows.
	maxHints = 1024
	// tellPause is how long a teller rests after a round, for each page that it told:
	// about what writing to one takes. What is said meanwhile is told together. After
	// a round of several changes it rests longer, up to busyFactor times as long.
	tellPause  = 2 * time.Microsecond
	busyFactor = 4
	// maxPause bounds it; below minPause resting is not worth it.
	minPause, maxPause = 100 * time.Microsecond, 10 * time.Millisecond
	// retellAfter is when a teller tries again what it could not read.
	retellAfter = 300 * time.Millisecond
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
				r = &room{id: id, told: -1, listeners: map[*Client]struct{}{}}
				h.rooms[id] = r
			}
			h.mu.Unlock()
		}
		r.mu.Lock()
		if !r.dead {
			return r
		}
		r.mu.Unlock()
	}
}

// Wake has a room told what is new, soon and in order; it does not wait. Many
// calls while one teller runs become one more round of it.
func (h *Hub) Wake(hint chat.RoomChanged, ask Ask) {
	h.mu.RLock()
	r := h.rooms[hint.Room]
	h.mu.RUnlock()
	if r == nil {
		return
	}
	r.wake.Lock()
	defer r.wake.Unlock()
	if len(r.hints) == 0 {
		r.came = time.Now()
	}
	r.remember(hint)
	r.ask = ask
	h.start(r)
}

// remember keeps hints that are to be told, at most maxHints: then the last of them
// says up to where, and not what. The room's wake is locked.
func (r *room) remember(hints ...chat.RoomChanged) {
	r.hints = append(r.hints, hints...)
	if len(r.hints) > maxHints {
		upto := chat.RoomChanged{Room: r.id}
		for _, h := range r.hints[maxHints-1:] {
			upto.Rev = max(upto.Rev, h.Rev)
		}
		r.hints = append(r.hints[:maxHints-1], upto)
	}
}

// start runs a teller unless one does; the room's wake is locked.
func (h *Hub) start(r *room) {
	if !r.busy {
		r.busy = true
		go h.tell(r)
	}
}

// tell runs until no hint waits.
func (h *Hub) tell(r *room) {
	for {
		pages, changes, err := h.tellOnce(r)
		if err != nil {
			slog.Error("a room was not told", "room", r.id, "error", err)
			time.Sleep(retellAfter)
		}
		if pause := min(time.Duration(pages*min(changes, busyFactor))*tellPause, maxPause); pause >= minPause {
			time.Sleep(pause)
		}
		r.wake.Lock()
		if len(r.hints) == 0 {
			r.busy = false
			r.wake.Unlock()
			return
		}
		r.wake.Unlock()
	}
}

// tellOnce answers with how many pages were told, and of how many changes at most.
func (h *Hub) tellOnce(r *room) (pages, changes int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wake.Lock()
	ask, hints := r.ask, len(r.hints)
	r.wake.Unlock()
	return len(r.listeners), hints, h.tellLocked(r, ask)
}

// tellLocked sends the listeners what is new, after it has put out who must not
// hear it; the room's lock is held.
func (h *Hub) tellLocked(r *room, ask Ask) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic in a teller", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	r.wake.Lock()
	hints, came := r.hints, r.came
	r.hints = nil
	r.wake.Unlock()
	if r.dead || len(r.listeners) == 0 {
		return nil
	}
	for more := true; more; {
		news, err := ask(r.told, hints)
		if err != nil {
			h.keep(r, hints, came)
			return err
		}
		r.evict(func(c *Client) bool { return slices.Contains(news.Gone, c.Account) })
		h.cast(r, news.Frame)
		more = news.More && news.Rev > r.told
		r.told = max(r.told, news.Rev)
	}
	if h.Told != nil && len(hints) > 0 {
		h.Told(time.Since(came))
	}
	return nil
}

// keep leaves hints that could not be told to the next round.
func (h *Hub) keep(r *room, hints []chat.RoomChanged, came time.Time) {
	if len(hints) == 0 {
		return
	}
	r.wake.Lock()
	defer r.wake.Unlock()
	since := r.hints
	r.hints = nil
	r.remember(append(hints, since...)...)
	r.came = came
	h.start(r)
}

// cast queues a frame for every listener; the lock is held.
func (h *Hub) cast(r *room, f Frame) {
	if f.Empty() {
		return
	}
	r.due = r.due[:0]
	for c := range r.listeners {
		if c.enqueue(f) {
			r.due = append(r.due, c)
		}
	}
	h.count(len(r.listeners))
	h.pump.add(r.due...)
	clear(r.due)
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

// CastAfter queues a frame for every page that shows a room, after what is new in
// it: who was put out meanwhile does not get it.
func (h *Hub) CastAfter(id chat.RoomID, ask Ask, f Frame) error {
	r := h.lookup(id, false)
	if r == nil {
		return nil
	}
	defer r.mu.Unlock()
	if err := h.tellLocked(r, ask); err != nil {
		return err
	}
	h.cast(r, f)
	return nil
}

// Cast queues a frame for every page that shows a room.
func (h *Hub) Cast(id chat.RoomID, f Frame) {
	if r := h.lookup(id, false); r != nil {
		h.cast(r, f)
		r.mu.Unlock()
	}
}

// Close puts everybody out of a room that is no more.
func (h *Hub) Close(id chat.RoomID) {
	if r := h.lookup(id, false); r != nil {
		r.evict(func(*Client) bool { return true })
		h.prune(r)
		r.mu.Unlock()
	}
}

// Shown lists the rooms that pages show.
func (h *Hub) Shown() []chat.RoomID {
	h.mu.RLock()
	defer h.mu.RUnlock()
	ids := make([]chat.RoomID, 0, len(h.rooms))
	for id := range h.rooms {
		ids = append(ids, id)
	}
	return ids
}
