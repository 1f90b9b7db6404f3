package app

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
)

// longest bounds every wait of these tests: long, for busy machines.
const longest = 45 * time.Second

// slowed says that the race detector runs: nothing is to be timed.
var slowed = func() bool {
	b, _ := debug.ReadBuildInfo()
	return slices.Contains(b.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}()

// within polls until what is true, and fails the test when it stays false.
func within(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(longest); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not come true: %s", what)
		}
	}
}

// socket is the live connection of one page.
type socket struct {
	t  testing.TB
	ws *websocket.Conn

	mu     sync.Mutex
	frames []string
	read   int   // of frames: how many expect has looked at
	err    error // why reading ended
	pongs  int
	pings  int
	heard  func(string) // is called with each frame, if set before
}

// dial opens a socket with the headers of a browser; more headers replace them.
func (b *browser) dial(headers ...string) (*socket, *http.Response, error) {
	h := http.Header{"Cookie": {b.cookie}, "Origin": {b.s.base}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	d := websocket.Dialer{HandshakeTimeout: longest}
	ws, r, err := d.Dial(strings.Replace(b.s.base, "http", "ws", 1)+"/ws", h)
	if err != nil {
		return nil, r, err
	}
	s := &socket{t: b.s.t, ws: ws}
	ws.SetPongHandler(func(string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pongs++
		return nil
	})
	go s.listen()
	b.s.t.Cleanup(func() { ws.Close() })
	return s, r, nil
}

// open opens a socket that must open.
func (b *browser) open() *socket {
	b.s.t.Helper()
	s, _, err := b.dial()
	if err != nil {
		b.s.t.Fatal(err)
	}
	s.expect(`"hello"`)
	return s
}

// view opens a socket that shows a room from a rev on.
func (b *browser) view(room, rev int) *socket {
	b.s.t.Helper()
	s := b.open()
	s.say(`{"t":"view","room":%d,"rev":%d,"side":1}`, room, rev)
	s.expect(`id="lists"`)
	s.obeyed()
	return s
}

func (s *socket) listen() {
	for {
		_, p, err := s.ws.ReadMessage()
		s.mu.Lock()
		if err != nil {
			s.err = err
			s.mu.Unlock()
			return
		}
		s.frames = append(s.frames, string(p))
		if s.heard != nil {
			s.heard(string(p))
		}
		s.mu.Unlock()
	}
}

func (s *socket) say(format string, args ...any) {
	s.t.Helper()
	if err := s.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		s.t.Fatal(err)
	}
}

// obeyed waits until the server has done what was said before: it does one thing
// after the other, and answers pings in turn.
func (s *socket) obeyed() {
	s.t.Helper()
	s.pings++
	if err := s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(longest)); err != nil {
		s.t.Fatal(err)
	}
	within(s.t, "the answer to a ping", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.pongs >= s.pings
	})
}

// expect waits for a frame that contains all of some texts, after the frame that
// it found last.
func (s *socket) expect(parts ...string) string {
	s.t.Helper()
	var found string
	within(s.t, fmt.Sprintf("a frame with %q (so far: %q; ended: %v)", parts, s.all(), s.why()), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for ; s.read < len(s.frames); s.read++ {
			if containsAll(s.frames[s.read], parts) {
				found = s.frames[s.read]
				s.read++
				return true
			}
		}
		return false
	})
	return found
}

func containsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

// all are the frames so far.
func (s *socket) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.frames...)
}

func (s *socket) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// wantClosed waits for the close code.
func (s *socket) wantClosed(code int) {
	s.t.Helper()
	within(s.t, fmt.Sprintf("a socket closed with %d", code), func() bool { return s.why() != nil })
	var c *websocket.CloseError
	if !errors.As(s.why(), &c) || c.Code != code {
		s.t.Fatalf("closed with %v, want %d", s.why(), code)
	}
}
