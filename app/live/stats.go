package live

// Stats is what a hub holds now and has done so far.
type Stats struct {
	Sockets, Polls Pages
	People         int // with a page, or gone just now
	Rooms          int // that pages show
	Broadcasts     uint64
	Deliveries     uint64 // frames of casts that were queued for pages
	WaitingFrames  int
	WaitingBytes   int
	LongestQueue   int // frames that wait for one page
}

// Pages counts pages of one transport.
type Pages struct {
	Open   int
	Opened uint64
	Closed map[string]uint64 // by reason: one of a few words
}

// CloseLost stands for a connection that ended without a word; it never goes over
// the wire (RFC 6455, section 7.1.5).
const CloseLost = 1006

// reason says in a word why a page was closed; 0 is a page that went by itself.
func reason(code int) string {
	switch code {
	case 0, 1000, 1001, noStatus:
		return "left"
	case CloseLost:
		return "lost"
	case CloseRestart:
		return "restart"
	case CloseOverload:
		return "slow"
	case CloseSessionOver:
		return "session_over"
	case CloseNotAllowed:
		return "not_allowed"
	}
	return "protocol"
}

// pageCounter counts the pages that came and went, by transport; the hub's lock is held.
type pageCounter struct {
	opened uint64
	closed map[string]uint64
}

func (t *pageCounter) leave(reason string) {
	if t.closed == nil {
		t.closed = map[string]uint64{}
	}
	t.closed[reason]++
}

// counterOf is where a page is counted.
func (h *Hub) counterOf(c *Client) *pageCounter {
	if c.conn == nil {
		return &h.polls
	}
	return &h.sockets
}

// Stats looks at every page, which nobody waits for long.
func (h *Hub) Stats() Stats {
	h.mu.RLock()
	defer h.mu.RUnlock()
	s := Stats{Sockets: h.sockets.pages(), Polls: h.polls.pages(), People: len(h.people), Rooms: len(h.rooms),
		Broadcasts: h.broadcasts.Load(), Deliveries: h.deliveries.Load()}
	for _, p := range h.people {
		for c := range p.clients {
			open := &s.Sockets.Open
			if c.conn == nil {
				open = &s.Polls.Open
			}
			*open++
			frames, bytes := c.queued()
			s.WaitingFrames += frames
			s.WaitingBytes += bytes
			s.LongestQueue = max(s.LongestQueue, frames)
		}
	}
	return s
}

func (t *pageCounter) pages() Pages {
	p := Pages{Opened: t.opened, Closed: map[string]uint64{}}
	for reason, n := range t.closed {
		p.Closed[reason] = n
	}
	return p
}

func (c *Client) queued() (frames, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue), c.size
}

// closedWith is the code with which a page was closed; 0: it was not.
func (c *Client) closedWith() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeCode
}
