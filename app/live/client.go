package live

import (
	"bytes"
	"encoding/binary"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"parley/app/chat"
)

const (
	maxQueueFrames = 256
	maxQueueBytes  = 256 << 10 // where as much waits, nothing more is added; one frame may be larger
	// maxCountedPerFrame is how much of one frame counts there: the list of a thousand rooms
	// is no reason to cut who gets it, when something small comes right after it.
	maxCountedPerFrame = maxQueueBytes / 4
	writeWait          = 10 * time.Second
	// closeWait is how long a closed page may take to answer.
	closeWait = time.Second
	// dropWait is how long a page that is cut for being slow may take for the frame that is
	// under way, so that it hears why.
	dropWait = 2 * time.Second
)

// Client is one open page: a socket, or a poll while it waits. What is pushed is
// queued and written by the hub's writer pool, so that nobody waits for a slow page and
// an idle one costs little.
type Client struct {
	Account chat.AccountID
	Session string      // hash
	Guest   atomic.Bool // is told of nobody but who is in a room with its person
	room    atomic.Pointer[room]
	away    atomic.Bool
	silent  atomic.Bool

	conn      net.Conn        // nil for a poll
	raw       syscall.RawConn // of conn, for writes that do not wait; nil where there are none
	writers   *writerPool
	notify    chan struct{} // of a poll: something came
	mu        sync.Mutex
	queue     [][]byte // as it goes over the wire; of a poll, the payloads
	spare     [][]byte // the list that queue was before, emptied
	size      int
	busy      bool           // waits for the writer pool, or is being written
	writer    sync.WaitGroup // counts busy
	closeCode int            // close code; nothing more is queued
	dropped   bool           // it was too slow: only the goodbye is written still
}

// NewSocket makes the page behind a connection.
func (h *Hub) NewSocket(account chat.AccountID, session []byte, conn net.Conn) *Client {
	c := &Client{Account: account, Session: string(session), conn: conn, writers: &h.writers}
	if s, ok := conn.(syscall.Conn); ok {
		c.raw, _ = s.SyscallConn() // without it the connection is closed, and writing says so
	}
	return c
}

// NewPoll makes the page behind a waiting request.
func NewPoll(account chat.AccountID, session []byte) *Client {
	return &Client{Account: account, Session: string(session), notify: make(chan struct{}, 1)}
}

// Room is the room that the page listens to; 0 for none.
func (c *Client) Room() chat.RoomID {
	if r := c.room.Load(); r != nil {
		return r.id
	}
	return 0
}

// Silent notes that nothing was heard of the page for longer than it may be quiet:
// nobody waits for its person to come back.
func (c *Client) Silent() { c.silent.Store(true) }

// Push queues a frame and returns at once. A page that cannot keep up is cut
// with 1013; it comes back and catches up.
func (c *Client) Push(f Frame) {
	if !f.Empty() && c.enqueue(f) {
		c.writers.add(c)
	}
}

// enqueue queues a frame; true: the caller must hand the page to the writer pool.
func (c *Client) enqueue(f Frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.push(f)
}

// push is enqueue while the lock is held.
func (c *Client) push(f Frame) bool {
	if c.closeCode != 0 {
		return false
	}
	if len(c.queue) >= maxQueueFrames || c.size >= maxQueueBytes {
		c.dropSlow()
		return false
	}
	c.size += min(len(f.wire), maxCountedPerFrame)
	if c.conn == nil {
		c.queue = append(c.queue, f.text)
		c.wake()
		return false
	}
	c.queue = append(c.queue, f.wire)
	return c.markBusy()
}

// markBusy notes that something waits; true: the writer pool must be told. The lock is held.
func (c *Client) markBusy() bool {
	if c.busy {
		return false
	}
	c.busy = true
	c.writer.Add(1)
	return true
}

// Finish waits until what was queued is written, for at most closeWait. Call it
// before the connection is closed, when nothing is pushed any more.
func (c *Client) Finish() {
	c.conn.SetWriteDeadline(time.Now().Add(closeWait))
	c.writer.Wait()
}

// dropSlow drops what waits: the page will ask for it again. Where it takes the rest of the
// frame under way within dropWait, it is told why.
func (c *Client) dropSlow() {
	c.closeCode = CloseOverload
	if c.conn == nil {
		c.queue = nil
		c.wake()
		return
	}
	c.queue, c.dropped = [][]byte{closeFrame(CloseOverload, "too slow")}, true
	c.conn.SetDeadline(time.Now().Add(dropWait)) // somebody waits in a write now
}

func (c *Client) wake() {
	select {
	case c.notify <- struct{}{}:
	default:
	}
}

// ExtendDeadline gives a socket d more to say something, unless it is being closed: then
// it answers false, and what the page says does not matter any more.
func (c *Client) ExtendDeadline(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closeCode == 0 {
		c.conn.SetReadDeadline(time.Now().Add(d))
	}
	return c.closeCode == 0
}

// heartbeat keeps a socket alive; a poll needs none. True: tell the writer pool.
func (c *Client) heartbeat(text Frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return false
	}
	due := c.push(ping)
	return c.push(text) || due
}

// Pong answers a ping.
func (c *Client) Pong(data []byte) { c.Push(Frame{wire: frame(opPong, data)}) }

// Close says goodbye with a code, after what is queued, and gives the other side
// closeWait to answer.
func (c *Client) Close(code int, reason string) {
	if c.enqueueClose(code, reason) {
		c.writers.add(c)
	}
}

func (c *Client) enqueueClose(code int, reason string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closeCode != 0 {
		return false
	}
	c.closeCode = code
	if c.conn == nil {
		c.wake()
		return false
	}
	c.queue = append(c.queue, closeFrame(code, reason))
	c.conn.SetDeadline(time.Now().Add(closeWait))
	return c.markBusy()
}

// cut ends a connection without a word; the code says why.
func (c *Client) cut(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closeCode == 0 {
		c.closeCode = code
	}
	c.queue = nil
	if c.conn == nil {
		c.wake()
		return
	}
	c.conn.Close()
}

// noStatus stands for a goodbye without a code; it never goes over the wire.
const noStatus = 1005

// closeFrame spells a close frame: a code and a short reason.
func closeFrame(code int, reason string) []byte {
	if code == noStatus {
		return frame(opClose, nil)
	}
	p := binary.BigEndian.AppendUint16(nil, uint16(code))
	return frame(opClose, append(p, reason...))
}

// TextSeparator is what stands between two texts in the answer to a poll: the record
// separator of ASCII, which no text holds.
const TextSeparator = "\x1e"

// NewSibling makes a page that waits together with another: it listens to a room of its
// own, and is woken with it. It is not Added; call Leave for it.
func (c *Client) NewSibling() *Client {
	return &Client{Account: c.Account, Session: c.Session, notify: c.notify}
}

// Woken is sent to when something came for a poll or for a page beside it.
func (c *Client) Woken() <-chan struct{} { return c.notify }

// Wait returns what was pushed to a poll as soon as there is something, with
// TextSeparator between the texts, or nothing after d; code is not 0 when the page was
// closed.
func (c *Client) Wait(d time.Duration) (text []byte, code int) {
	c.WaitAll(d, nil)
	return c.Pending()
}

// WaitAll waits for d, or until there is something to Take for a poll or for a page
// beside it.
func (c *Client) WaitAll(d time.Duration, beside []*Client) {
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	for {
		if c.hasOutput() || slices.ContainsFunc(beside, (*Client).hasOutput) {
			return
		}
		select {
		case <-c.notify:
		case <-timeout.C:
			return
		}
	}
}

func (c *Client) hasOutput() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) > 0 || c.closeCode != 0
}

// Pending returns what was pushed to a poll, as Wait does, and does not wait.
func (c *Client) Pending() (text []byte, code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		text = bytes.Join(c.queue, []byte(TextSeparator))
	}
	c.queue, c.size = nil, 0
	return text, c.closeCode
}
