package cached

import (
	"hash/maphash"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"parley/app/chat"
)

// cache keeps answers until a change makes them untrue, those asked for lately at
// most. What is read while something is forgotten is not kept: it may be older than
// the change. Between a commit and what it makes forgotten, one reader may see the change
// and the next not yet; who made it is answered after both.
//
// Not shared between callers that ask at the same time (singleflight): who has just
// changed something would be answered with what another began to read before.
type cache[K comparable, V any] struct {
	mu   sync.Mutex
	kept *simplelru.LRU[K, V]
	// generations count what was forgotten, by a hash of its key: what is read of one is
	// kept although others are forgotten meanwhile, as when everybody comes back at once.
	generations [256]uint64
	seed        maphash.Seed
}

func newCache[K comparable, V any](most int) cache[K, V] {
	kept, err := simplelru.NewLRU[K, V](most, nil)
	if err != nil {
		panic(err) // most is a constant of this package, and not 0
	}
	return cache[K, V]{kept: kept, seed: maphash.MakeSeed()}
}

// generation is the count that a key belongs to; c.mu is held.
func (c *cache[K, V]) generation(key K) *uint64 {
	return &c.generations[maphash.Comparable(c.seed, key)%uint64(len(c.generations))]
}

// forgetReads has nothing kept that is being read; c.mu is held.
func (c *cache[K, V]) forgetReads() {
	for i := range c.generations {
		c.generations[i]++
	}
}

// get answers with what is kept; with the generation, what is read then can be kept.
func (c *cache[K, V]) get(key K) (v V, ok bool, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok = c.kept.Get(key)
	return v, ok, *c.generation(key)
}

func (c *cache[K, V]) keep(generation uint64, key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation == *c.generation(key) {
		c.kept.Add(key, v)
	}
}

// load answers with what is kept, or reads and keeps it; errors are not kept.
func (c *cache[K, V]) load(key K, read func() (V, error)) (V, error) {
	v, ok, generation := c.get(key)
	if ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		c.keep(generation, key, v)
	}
	return v, err
}

func (c *cache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.generation(key)++
	c.kept.Remove(key)
}

// amend changes the value that is kept, if there is one.
func (c *cache[K, V]) amend(key K, change func(*V)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.generation(key)++
	if v, ok := c.kept.Peek(key); ok {
		change(&v)
		c.kept.Add(key, v)
	}
}

func (c *cache[K, V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgetReads()
	c.kept.Purge()
}

// forgetWhere forgets the values that is picks.
func (c *cache[K, V]) forgetWhere(is func(V) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgetReads()
	for _, key := range c.kept.Keys() {
		if v, ok := c.kept.Peek(key); ok && is(v) {
			c.kept.Remove(key)
		}
	}
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

// dated is what was read at a time of a changeClock.
type dated[V any] struct {
	at uint64
	is V
}

// loadDated is load for what is true until a room changes.
func loadDated[K comparable, V any](c *cache[K, dated[V]], clock *changeClock, room chat.RoomID, key K, read func() (V, error)) (V, error) {
	kept, ok, generation := c.get(key)
	if ok && !clock.changedSince(kept.at, room) {
		return kept.is, nil
	}
	at := clock.now() // before it is read: it may be newer, never older
	v, err := read()
	if err == nil {
		c.keep(generation, key, dated[V]{at, v})
	}
	return v, err
}
