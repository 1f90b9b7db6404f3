package db

import (
	"regexp"
	"sync"
)

// cache keeps what nearly every request asks for, until a change makes it untrue.
// The writer forgets it after the commit and before anybody is told that the
// change is stored; what another process changes is forgotten by Watch.
type cache[K comparable, V any] struct {
	mu   sync.RWMutex
	wave int // counts clear
	kept map[K]V
}

// maxKept bounds the answers of one cache; beyond it, it begins anew.
const maxKept = 50_000

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
	if err != nil {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if wave != c.wave {
		return v, nil
	}
	if c.kept == nil || len(c.kept) >= maxKept {
		c.kept = map[K]V{}
	}
	c.kept[key] = v
	return v, nil
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

// stale says which caches a statement makes untrue.
type stale struct{ sessions, standings bool }

// counts marks a statement that changes nothing that is cached: counts and read
// marks only. Every other one that writes to these tables clears a cache.
const counts = "/* counts */ "

var writes = regexp.MustCompile(`(?:UPDATE|INSERT INTO|DELETE FROM|REPLACE INTO)\s+(accounts|sessions|rooms|memberships)\b`)

// staleBy reads that from the statement itself, so that no change can forget it.
func staleBy(query string) (s stale) {
	if len(query) > len(counts) && query[:len(counts)] == counts {
		return s
	}
	for _, m := range writes.FindAllStringSubmatch(query, -1) {
		switch m[1] {
		case "accounts":
			s.sessions = true // names and roles are in them
		case "sessions":
			s.sessions = true
		default:
			s.standings = true
		}
	}
	return s
}

// note gathers what the statements of a group make untrue.
func (s *stale) note(by stale) {
	s.sessions = s.sessions || by.sessions
	s.standings = s.standings || by.standings
}

// forget drops what is untrue by now.
func (d *DB) forget(s stale) {
	if s.sessions {
		d.sessions.clear()
	}
	if s.standings {
		d.standings.clear()
	}
}
