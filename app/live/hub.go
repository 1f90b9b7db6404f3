// Package live knows who is here now: the open pages, what waits to be sent to
// each, who is present, who is typing. It knows nothing of HTML or SQL, and not
// why a frame is sent.
package live

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"parley/app/chat"
)

// Close codes of a socket, beside those of RFC 6455 section 7.4.
const (
	CloseRestart     = 1012 // come back at once
	CloseOverload    = 1013 // too slow, or too many: come back and catch up
	CloseSessionOver = 4401 // log in again
	CloseNotAllowed  = 4403 // out of the room that was shown
)

// ErrDraining refuses a page while the server stops.
var ErrDraining = errors.New("live: draining")

// Hub holds every open page of this process. It is safe for concurrent use.
//
// Lock order: room.mu, room.queueMu, Hub.mu, Client.mu, writerPool.mu; each may be taken alone. Nothing
// is written to a connection under any of them.
type Hub struct {
	// Delivered is called with how long after its commit a room's updates were queued for its
	// pages, if it is set before the first page comes; it must not wait.
	Delivered func(time.Duration)
	events    Events

	broadcasts, deliveries atomic.Uint64

	mu        sync.RWMutex
	draining  bool
	people    map[chat.AccountID]*person
	elsewhere map[string]map[chat.AccountID]elsewhere // who is here by other nodes, by node
	rooms     map[chat.RoomID]*room
	changed   map[chat.AccountID]Presence // what was published last of whose presence has changed
	typing    map[chat.RoomID]map[chat.AccountID]*typist
	open      sync.WaitGroup
	sockets   pageCounter
	polls     pageCounter
	writers   writerPool
}

// Events is whom the hub calls; none of its locks is held meanwhile.
type Events interface {
	// PresenceChanged tells who came, went or turned away, at most every 2 s.
	PresenceChanged(map[chat.AccountID]Presence)
	// TypingChanged tells that the people who type in a room have changed: see TypingIn.
	TypingChanged(chat.RoomID)
}

// room is one room that at least one page shows. Its lock orders deliveries: what
// is told to the room leaves in one order.
type room struct {
	id        chat.RoomID
	mu        sync.Mutex
	delivered chat.Rev
	listeners map[*Client]struct{}
	catchUp   catchUp   // what the page that came last had missed
	pending   []*Client // scratch of broadcast
	removed   bool      // was removed from the hub; look it up again

	queueMu sync.Mutex         // guards what is below
	busy    bool               // a delivery runs
	fetch   Fetch              // of the latest event
	events  []chat.RoomChanged // what it has yet to tell
	firstAt time.Time          // when the first of them did
}

// New makes an empty hub.
func New(events Events) *Hub {
	return &Hub{events: events, people: map[chat.AccountID]*person{}, rooms: map[chat.RoomID]*room{},
		elsewhere: map[string]map[chat.AccountID]elsewhere{}, changed: map[chat.AccountID]Presence{},
		typing: map[chat.RoomID]map[chat.AccountID]*typist{}}
}

// Add makes a page known of somebody who appears offline, if he is hidden. Its owner
// must call Remove once.
func (h *Hub) Add(c *Client, hidden bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return ErrDraining
	}
	h.open.Add(1)
	h.counterOf(c).opened++
	p := h.people[c.Account]
	if p == nil {
		p = &person{clients: map[*Client]struct{}{}, since: time.Now()}
		h.people[c.Account] = p
	}
	p.clients[c] = struct{}{}
	p.hidden = hidden
	h.updatePresence(c.Account, p)
	return nil
}

// Remove forgets a page.
func (h *Hub) Remove(c *Client) {
	h.Leave(c)
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[c.Account]
	if p == nil {
		return
	}
	if _, ok := p.clients[c]; !ok {
		return
	}
	delete(p.clients, c)
	h.counterOf(c).leave(reason(c.closedWith()))
	h.open.Done()
	p.silent = c.silent.Load()
	h.updatePresence(c.Account, p)
}

// Pages counts all pages.
func (h *Hub) Pages() (n int) {
	h.each(func(*Client) { n++ })
	return n
}

// Count tells how many pages an account has open.
func (h *Hub) Count(account chat.AccountID) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if p := h.people[account]; p != nil {
		return len(p.clients)
	}
	return 0
}

// Send queues a frame for every page of an account.
func (h *Hub) Send(account chat.AccountID, f Frame) {
	if f.Empty() {
		return
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	if p := h.people[account]; p != nil {
		h.count(len(p.clients))
		for c := range p.clients {
			c.Push(f)
		}
	}
}

// SendAll queues a frame for every page there is.
func (h *Hub) SendAll(f Frame) { h.sendTo(f, func(*Client) bool { return true }) }

// SendMembers queues a frame for every page but those of guests.
func (h *Hub) SendMembers(f Frame) { h.sendTo(f, func(c *Client) bool { return !c.Guest.Load() }) }

func (h *Hub) sendTo(f Frame, whom func(*Client) bool) {
	if !f.Empty() {
		n := 0
		h.enqueueAll(func(c *Client) bool {
			if !whom(c) {
				return false
			}
			n++
			return c.enqueue(f)
		})
		h.count(n)
	}
}

// SetGuest notes what somebody who has pages open is from now on.
func (h *Hub) SetGuest(account chat.AccountID, guest bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if p := h.people[account]; p != nil {
		for c := range p.clients {
			c.Guest.Store(guest)
		}
	}
}

// IsGuest says whether somebody who has a page open is a guest.
func (h *Hub) IsGuest(account chat.AccountID) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if p := h.people[account]; p != nil {
		for c := range p.clients {
			return c.Guest.Load()
		}
	}
	return false
}

// Guests are the guests who have a page open.
func (h *Hub) Guests() (guests []chat.AccountID) {
	known := map[chat.AccountID]bool{}
	h.each(func(c *Client) {
		if c.Guest.Load() && !known[c.Account] {
			known[c.Account], guests = true, append(guests, c.Account)
		}
	})
	return guests
}

// enqueueAll hands those pages to the writer pool for which do answers true.
func (h *Hub) enqueueAll(do func(*Client) bool) {
	var due []*Client
	h.each(func(c *Client) {
		if do(c) {
			due = append(due, c)
		}
	})
	h.writers.add(due...)
}

// count notes that a frame was queued for n pages.
func (h *Hub) count(n int) {
	h.broadcasts.Add(1)
	h.deliveries.Add(uint64(n))
}

// Heartbeat queues two frames for every page: a ping that proves that the connection
// lives, and a text that proves the same to the script in the page.
func (h *Hub) Heartbeat(text Frame) {
	h.enqueueAll(func(c *Client) bool { return c.heartbeat(text) })
}

func (h *Hub) each(do func(*Client)) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, p := range h.people {
		for c := range p.clients {
			do(c)
		}
	}
}

// ConnectedAccounts is the set of accounts that have a page open.
func (h *Hub) ConnectedAccounts() map[chat.AccountID]bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	here := make(map[chat.AccountID]bool, len(h.people))
	for id, p := range h.people {
		if len(p.clients) > 0 {
			here[id] = true
		}
	}
	return here
}

// Sessions lists the sessions that open pages belong to, by hash.
func (h *Hub) Sessions() map[string]chat.AccountID {
	all := map[string]chat.AccountID{}
	h.each(func(c *Client) { all[c.Session] = c.Account })
	return all
}

// EndSessions closes the pages of some sessions of an account, or of all (nil).
func (h *Hub) EndSessions(account chat.AccountID, sessions [][]byte) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	p := h.people[account]
	if p == nil {
		return
	}
	for c := range p.clients {
		if sessions == nil {
			c.Close(CloseSessionOver, "session ended")
		}
		for _, s := range sessions {
			if c.Session == string(s) {
				c.Close(CloseSessionOver, "session ended")
			}
		}
	}
}

// Drain refuses new pages, asks the open ones to come back later (1012), and
// waits for them for at most d.
func (h *Hub) Drain(d time.Duration) {
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	h.each(func(c *Client) { c.Close(CloseRestart, "restart") })
	gone := make(chan struct{})
	go func() { h.open.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(d):
		h.each(func(c *Client) { c.cut(CloseRestart) })
	}
}
