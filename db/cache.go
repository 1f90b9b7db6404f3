package db

import (
	"maps"
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
	if len(rooms) == 0 {
		return
	}
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

// forgetWhere is clear for the values that is picks.
func (c *cache[K, V]) forgetWhere(is func(V) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	maps.DeleteFunc(c.values, func(_ K, v V) bool { return is(v) })
}

// forget is clear for one key.
func (c *cache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.values, key)
}

// clear forgets everything.
func (c *caches) clear() {
	c.sessions.clear()
	c.access.clear()
	c.members.clear()
	c.newest.clear()
	c.sidebars.clear()
	c.reports.clear()
	c.openNames.clear()
}
