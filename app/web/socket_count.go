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

func (a *addresses) take(address string, limit int) bool {
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

func (a *addresses) count(address string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n[address]
}

func (a *addresses) free(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n[address]--; a.n[address] <= 0 {
		delete(a.n, address)
	}
}
