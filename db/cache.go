package db

import (
	"regexp"
	"strings"
	"sync"

	"parley/app/auth"
	"parley/app/chat"
)

// cache keeps what nearly every request asks for, until a change makes it untrue.
// The writer forgets it after the commit and before anybody is told that the
// change is stored; what another process changes is forgotten by Watch.
type cache[K comparable, V any] struct {
	max        int // answers; beyond it, the cache begins anew
	mu         sync.RWMutex
	generation int // counts clear
	values     map[K]V
}

// caches are all there are. What is in them is shared and must not be changed.
type caches struct {
	sessions      cache[string, auth.Session] // by hash
	access        cache[roomAccount, datedValue[cachedAccess]]
	members       cache[chat.RoomID, datedValue[[]chat.RoomMember]]
	newest        cache[chat.RoomID, newest]
	sidebars      cache[chat.AccountID, sidebar]
	countChanges  changeClock      // whose counts moved
	memberChanges changeClock      // whose people came
	reports       cache[int, bool] // whether one waits for a decision
	openNames     cache[chat.RoomID, string]
}

func newCaches() *caches {
	return &caches{sessions: cache[string, auth.Session]{max: 50_000}, access: cache[roomAccount, datedValue[cachedAccess]]{max: 50_000},
		members: cache[chat.RoomID, datedValue[[]chat.RoomMember]]{max: 256}, newest: cache[chat.RoomID, newest]{max: 256},
		sidebars: cache[chat.AccountID, sidebar]{max: 2_000}, reports: cache[int, bool]{max: 1}, openNames: cache[chat.RoomID, string]{max: 2_000}, countChanges: changeClock{last: map[chat.RoomID]uint64{}}, memberChanges: changeClock{last: map[chat.RoomID]uint64{}}}
}

// changeClock remembers which rooms moved since when, by a clock of its own.
type changeClock struct {
	mu    sync.Mutex
	clock uint64
	last  map[chat.RoomID]uint64
}

func (m *changeClock) now() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.clock
}

func (m *changeClock) mark(rooms []chat.RoomID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	for _, r := range rooms {
		m.last[r] = m.clock
	}
}

// changedSince says whether a room has moved since.
func (m *changeClock) changedSince(at uint64, room chat.RoomID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last[room] > at
}

// load answers with what is kept, or reads and keeps it; errors are not kept, and
// neither is what was read while something changed.
func (c *cache[K, V]) load(key K, read func() (V, error)) (V, error) {
	c.mu.RLock()
	v, ok := c.values[key]
	wave := c.generation
	c.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		c.store(wave, key, v)
	}
	return v, err
}

// datedValue is what was read at a time of moves; the zero value was never read.
type datedValue[V any] struct {
	at  uint64
	has bool
	is  V
}

// loadCurrent is load for what is true until a room moves.
func loadCurrent[K comparable, V any](c *cache[K, datedValue[V]], m *changeClock, room chat.RoomID, key K, read func() (V, error)) (V, error) {
	kept, wave := c.get(key)
	if kept.has && !m.changedSince(kept.at, room) {
		return kept.is, nil
	}
	at := m.now() // before it is read: it may be newer, never older
	v, err := read()
	if err == nil {
		c.store(wave, key, datedValue[V]{at, true, v})
	}
	return v, err
}

// get answers with what is kept; with the generation, what is read then can be kept.
func (c *cache[K, V]) get(key K) (v V, wave int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.values[key], c.generation
}

func (c *cache[K, V]) store(wave int, key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wave != c.generation {
		return
	}
	if c.values == nil || len(c.values) >= c.max {
		c.values = map[K]V{}
	}
	c.values[key] = v
}

func (c *cache[K, V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.values = nil
}

// forget is clear for one key.
func (c *cache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.values, key)
}

// invalidation says what a statement makes untrue.
type invalidation struct {
	accounts, sessions, rooms, reports bool
	countsChanged                      []chat.RoomID    // whose counts moved
	joined                             []roomAccount    // who came where
	sidebars                           []chat.AccountID // whose read marks moved
	touched                            []string         // sessions, by hash
}

// countsOnly marks a statement that changes nothing that is cached: counts and read
// marks only. Every other one that writes to these tables clears a cache.
const countsOnly = "/* counts */ "

// membersOnly marks one of a change that says by tx.memberJoined who came into which room: it
// makes untrue what is kept of that room and that person, and nothing else.
const membersOnly = "/* seats */ "

var writes = regexp.MustCompile(`(?:UPDATE|INSERT INTO|DELETE FROM|REPLACE INTO)\s+(accounts|sessions|rooms|memberships|reports)\b`)

// invalidatedBy reads that from the statement itself, so that no change can forget it.
func invalidatedBy(query string) (s invalidation) {
	if strings.HasPrefix(query, countsOnly) || strings.HasPrefix(query, membersOnly) {
		return s
	}
	for _, m := range writes.FindAllStringSubmatch(query, -1) {
		switch m[1] {
		case "accounts":
			s.accounts = true
		case "sessions":
			s.sessions = true
		case "reports":
			s.reports = true
		default:
			s.rooms = true
		}
	}
	return s
}

// merge gathers what the statements of a group make untrue.
func (s *invalidation) merge(by invalidation) {
	s.accounts = s.accounts || by.accounts
	s.sessions = s.sessions || by.sessions
	s.rooms = s.rooms || by.rooms
	s.reports = s.reports || by.reports
}

// invalidateMembers drops what is untrue by now of who came where.
func (c *caches) invalidateMembers(places []roomAccount) {
	rooms := make([]chat.RoomID, len(places))
	for i, p := range places {
		rooms[i] = p.room
		c.sidebars.forget(p.who)
	}
	c.memberChanges.mark(rooms)
}

// invalidate drops what is untrue by now: names and roles are in all but access.
func (c *caches) invalidate(s invalidation) {
	if s.accounts || s.sessions {
		c.sessions.clear()
	}
	if s.rooms {
		c.access.clear()
		c.openNames.clear()
	}
	if s.reports {
		c.reports.clear()
	}
	if len(s.countsChanged) > 0 {
		c.countChanges.mark(s.countsChanged)
	}
	if len(s.joined) > 0 {
		c.invalidateMembers(s.joined)
	}
	for _, hash := range s.touched {
		c.sessions.forget(hash)
	}
	for _, who := range s.sidebars {
		c.sidebars.forget(who)
	}
	if s.accounts || s.rooms {
		c.sidebars.clear()
		c.members.clear()
		c.newest.clear()
	}
}
