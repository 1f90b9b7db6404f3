package live

import (
	"errors"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	// socketsPerTurn is how many sockets one turn of a writer serves.
	socketsPerTurn = 32
	// gatherBytes is how much is copied together for one system call; larger
	// frames leave by themselves.
	gatherBytes = 64 << 10
)

// writerPool writes what waits for sockets. One write that does not wait costs far less
// than waking a goroutine for it, so a few writers serve all sockets in turn; what
// is pushed while a socket waits for its turn leaves in the same system call. A
// socket whose peer does not keep up gets a goroutine of its own, so that it holds
// up nobody. Writers live only while something waits.
type writerPool struct {
	mu      sync.Mutex
	waiting []*Client // in order, each once: its busy is set
	writers int
}

// add lines sockets up whose busy was just set; the slice is not kept.
func (p *writerPool) add(due ...*Client) {
	if len(due) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, due...)
	for p.writers < runtime.GOMAXPROCS(0) && p.writers*socketsPerTurn < len(p.waiting) {
		p.writers++
		go p.run()
	}
}

// nextTurn moves sockets whose turn it is into turn; none: the writer must end.
func (p *writerPool) nextTurn(turn []*Client) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := copy(turn, p.waiting)
	if n == 0 {
		p.writers--
		p.waiting = nil
		return 0
	}
	clear(p.waiting[:n])
	if p.waiting = p.waiting[n:]; len(p.waiting) == 0 {
		p.waiting = p.waiting[:0]
	}
	return n
}

func (p *writerPool) run() {
	var turn [socketsPerTurn]*Client
	w := &socketWriter{}
	w.once = w.write
	for {
		n := p.nextTurn(turn[:])
		if n == 0 {
			return
		}
		for _, c := range turn[:n] {
			if c.flush(w) {
				p.add(c)
			}
		}
	}
}

// socketWriter is what one goroutine of the writer pool works with.
type socketWriter struct {
	gather []byte
	out    []byte // what is to be written now
	n      int
	err    error
	once   func(fd uintptr) bool // write, bound once
}

// write tries once and does not wait.
func (w *socketWriter) write(fd uintptr) bool {
	for {
		if w.n, w.err = syscall.Write(int(fd), w.out); w.err != syscall.EINTR {
			return true
		}
	}
}

// send writes frames as far as the socket takes them now, and answers with what
// is left.
func (w *socketWriter) send(raw syscall.RawConn, frames [][]byte) (rest net.Buffers, err error) {
	for len(frames) > 0 {
		n := 1
		w.out = frames[0]
		if len(frames) > 1 && len(w.out) < gatherBytes {
			w.gather = append(w.gather[:0], w.out...)
			for n < len(frames) && len(w.gather)+len(frames[n]) <= gatherBytes {
				w.gather = append(w.gather, frames[n]...)
				n++
			}
			w.out = w.gather
		}
		if err := raw.Write(w.once); err != nil {
			return nil, err
		}
		if w.err != nil && w.err != syscall.EAGAIN {
			return nil, w.err
		}
		if wrote := max(0, w.n); wrote < len(w.out) {
			return remainder(frames, wrote), nil
		}
		frames = frames[n:]
	}
	return nil, nil
}

// remainder copies the list of frames without its first bytes.
func remainder(frames [][]byte, wrote int) net.Buffers {
	for wrote >= len(frames[0]) {
		wrote -= len(frames[0])
		frames = frames[1:]
	}
	rest := append(net.Buffers(nil), frames...)
	rest[0] = rest[0][wrote:]
	return rest
}

// maxSpare is how long a list of frames is kept for the next turn.
const maxSpare = 8

// flush writes what waits for a socket. True: there is more by now, and it must
// have another turn.
func (c *Client) flush(w *socketWriter) (again bool) {
	c.mu.Lock()
	frames := c.queue
	c.queue, c.spare, c.size = c.spare, nil, 0
	c.mu.Unlock()
	var rest net.Buffers
	var err error
	if c.raw != nil {
		rest, err = w.send(c.raw, frames)
	} else {
		rest = append(rest, frames...)
	}
	if err != nil {
		c.cut(CloseLost)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if cap(frames) <= maxSpare {
		clear(frames)
		c.spare = frames[:0]
	}
	if len(rest) > 0 {
		go c.writeSlowly(rest)
		return false
	}
	if len(c.queue) > 0 {
		return true
	}
	c.busy = false
	c.writer.Done()
	return false
}

// slowBytes is how much a slow socket is given at once: what a page is cut for is not
// written any more, but for that and the frame under way.
const slowBytes = 16 << 10

// writeSlowly writes for a socket whose peer is slow, until nothing waits any more. It
// ends nowhere but behind a frame, as long as the peer takes bytes at all.
func (c *Client) writeSlowly(frames net.Buffers) {
	defer c.writer.Done()
	for begun := true; ; begun = false { // half of the first frame may be out
		c.mu.Lock()
		if len(frames) == 0 || c.dropped && !begun {
			frames, c.queue, c.size = net.Buffers(c.queue), nil, 0
		}
		closing := c.closeCode != 0
		if len(frames) == 0 {
			c.busy = false
			if !closing {
				c.conn.SetWriteDeadline(time.Time{})
			}
			c.mu.Unlock()
			return
		}
		if !closing { // a goodbye has set its own
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
		}
		c.mu.Unlock()
		n, size := 1, len(frames[0])
		for n < len(frames) && size+len(frames[n]) <= slowBytes {
			size += len(frames[n])
			n++
		}
		part := frames[:n]
		frames = frames[n:]
		switch _, err := part.WriteTo(c.conn); {
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.cut(CloseOverload)
			frames = nil
		case err != nil:
			c.cut(CloseLost)
			frames = nil
		}
	}
}
