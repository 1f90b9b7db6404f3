package postgres

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/app/chat"
	"parley/db"
)

const (
	maxQueue = 4096 // posts that may wait; more are refused
	maxGroup = 256  // posts in one transaction
)

// poster stores posts in groups: those that queue while one group commits go into the next
// one together, in two messages to the server and one write to its disk. The rooms of
// a group are locked in the order of their ids, so that nodes do not wait in a circle.
type poster struct {
	db    *DB
	queue chan *post
	ended chan struct{}

	mu     sync.RWMutex // guards closed against a send on queue
	closed bool
}

// post is a message on its way.
type post struct {
	chat.NewMessage
	ctx  context.Context // of who posts
	text []byte
	// what it becomes
	added  chat.Added
	vector string
	err    error
	done   chan struct{}
}

func newPoster(d *DB) *poster {
	p := &poster{db: d, queue: make(chan *post, maxQueue), ended: make(chan struct{})}
	go p.run()
	return p
}

// AddMessage implements chat.MessageStore. What is only said is stored in a group; with
// files, mentions, links to rooms or as a reply it has a transaction of its own.
func (d *DB) AddMessage(ctx context.Context, n chat.NewMessage) (chat.Added, error) {
	if n.Program != nil || len(n.Previews) > 0 || len(n.Files) > 0 || n.Quote.ID != 0 || len(n.For) > 0 || n.All ||
		len(n.Text.RoomLinks()) > 0 {
		return d.Store.AddMessage(ctx, n)
	}
	text, err := json.Marshal(n.Text)
	if err != nil {
		return chat.Added{}, err
	}
	if err := ctx.Err(); err != nil {
		return chat.Added{}, err
	}
	p := &post{NewMessage: n, ctx: ctx, text: text, done: make(chan struct{})}
	if err := d.poster.enqueue(p); err != nil {
		return chat.Added{}, err
	}
	return d.AddedWithLabels(ctx, p.added, p.err)
}

func (p *poster) enqueue(one *post) error {
	p.mu.RLock()
	if p.closed {
		p.mu.RUnlock()
		return chat.Busy("The server is restarting. Try again in a moment.", 2*time.Second)
	}
	select {
	case p.queue <- one:
		p.mu.RUnlock()
	default:
		p.mu.RUnlock()
		return chat.Busy("The server has too much to do. Try again in a moment.", time.Second)
	}
	<-one.done
	return nil
}

func (p *poster) close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.queue)
	}
	p.mu.Unlock()
	<-p.ended
}

func (p *poster) run() {
	defer close(p.ended)
	var others sync.WaitGroup
	for first := range p.queue {
		runtime.Gosched() // what is ready to be stored goes into this group
		group := append(make([]*post, 0, 16), first)
	fill:
		for len(group) < maxGroup {
			select {
			case one, ok := <-p.queue:
				if !ok {
					break fill
				}
				group = append(group, one)
			default:
				break fill
			}
		}
		for _, one := range p.store(group) {
			others.Go(func() {
				one.added, one.err = p.db.Store.AddMessage(one.ctx, one.NewMessage)
				close(one.done)
			})
		}
	}
	others.Wait()
}

// store stores a group, and answers with those that want a transaction of their own: they
// were stored before, or may not be stored.
func (p *poster) store(group []*post) (others []*post) {
	ctx, done := context.WithTimeout(context.Background(), changeWithin)
	defer done()
	began := time.Now()
	group, others = apart(group)
	for n := 1; ; n++ {
		stored, left, err := p.attempt(ctx, group)
		if again(err) && n < tries {
			continue
		}
		(*engine)(p.db).committed(len(group), began, err)
		if err != nil && code(err) == uniqueViolation { // stored elsewhere a moment ago: each by itself
			return append(others, group...)
		}
		var rooms []chat.RoomID
		for _, one := range stored {
			if one.err = explain(err); err == nil {
				rooms = append(rooms, one.Room)
			}
		}
		p.db.PublishFacts(db.Facts{Counts: rooms})
		for _, one := range stored {
			close(one.done)
		}
		return append(others, left...)
	}
}

// apart keeps what one author sends twice out of a group: the second finds the first.
func apart(group []*post) (once, others []*post) {
	type key struct {
		by  chat.AccountID
		cid string
	}
	seen := map[key]bool{}
	for _, one := range group {
		if k := (key{one.Author.ID, one.CID}); seen[k] {
			others = append(others, one)
		} else {
			seen[k] = true
			once = append(once, one)
		}
	}
	return once, others
}

// attempt stores a group in one transaction. With an error all of it is what was to be
// stored, and none of it was, or nobody knows.
func (p *poster) attempt(ctx context.Context, group []*post) (stored, left []*post, err error) {
	conn, err := p.db.write.Conn(ctx)
	if err != nil {
		return group, nil, err
	}
	defer conn.Close()
	err = raw(conn, func(c *pgx.Conn) error {
		g := &posts{conn: c, locks: p.db.locks}
		if err := g.begin(ctx, group); err != nil {
			return err
		}
		if err := p.db.checkFormat(g.format, g.oldest); err != nil {
			return err
		}
		stored, left = g.number(group)
		return g.end(ctx, stored)
	})
	if err == nil {
		return stored, left, nil
	}
	if _, again := conn.ExecContext(ctx, "ROLLBACK"); again != nil {
		discard(conn)
	}
	return group, nil, err
}
