// Package bus carries events from who caused them to who wants to know. It knows
// nothing of what an event means.
package bus

import (
	"slices"
	"sync"
	"sync/atomic"

	"parley/app/chat"
)

// Bus has two ends. Events may come late, doubled, out of order or never: the store
// holds the truth.
type Bus interface {
	chat.Bus
	// Subscribe has handle called with every event from then on; it must not wait.
	Subscribe(handle func(chat.Event))
}

// Local carries events within one process: Publish calls the subscribers one after
// another, on the goroutine of who publishes. So what one goroutine publishes arrives in
// its order; a subscriber must not wait, and must not publish itself.
type Local struct {
	mu          sync.Mutex // held while somebody subscribes
	subscribers atomic.Pointer[[]func(chat.Event)]
}

var _ Bus = (*Local)(nil)

// NewLocal makes a bus without subscribers.
func NewLocal() *Local { return &Local{} }

// Publish implements Bus.
func (b *Local) Publish(e chat.Event) {
	if list := b.subscribers.Load(); list != nil {
		for _, handle := range *list {
			handle(e)
		}
	}
}

// Subscribe implements Bus. Who subscribes gets what is published from then on.
func (b *Local) Subscribe(handle func(chat.Event)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []func(chat.Event)
	if was := b.subscribers.Load(); was != nil {
		list = slices.Clone(*was)
	}
	list = append(list, handle)
	b.subscribers.Store(&list)
}
