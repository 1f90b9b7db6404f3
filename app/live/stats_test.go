package live

import (
	"io"
	"net"
	"testing"
)

func TestPagesAreCountedByWhyTheyWent(t *testing.T) {
	h := New(&witness{})
	here, there := net.Pipe()
	defer there.Close()
	leave := func(do func(*Client)) {
		c := h.NewSocket(1, nil, here)
		h.Add(c, false)
		do(c)
		h.Remove(c)
	}
	f := Text(make([]byte, 1000))
	leave(func(*Client) {})
	leave(func(c *Client) {
		for range 3 * maxQueueFrames {
			c.Push(f)
		}
	})
	leave(func(c *Client) { c.cut(CloseLost) })
	go io.Copy(io.Discard, there)
	for _, code := range []int{CloseSessionOver, CloseNotAllowed, CloseRestart, 1001, 1003, 1007} {
		leave(func(c *Client) { c.enqueueClose(code, "") })
	}
	h.listening(poll(h, 2), 7, 0)
	h.Broadcast(7, func() Frame { return f })
	s := h.Stats()
	want := map[string]uint64{"left": 2, "slow": 1, "lost": 1, "session_over": 1, "not_allowed": 1, "restart": 1, "protocol": 2}
	for why, n := range want {
		if s.Sockets.Closed[why] != n {
			t.Errorf("%d went as %s, want %d", s.Sockets.Closed[why], why, n)
		}
	}
	if s.Sockets.Opened != 9 || s.Sockets.Open != 0 || s.Polls.Open != 1 || s.Broadcasts != 1 || s.Deliveries != 1 || s.WaitingFrames != 1 ||
		s.LongestQueue != 1 || s.Rooms != 1 {
		t.Errorf("%+v", s)
	}
}
