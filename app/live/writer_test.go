package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"parley/app/chat"
)

// crowd are pages that show room 7 behind real connections.
func crowd(t testing.TB, h *Hub, n int) (browsers []net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range n {
		browser, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(); browser.Close() })
		c := h.NewSocket(chat.AccountID(i+1), nil, conn)
		h.Add(c, false)
		h.listening(c, 7, 0)
		browsers = append(browsers, browser)
	}
	return browsers
}

func TestNothingIsAllocatedForADelivery(t *testing.T) {
	h := New(&witness{})
	const pages, frames = 100, 300
	for _, b := range crowd(t, h, pages) {
		go io.Copy(io.Discard, b)
	}
	f := Text(make([]byte, 600))
	round := func() {
		for range frames {
			h.Broadcast(7, func() Frame { return f })
			for h.writers.busy() {
				runtime.Gosched()
			}
		}
	}
	round() // buffers grow to their size
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	round()
	runtime.ReadMemStats(&after)
	if each := float64(after.Mallocs-before.Mallocs) / (pages * frames); each > 0.2 {
		t.Errorf("%.2f allocations for each delivery", each)
	}
}

// busy says whether something waits for a writer or is being written.
func (p *writerPool) busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writers > 0
}

func TestFramesArriveWholeAndInOrderHoweverSlowlyTheyAreRead(t *testing.T) {
	h := New(&witness{})
	browsers := crowd(t, h, 4)
	var want []byte
	var readers sync.WaitGroup
	for i := range 60 {
		want = append(want, Text(bytes.Repeat(fmt.Appendf(nil, "%d,", i), 1000+i*37)).wire...)
	}
	for i, b := range browsers {
		b.(*net.TCPConn).SetReadBuffer(4 << 10)
		readers.Go(func() {
			got := make([]byte, 0, len(want))
			for part := make([]byte, 700+i*5000); len(got) < len(want); {
				b.SetReadDeadline(time.Now().Add(20 * time.Second))
				n, err := b.Read(part)
				if err != nil {
					t.Errorf("after %d of %d bytes: %v", len(got), len(want), err)
					return
				}
				got = append(got, part[:n]...)
				if i == 0 && len(got) < 100_000 {
					time.Sleep(time.Millisecond)
				}
			}
			if !bytes.Equal(got, want) {
				t.Error("what arrived is not what was sent")
			}
		})
	}
	for i := range 60 {
		h.Broadcast(7, func() Frame { return Text(bytes.Repeat(fmt.Appendf(nil, "%d,", i), 1000+i*37)) })
		time.Sleep(time.Millisecond)
	}
	readers.Wait()
}

// A page that is cut for being slow hears that behind the frame that was under way, and
// gets nothing more of what waited.
func TestASlowPageIsToldWhyItIsCutBehindAWholeFrame(t *testing.T) {
	h := New(&witness{})
	c, browser := wired(t, h, 1)
	browser.(*net.TCPConn).SetReadBuffer(4 << 10)
	c.conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
	browser.SetDeadline(time.Now().Add(20 * time.Second))
	f := Text(bytes.Repeat([]byte("x"), 9000))
	waiting := func() int { c.mu.Lock(); defer c.mu.Unlock(); return c.size }
	pushed := 0 // before the last that waited
	for waiting() < maxQueueBytes/2 {
		c.Push(f)
		pushed++
		runtime.Gosched()
	}
	got, part := []byte{}, make([]byte, 1000)
	for waiting() > 0 { // until all that waits is being written
		n, err := browser.Read(part)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part[:n]...)
	}
	for c.closedWith() == 0 {
		c.Push(f)
	}
	done := make(chan struct{})
	go func() { c.Finish(); c.conn.Close(); close(done) }()
	rest, err := io.ReadAll(browser)
	if err != nil {
		t.Fatal(err)
	}
	<-done
	got = append(got, rest...)
	whole := 0
	for bytes.HasPrefix(got, f.wire) {
		got = got[len(f.wire):]
		whole++
	}
	if !bytes.Equal(got, closeFrame(CloseOverload, "too slow")) {
		t.Errorf("behind %d whole frames there are %d bytes, beginning with %.40q", whole, len(got), got)
	}
	if half := maxQueueBytes / 2 / len(f.wire); whole > pushed-half/2 {
		t.Errorf("%d of %d frames were written to a page that is cut", whole, pushed)
	}
}

// A page that takes nothing is dropped, and leaves nobody behind who waits for it.
func TestAPageThatTakesNothingIsDropped(t *testing.T) {
	h := New(&witness{})
	c, browser := wired(t, h, 1)
	browser.(*net.TCPConn).SetReadBuffer(4 << 10)
	c.conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
	for n := 1; n > 0; { // until the kernel takes no more
		c.conn.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, _ = c.conn.Write(make([]byte, 1<<20))
	}
	c.conn.SetWriteDeadline(time.Time{})
	f := Text(bytes.Repeat([]byte("x"), 9000))
	for c.closedWith() == 0 {
		c.Push(f)
	}
	c.writer.Wait() // which the end of dropWait ends
	if _, err := c.conn.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Error("the connection is open:", err)
	}
}
