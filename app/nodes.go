package app

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"parley/app/bus"
	"parley/app/chat"
	"parley/app/job"
	"parley/app/live"
)

const (
	// followEvery is how often the store is asked what is new, while no bus tells.
	followEvery = 400 * time.Millisecond
	// presenceEvery is how often a node says who is here, and presenceLife how long that is
	// believed.
	presenceEvery = 2 * time.Second
	presenceLife  = 6 * time.Second
	// presencePart is how many people one message names.
	presencePart = 20_000
)

// Jobs that one of all nodes does. Their locks have these numbers, and nodes of two versions run
// side by side, so only ever append.
const (
	jobSessions = iota
	jobRetention
	jobPurge
	jobPictures
	jobErasing
	jobWebhooks
	jobPushes
	jobPreviews
	jobMails
	jobDirectory
)

// nodeName is how metrics call a node: its machine, and the port where it listens.
func nodeName(listen string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	if _, port, err := net.SplitHostPort(listen); err == nil {
		return net.JoinHostPort(host, port)
	}
	return host
}

// leads says whether this node does a job now: where a store is shared, one of them does.
func (a *App) leads(ctx context.Context, job int) bool {
	s, shared := a.store.(interface {
		Lead(ctx context.Context, job int) bool
	})
	return !shared || s.Lead(ctx, job)
}

// openBus makes the bus that events go by.
func (a *App) openBus(ctx context.Context) (bus.Bus, error) {
	if !Shared(a.config.Data) {
		if len(a.config.Bus.Addresses) > 0 {
			return nil, errors.New("a bus is between nodes that share a PostgreSQL: --bus needs --data postgres://…")
		}
		return bus.NewLocal(), nil
	}
	n := &nodes{app: a, wake: make(chan struct{}, 1), told: job.New(presenceEvery, 0), known: map[chat.RoomID]chat.Rev{},
		heard: map[string]*node{}}
	a.nodes = n
	if len(a.config.Bus.Addresses) == 0 {
		n.events = bus.NewLocal()
		return n.events, nil
	}
	name, err := a.store.(interface {
		Name(context.Context) (string, error)
	}).Name(ctx)
	if err != nil {
		return nil, err
	}
	if n.nats, err = bus.NewNATS(a.config.Bus, name); err != nil {
		return nil, err
	}
	n.events = &n.nats.Local
	return n.nats, nil
}

// busDetail says in a line how the bus does.
func (a *App) busDetail() string {
	switch {
	case a.nodes == nil || a.nodes.nats == nil:
		return ""
	case a.nodes.nats.Away():
		return "bus: away, the store is asked for what other nodes do\n"
	}
	return "bus: there\n"
}

// nodes keeps the pages of this node up with what other nodes do: by the bus, and while
// that is away, or there is none, by asking the store.
type nodes struct {
	app    *App
	nats   *bus.NATS // nil: there is none
	events *bus.Local
	wake   chan struct{} // something is to be looked for at once
	told   *job.Loop     // of telling who is here; woken when somebody came or went
	done   sync.WaitGroup

	othersAway atomic.Bool // a node tells what does not arrive

	mu    sync.Mutex
	known map[chat.RoomID]chat.Rev // that was told of here
	heard map[string]*node
	back  time.Time // since when the bus is there
	stale bool      // events may have been lost
}

func (a *App) startNodes(ctx context.Context) {
	n := a.nodes
	if n == nil {
		return
	}
	n.stale = true
	n.events.Subscribe(n.note)
	n.done.Go(func() { n.follow(ctx) })
	if n.nats == nil {
		return
	}
	n.nats.OnBack(func() {
		n.mu.Lock()
		n.back = time.Now()
		n.mu.Unlock()
		n.lookAgain()
		n.nats.Tell("hello", nil)
		n.told.Wake()
	})
	n.nats.Hear("hello", func(string, []byte) { // what that node told before did not arrive
		n.lookAgain()
		n.told.Wake()
	})
	n.nats.Hear("here", n.hear)
	a.announcer.OnPresence = n.told.Wake
	n.done.Go(func() { n.tellPresence(ctx) })
	n.done.Go(func() { n.noteNode(ctx) })
}

// note remembers what was told of a room, and has nobody type who has just said something,
// on whichever node.
func (n *nodes) note(e chat.Event) {
	r, is := e.(chat.RoomChanged)
	if !is {
		return
	}
	n.mu.Lock()
	if len(n.known) > maxKnown {
		clear(n.known) // it is told again
	}
	n.known[r.Room] = max(n.known[r.Room], r.Rev)
	n.mu.Unlock()
	if hub := n.app.announcer.Hub; r.Message != nil && len(hub.TypingIn(r.Room)) > 0 {
		live.InBackground("typing", func() { hub.StopTyping(r.Room, r.Message.Author.ID) })
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// changed has the rooms that are shown looked at: something was changed that no event may
// have told of.
func (n *nodes) changed() {
	if n == nil {
		return
	}
	if n.away() {
		n.lookAgain()
	}
	poke(n.wake)
}

// away says whether events may be missing: no server of the bus answers here, or none
// answers another node.
func (n *nodes) away() bool { return n.nats == nil || n.nats.Away() || n.othersAway.Load() }

// noteEvery is how often nodes tell each other by the store how the bus does.
const noteEvery = time.Second

// noteNode tells the other nodes by the store whether this one hears the bus, and learns
// the same of them.
func (n *nodes) noteNode(ctx context.Context) {
	store, can := n.app.store.(interface {
		NoteNode(ctx context.Context, name string, away bool) (othersAway bool, err error)
	})
	if !can {
		return
	}
	job.New(noteEvery, 0).Run(ctx, nil, func(ctx context.Context) {
		asking, cancel := context.WithTimeout(ctx, followTimeout)
		defer cancel()
		away, err := store.NoteNode(asking, n.nats.Node(), n.nats.Away())
		if was := n.othersAway.Load(); err == nil && was != away {
			n.othersAway.Store(away)
			n.lookAgain() // what was told in between did not arrive
		}
	})
}

// lookAgain has everything looked at once that events tell of.
func (n *nodes) lookAgain() {
	n.mu.Lock()
	n.stale = true
	n.mu.Unlock()
	poke(n.wake)
}

// stop waits for what was begun, and leaves the bus.
func (n *nodes) stop() {
	if n == nil {
		return
	}
	n.done.Wait()
	if n.nats != nil {
		n.nats.Close()
	}
}
