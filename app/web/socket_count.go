package web

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// reconnectGC counts sockets that open, as all do after a break.
type reconnectGC struct {
	n    atomic.Int64
	once sync.Once
	rest *time.Timer
}

func (w *reconnectGC) add() {
	if w.n.Add(1)%manyOpened == 0 {
		w.once.Do(func() {
			w.rest = time.AfterFunc(gcDelay, func() {
				runtime.GC() // each collection halves a stack once
				debug.FreeOSMemory()
			})
		})
		w.rest.Reset(gcDelay)
	}
}

// addresses counts open pages by address.
type addresses struct {
	mu sync.Mutex
	n  map[string]int
}

// full says whether as many pages are open from an address as may be; 0 is no limit.
func (a *addresses) full(address string, limit int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return limit > 0 && a.n[address] >= limit
}

// acquire counts a page until release; false: it is one too many.
func (a *addresses) acquire(address string, limit int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if limit > 0 && a.n[address] >= limit {
		return false
	}
	if a.n == nil {
		a.n = map[string]int{}
	}
	a.n[address]++
	return true
}

func (a *addresses) release(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n[address]--; a.n[address] <= 0 {
		delete(a.n, address)
	}
}
