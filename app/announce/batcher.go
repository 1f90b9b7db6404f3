package announce

import (
	"sync"
	"time"

	"parley/app/live"
)

// batcher collects what is due and does it together: the first at most
// every after it came. The next round waits the longer the longer the last one
// took, so that these rounds never take more than a small part of the time.
type batcher[K comparable] struct {
	every time.Duration
	what  string // for the log
	do    func([]K)

	mu      sync.Mutex
	due     map[K]struct{}
	running bool // a round, or the wait for one
	stopped bool
	wait    time.Duration
	rounds  sync.WaitGroup
}

// batchPauseFactor is how many times as long as a round took the next one waits at least.
const batchPauseFactor = 15

// add notes what is due; it does not wait.
func (b *batcher[K]) add(keys ...K) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(keys) == 0 || b.stopped {
		return
	}
	if b.due == nil {
		b.due = map[K]struct{}{}
	}
	if !b.running {
		b.running = true
		time.AfterFunc(max(b.every, b.wait), b.round)
	}
	for _, k := range keys {
		b.due[k] = struct{}{}
	}
}

// stop drops what is due, refuses what comes and waits for the round that runs.
func (b *batcher[K]) stop() {
	b.mu.Lock()
	b.stopped, b.due = true, nil
	b.mu.Unlock()
	b.rounds.Wait()
}

func (b *batcher[K]) round() {
	b.mu.Lock()
	if b.stopped {
		b.mu.Unlock()
		return
	}
	b.rounds.Add(1)
	keys := make([]K, 0, len(b.due))
	for k := range b.due {
		keys = append(keys, k)
	}
	b.due = nil
	b.mu.Unlock()
	live.InBackground(b.what, func() {
		start := time.Now()
		defer func() { // also after a panic: others are due
			b.mu.Lock()
			defer b.mu.Unlock()
			defer b.rounds.Done()
			b.wait = batchPauseFactor * time.Since(start)
			if b.running = len(b.due) > 0; b.running {
				time.AfterFunc(max(b.every, b.wait), b.round)
			}
		}()
		b.do(keys)
	})
}
