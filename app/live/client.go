package live

import (
	"bytes"
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"parley/app/chat"
)

const (
	maxQueueFrames = 256
	maxQueueBytes  = 256 << 10 // where as much waits, nothing more is added; one frame may be larger
	writeWait      = 10 * time.Second
	// closeWait is how long a closed page may take to answer.
	closeWait = time.Second
)

// Client is one open page: a socket, or a poll while it waits. What is pushed is
// queued and written by a goroutine that lives only while there is something to
// write, so that nobody waits for a slow page and an idle one costs little.
type Client struct {
	Account chat.AccountID
	Session string // hash
	room    atomic.Pointer[room]
	away    atomic.Bool

	conn   net.Conn      // nil for a poll
	notify chan struct{} // of a poll: something came
	mu     sync.Mutex
	queue  [][]byte
	heads  []int // of a poll: where each payload begins
	size   int
	busy   bool // a writer runs
	writer sync.WaitGroup
	shut   int // close code; nothing more is queued
}

// NewSocket makes the page behind a connection.
func NewSocket(account chat.AccountID, session []byte, conn net.Conn) *Client {
	return &Client{Account: account, Session: string(session), conn: conn}
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

// Push queues a frame and returns at once. A page that cannot keep up is cut
// with 1013; it comes back and catches up.
func (c *Client) Push(f Frame) {
	if f.Empty() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.push(f.wire, f.head)
}

func (c *Client) push(wire []byte, head int) {
	if c.shut != 0 {
		return
	}
	if len(c.queue) >= maxQueueFrames || c.size >= maxQueueBytes {
		c.overflow()
		return
	}
	c.queue = append(c.queue, wire)
	c.size += len(wire)
	if c.conn == nil {
		c.heads = append(c.heads, head)
		c.poke()
	} else {
		c.wake()
	}
}

// wake sees to it that a writer runs; the lock is held.
func (c *Client) wake() {
	if !c.busy {
		c.busy = true
		c.writer.Go(c.write)
	}
}

// Finish waits until what was queued is written, for at most closeWait. Call it
// before the connection is closed, when nothing is pushed any more.
func (c *Client) Finish() {
	c.conn.SetWriteDeadline(time.Now().Add(closeWait))
	c.writer.Wait()
}

// overflow drops what waits: the page will ask for it again.
func (c *Client) overflow() {
	c.shut = CloseOverload
	if c.conn == nil {
		c.queue, c.heads = nil, nil
		c.poke()
		return
	}
	c.queue = [][]byte{closeFrame(CloseOverload, "too slow")}
	c.conn.SetDeadline(time.Now().Add(closeWait)) // a writer is stuck in a write now
}

func (c *Client) poke() {
	select {
	case c.notify <- struct{}{}:
	default:
	}
}

// Alive gives a socket d more to say something, unless it is being closed: then
// it answers false, and what the page says does not matter any more.
func (c *Client) Alive(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut == 0 {
		c.conn.SetReadDeadline(time.Now().Add(d))
	}
	return c.shut == 0
}

// beat keeps a socket alive; a poll needs none.
func (c *Client) beat(text Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.push(frame(opPing, nil), 0)
		c.push(text.wire, text.head)
	}
}

// Pong answers a ping.
func (c *Client) Pong(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.push(frame(opPong, data), 0)
}

// write empties the queue: many frames, one system call.
func (c *Client) write() {
	for {
		c.mu.Lock()
		batch := net.Buffers(c.queue)
		c.queue, c.size = nil, 0
		if len(batch) == 0 {
			c.busy = false
			c.mu.Unlock()
			return
		}
		closing := c.shut != 0
		c.mu.Unlock()
		if !closing {
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
		}
		if _, err := batch.WriteTo(c.conn); err != nil {
			c.cut()
			return
		}
	}
}

// Close says goodbye with a code, after what is queued, and gives the other side
// closeWait to answer.
func (c *Client) Close(code int, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut != 0 {
		return
	}
	if c.conn == nil {
		c.shut = code
		c.poke()
		return
	}
	c.queue = append(c.queue, closeFrame(code, reason))
	c.shut = code
	c.conn.SetDeadline(time.Now().Add(closeWait))
	c.wake()
}

// cut ends a connection without a word.
func (c *Client) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut == 0 {
		c.shut = CloseOverload
	}
	c.queue = nil
	if c.conn == nil {
		c.poke()
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

// Wait returns what was pushed to a poll as soon as there is something, or
// nothing after d; code is not 0 when the page was closed.
func (c *Client) Wait(d time.Duration) (text []byte, code int) {
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	for {
		c.mu.Lock()
		queue, heads, shut := c.queue, c.heads, c.shut
		c.queue, c.heads, c.size = nil, nil, 0
		c.mu.Unlock()
		if len(queue) > 0 || shut != 0 {
			for i, w := range queue {
				queue[i] = w[heads[i]:]
			}
			return bytes.Join(queue, nil), shut
		}
		select {
		case <-c.notify:
		case <-timeout.C:
			return nil, 0
		}
	}
}
