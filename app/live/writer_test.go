package live

import (
	"bytes"
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
