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
	max  int // answers; beyond it, the cache begins anew
	mu   sync.RWMutex
	wave int // counts clear
	kept map[K]V
}

// caches are all there are. What is in them is shared and must not be changed.
type caches struct {
	sessions  cache[string, auth.Session] // by hash
	standings cache[place, dated[standing]]
	occupants cache[chat.RoomID, dated[[]chat.RoomMember]]
	newest    cache[chat.RoomID, newest]
	sidebars  cache[chat.AccountID, sidebar]
	moves     moves            // whose counts moved
	rosters   moves            // whose people came
	reports   cache[int, bool] // whether one waits for a decision
	openNames cache[chat.RoomID, string]
}

func newCaches() *caches {
	return &caches{sessions: cache[string, auth.Session]{max: 50_000}, standings: cache[place, dated[standing]]{max: 50_000},
		occupants: cache[chat.RoomID, dated[[]chat.RoomMember]]{max: 256}, newest: cache[chat.RoomID, newest]{max: 256},
		sidebars: cache[chat.AccountID, sidebar]{max: 2_000}, reports: cache[int, bool]{max: 1}, openNames: cache[chat.RoomID, string]{max: 2_000}, moves: moves{last: map[chat.RoomID]uint64{}}, rosters: moves{last: map[chat.RoomID]uint64{}}}
}

// moves remembers which rooms moved since when, by a clock of its own.
type moves struct {
	mu    sync.Mutex
	clock uint64
	last  map[chat.RoomID]uint64
}

func (m *moves) now() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.clock
}

func (m *moves) note(rooms []chat.RoomID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	for _, r := range rooms {
		m.last[r] = m.clock
	}
}

// since says whether a room has moved since.
func (m *moves) since(at uint64, room chat.RoomID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last[room] > at
}

// load answers with what is kept, or reads and keeps it; errors are not kept, and
// neither is what was read while something changed.
func (c *cache[K, V]) load(key K, read func() (V, error)) (V, error) {
	c.mu.RLock()
	v, ok := c.kept[key]
	wave := c.wave
	c.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		c.keep(wave, key, v)
	}
	return v, err
}

// dated is what was read at a time of moves; the zero value was never read.
type dated[V any] struct {
	at  uint64
	has bool
	is  V
}

// current is load for what is true until a room moves.
func current[K comparable, V any](c *cache[K, dated[V]], m *moves, room chat.RoomID, key K, read func() (V, error)) (V, error) {
	kept, wave := c.peek(key)
	if kept.has && !m.since(kept.at, room) {
		return kept.is, nil
	}
	at := m.now() // before it is read: it may be newer, never older
	v, err := read()
	if err == nil {
		c.keep(wave, key, dated[V]{at, true, v})
	}
	return v, err
}

// peek answers with what is kept; with the wave, what is read then can be kept.
func (c *cache[K, V]) peek(key K) (v V, wave int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.kept[key], c.wave
}

func (c *cache[K, V]) keep(wave int, key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wave != c.wave {
		return
	}
	if c.kept == nil || len(c.kept) >= c.max {
		c.kept = map[K]V{}
	}
	c.kept[key] = v
}

func (c *cache[K, V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wave++
	c.kept = nil
}

// forget is clear for one key.
func (c *cache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wave++
	delete(c.kept, key)
}

// stale says what a statement makes untrue.
type stale struct {
	accounts, sessions, rooms, reports bool
	moved                              []chat.RoomID // whose counts moved
	seated                             []place       // who came where
}

// counts marks a statement that changes nothing that is cached: counts and read
// marks only. Every other one that writes to these tables clears a cache.
const counts = "/* counts */ "

// seats marks one of a change that says by tx.seated who came into which room: it
// makes untrue what is kept of that room and that person, and nothing else.
const seats = "/* seats */ "

var writes = regexp.MustCompile(`(?:UPDATE|INSERT INTO|DELETE FROM|REPLACE INTO)\s+(accounts|sessions|rooms|memberships|reports)\b`)

// staleBy reads that from the statement itself, so that no change can forget it.
func staleBy(query string) (s stale) {
	if strings.HasPrefix(query, counts) || strings.HasPrefix(query, seats) {
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

// note gathers what the statements of a group make untrue.
func (s *stale) note(by stale) {
	s.accounts = s.accounts || by.accounts
	s.sessions = s.sessions || by.sessions
	s.rooms = s.rooms || by.rooms
	s.reports = s.reports || by.reports
}

// seat drops what is untrue by now of who came where.
func (c *caches) seat(places []place) {
	rooms := make([]chat.RoomID, len(places))
	for i, p := range places {
		rooms[i] = p.room
		c.sidebars.forget(p.who)
	}
	c.rosters.note(rooms)
}

// forget drops what is untrue by now: names and roles are in all but standings.
func (c *caches) forget(s stale) {
	if s.accounts || s.sessions {
		c.sessions.clear()
	}
	if s.rooms {
		c.standings.clear()
		c.openNames.clear()
	}
	if s.reports {
		c.reports.clear()
	}
	if len(s.moved) > 0 {
		c.moves.note(s.moved)
	}
	if len(s.seated) > 0 {
		c.seat(s.seated)
	}
	if s.accounts || s.rooms {
		c.sidebars.clear()
		c.occupants.clear()
		c.newest.clear()
	}
}
