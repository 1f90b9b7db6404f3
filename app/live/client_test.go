package live

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app/chat"
)

// wired makes a page behind a connection of TCP; the other end is the browser's.
func wired(t *testing.T, h *Hub, account chat.AccountID) (*Client, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	browser, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); browser.Close() })
	c := h.NewSocket(account, fmt.Append(nil, "session ", account), conn)
	if err := h.Add(c, false); err != nil {
		t.Fatal(err)
	}
	return c, browser
}

func TestFramesLeaveInOrderAndTheGoodbyeLast(t *testing.T) {
	h := New(&witness{})
	c, browser := wired(t, h, 1)
	var want strings.Builder
	for i := range 100 {
		f := Text(fmt.Appendf(nil, "frame %d", i))
		want.Write(f.wire)
		c.Push(f)
	}
	c.Close(CloseSessionOver, "session ended")
	c.Push(Text([]byte("never")))
	c.Close(CloseRestart, "never")
	want.Write(closeFrame(CloseSessionOver, "session ended"))
	c.Finish()
	c.conn.Close()
	browser.SetDeadline(time.Now().Add(20 * time.Second))
	var got strings.Builder
	for b := make([]byte, 1000); ; {
		n, err := browser.Read(b)
		got.Write(b[:n])
		if err != nil {
			break
		}
	}
	if got.String() != want.String() {
		t.Errorf("got %q", got.String())
	}
	if c.ExtendDeadline(time.Minute) {
		t.Error("a page that was sent away is alive")
	}
}

func TestDrainingSendsAllAwayAndLetsNobodyIn(t *testing.T) {
	before := runtime.NumGoroutine()
	h := New(&witness{})
	waits := poll(h, 1)
	c, browser := wired(t, h, 2)
	var gone sync.WaitGroup
	gone.Go(func() {
		b := make([]byte, 4)
		browser.SetDeadline(time.Now().Add(20 * time.Second))
		if n, err := browser.Read(b); err != nil || n < 4 || b[0] != 0x88 || int(b[2])<<8|int(b[3]) != CloseRestart {
			t.Errorf("the socket is told %x, %v", b[:n], err)
		}
		h.Remove(c)
	})
	gone.Go(func() {
		if text, code := waits.Wait(20 * time.Second); code != CloseRestart || len(text) > 0 {
			t.Errorf("the poll is told %q, %d", text, code)
		}
		h.Remove(waits)
	})
	h.Drain(20 * time.Second)
	gone.Wait()
	if err := h.Add(NewPoll(1, nil), false); !errors.Is(err, ErrDraining) {
		t.Error("let in:", err)
	}
	c.Finish()
	settle(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

func TestDrainingDoesNotWaitForEver(t *testing.T) {
	h := New(&witness{})
	c, _ := wired(t, h, 1) // says nothing, and is not removed
	h.Drain(10 * time.Millisecond)
	if _, err := c.conn.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Error("the connection was left open:", err)
	}
}

func TestAPollThatNothingComesToEndsWithNothing(t *testing.T) {
	c := NewPoll(1, nil)
	if text, code := c.Wait(time.Millisecond); text != nil || code != 0 {
		t.Errorf("got %q, %d", text, code)
	}
	c.Push(Text([]byte("one ")))
	c.Push(Text([]byte("two")))
	c.Close(CloseNotAllowed, "")
	if text, code := c.Wait(time.Hour); string(text) != "one "+TextSeparator+"two" || code != CloseNotAllowed {
		t.Errorf("got %q, %d", text, code)
	}
}

// A page beside a poll wakes it, and keeps what was told to it apart.
func TestAPollWaitsForThePagesBesideIt(t *testing.T) {
	c := NewPoll(1, []byte("session"))
	quiet, beside := c.NewSibling(), c.NewSibling()
	woken := make(chan struct{})
	go func() { c.WaitAll(time.Hour, []*Client{quiet, beside}); close(woken) }()
	beside.Push(Text([]byte("news")))
	<-woken
	for what, p := range map[string]*Client{"": c, " ": quiet, "news": beside} {
		if text, code := p.Pending(); string(text) != strings.TrimSpace(what) || code != 0 {
			t.Errorf("%q: got %q, %d", what, text, code)
		}
	}
	quiet.Close(CloseNotAllowed, "")
	c.WaitAll(time.Hour, []*Client{quiet, beside})
	if _, code := quiet.Pending(); code != CloseNotAllowed {
		t.Error("its end is told as", code)
	}
}
