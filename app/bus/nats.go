package bus

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"parley/app/chat"
)

// Servers says how the NATS servers are reached.
type Servers struct {
	Addresses   []string // nats://, tls://, ws:// or wss://; one that is away has the others take over
	Credentials string   // path of a file with a token and a key; "": none, or they stand in the addresses
	CA          string   // path of certificates that the servers' own are checked with; "": those of the system
}

// Parse reads addresses with commas between them.
func Parse(addresses string) ([]string, error) {
	var list []string
	for _, a := range strings.Split(addresses, ",") {
		a = strings.TrimSpace(a)
		u, err := url.Parse(a)
		if err != nil || u.Host == "" || !schemes[u.Scheme] {
			return nil, errors.New("an address of the bus looks like nats://bus.example.org:4222 or tls://bus.example.org:4222; several have commas between them")
		}
		list = append(list, a)
	}
	return list, nil
}

var schemes = map[string]bool{"nats": true, "tls": true, "ws": true, "wss": true}

// NATS carries events within the process as Local does, and to the other nodes by core
// NATS: hints that may be lost. It is away when no server answers; then it says so, and
// whoever wants to know asks the store.
type NATS struct {
	Local
	node    string
	subject string
	conn    *nats.Conn
	back    atomic.Pointer[func()]
	away    atomic.Bool
	stop    chan struct{}
	ended   sync.WaitGroup

	mu    sync.Mutex // guards heard
	heard map[string]func(node string, body []byte)

	sent, received, lost, breaks atomic.Uint64
}

var _ Bus = (*NATS)(nil)

const (
	// probeEvery is how often a server is asked for a sign of life, and how long it has for it.
	probeEvery = time.Second
	// maxWaiting are the messages and bytes that wait for this node; what more comes is lost.
	maxWaiting, maxWaitingBytes = 1 << 16, 32 << 20
)

// NewNATS makes a bus among the nodes of one workspace, which has a name of its own. It
// need not reach a server yet.
func NewNATS(s Servers, workspace string) (*NATS, error) {
	b := &NATS{node: rand.Text(), subject: "parley." + workspace, stop: make(chan struct{}), heard: map[string]func(string, []byte){}}
	b.away.Store(true)
	options := []nats.Option{nats.Name("parley " + b.node), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.ReconnectBufSize(-1),
		nats.NoEcho(), nats.ReconnectWait(200 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.Timeout(3 * time.Second), nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { b.isAway(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.failed(err) })}
	if s.Credentials != "" {
		options = append(options, nats.UserCredentials(s.Credentials))
	}
	if s.CA != "" {
		options = append(options, nats.RootCAs(s.CA))
	}
	var err error
	if b.conn, err = nats.Connect(strings.Join(s.Addresses, ","), options...); err != nil {
		return nil, fmt.Errorf("the bus cannot be used: %w", err)
	}
	for subject, handle := range map[string]nats.MsgHandler{b.subject + ".events": b.receive, b.subject + ".signals": b.hear} {
		sub, err := b.conn.Subscribe(subject, handle)
		if err == nil {
			err = sub.SetPendingLimits(maxWaiting, maxWaitingBytes)
		}
		if err != nil {
			b.conn.Close()
			return nil, err
		}
	}
	b.ended.Go(b.probe)
	return b, nil
}

// Close leaves the other nodes.
func (b *NATS) Close() {
	close(b.stop)
	b.ended.Wait()
	_ = b.conn.FlushTimeout(probeEvery) // what was told last; it may be away
	b.conn.Close()
}

// probe asks a server for a sign of life: a connection that only hangs looks open for long.
func (b *NATS) probe() {
	for tick := time.NewTicker(probeEvery); ; {
		if err := b.conn.FlushTimeout(probeEvery); err != nil {
			b.isAway(err)
		} else if b.away.CompareAndSwap(true, false) {
			slog.Info("the bus is there")
			if back := b.back.Load(); back != nil {
				(*back)()
			}
		}
		select {
		case <-b.stop:
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

func (b *NATS) isAway(err error) {
	if !b.away.Swap(true) {
		b.breaks.Add(1)
		slog.Warn("the bus is away; pages catch up from the store meanwhile", "error", err)
	}
}

// failed notes what the client tells of its own accord: above all that it dropped what
// came faster than it was read. Then somebody must catch up.
func (b *NATS) failed(err error) {
	b.lost.Add(1)
	if errors.Is(err, nats.ErrSlowConsumer) {
		if back := b.back.Load(); back != nil {
			(*back)()
		}
	}
	slog.Warn("the bus has trouble", "error", err)
}

// Node is the name of this process on the bus, which no other has.
func (b *NATS) Node() string { return b.node }

// Away says whether no server answers: events do not come, and are not carried away.
func (b *NATS) Away() bool { return b.away.Load() }

// OnBack has do called whenever events may have been lost, when they come again; it must
// not wait.
func (b *NATS) OnBack(do func()) { b.back.Store(&do) }

// Publish implements Bus.
func (b *NATS) Publish(e chat.Event) {
	b.Local.Publish(e)
	text, err := encode(b.node, e)
	if err == nil {
		err = b.conn.Publish(b.subject+".events", text)
	}
	if err != nil { // the store tells
		b.lost.Add(1)
		return
	}
	b.sent.Add(1)
}

func (b *NATS) receive(m *nats.Msg) {
	var w wire
	err := json.Unmarshal(m.Data, &w)
	if err != nil || w.Node == b.node {
		return
	}
	b.received.Add(1)
	e, err := decode(w)
	if err != nil {
		slog.Warn("an event of another node is not understood", "kind", w.Kind, "error", err)
		return
	}
	if e != nil {
		b.Local.Publish(e)
	}
}

// Tell tells the other nodes something that is no event of chat, and that may be lost.
func (b *NATS) Tell(kind string, body any) {
	text, err := json.Marshal(body)
	if err == nil {
		text, err = json.Marshal(wire{b.node, kind, text})
	}
	if err == nil {
		err = b.conn.Publish(b.subject+".signals", text)
	}
	if err != nil {
		b.lost.Add(1)
	}
}

// Hear has handle called with what other nodes tell of a kind.
func (b *NATS) Hear(kind string, handle func(node string, body []byte)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard[kind] = handle
}

func (b *NATS) hear(m *nats.Msg) {
	var w wire
	if err := json.Unmarshal(m.Data, &w); err != nil || w.Node == b.node {
		return
	}
	b.mu.Lock()
	handle := b.heard[w.Kind]
	b.mu.Unlock()
	if handle != nil {
		handle(w.Node, w.Body)
	}
}

// Stats counts what a bus carried.
type Stats struct {
	Away                         bool
	Sent, Received, Lost, Breaks uint64
}

// Stats tells what was carried so far.
func (b *NATS) Stats() Stats {
	return Stats{b.Away(), b.sent.Load(), b.received.Load(), b.lost.Load(), b.breaks.Load()}
}
