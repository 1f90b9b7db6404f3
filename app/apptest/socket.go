package apptest

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

// Longest bounds every wait of these tests: long, for busy machines.
const Longest = 45 * time.Second

// Slowed says that the race detector runs: nothing is to be timed.
var Slowed = func() bool {
	b, _ := debug.ReadBuildInfo()
	return slices.Contains(b.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}()

// Within polls until what is true, and fails the test when it stays false.
func Within(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(Longest); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not come true: %s", what)
		}
	}
}

// Socket is the live connection of one page.
type Socket struct {
	t  testing.TB
	WS *websocket.Conn

	Mu     sync.Mutex
	frames []string
	read   int   // of frames: how many expect has looked at
	err    error // why reading ended
	pongs  int
	pings  int
	Heard  func(string) // is called with each frame, if set before
}

// Dial opens a socket with the headers of a browser; more headers replace them.
func (b *Browser) Dial(headers ...string) (*Socket, *http.Response, error) {
	h := http.Header{"Cookie": {b.Cookie}, "Origin": {b.Server.Base}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	d := websocket.Dialer{HandshakeTimeout: Longest}
	ws, r, err := d.Dial(strings.Replace(b.Server.Base, "http", "ws", 1)+"/ws", h)
	if err != nil {
		return nil, r, err
	}
	s := &Socket{t: b.Server.T, WS: ws}
	ws.SetPongHandler(func(string) error {
		s.Mu.Lock()
		defer s.Mu.Unlock()
		s.pongs++
		return nil
	})
	go s.listen()
	b.Server.T.Cleanup(func() { ws.Close() })
	return s, r, nil
}

// Open opens a socket that must open.
func (b *Browser) Open() *Socket {
	b.Server.T.Helper()
	s, _, err := b.Dial()
	if err != nil {
		b.Server.T.Fatal(err)
	}
	s.Expect(`"hello"`)
	return s
}

// View opens a socket that shows a room from a rev on.
func (b *Browser) View(room, rev int) *Socket {
	b.Server.T.Helper()
	s := b.Open()
	s.Say(`{"t":"view","room":%d,"rev":%d,"side":1}`, room, rev)
	s.Expect(`id="lists"`)
	s.Obeyed()
	return s
}

func (s *Socket) listen() {
	for {
		_, p, err := s.WS.ReadMessage()
		s.Mu.Lock()
		if err != nil {
			s.err = err
			s.Mu.Unlock()
			return
		}
		s.frames = append(s.frames, string(p))
		if s.Heard != nil {
			s.Heard(string(p))
		}
		s.Mu.Unlock()
	}
}

// Say sends a frame.
func (s *Socket) Say(format string, args ...any) {
	s.t.Helper()
	if err := s.TrySay(format, args...); err != nil {
		s.t.Fatal(err)
	}
}

// TrySay sends a frame over a socket that may be closed.
func (s *Socket) TrySay(format string, args ...any) error {
	return s.WS.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...))
}

// Obeyed waits until the server has done what was said before: it does one thing
// after the other, and answers pings in turn.
func (s *Socket) Obeyed() {
	s.t.Helper()
	s.pings++
	if err := s.WS.WriteControl(websocket.PingMessage, nil, time.Now().Add(Longest)); err != nil {
		s.t.Fatal(err)
	}
	Within(s.t, "the answer to a ping", func() bool {
		s.Mu.Lock()
		defer s.Mu.Unlock()
		return s.pongs >= s.pings
	})
}

// Expect waits for a frame that contains all of some texts, after the frame that
// it found last.
func (s *Socket) Expect(parts ...string) string {
	s.t.Helper()
	var found string
	Within(s.t, fmt.Sprintf("a frame with %q (so far: %q; ended: %v)", parts, s.All(), s.why()), func() bool {
		s.Mu.Lock()
		defer s.Mu.Unlock()
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

// ExpectAmong waits for a frame that contains all of some texts among all that came and will
// come: for what comes before or after other frames as it happens.
func (s *Socket) ExpectAmong(parts ...string) {
	s.t.Helper()
	Within(s.t, fmt.Sprintf("a frame with %q among all", parts), func() bool {
		return slices.ContainsFunc(s.All(), func(frame string) bool { return containsAll(frame, parts) })
	})
}

func containsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

// All are the frames so far.
func (s *Socket) All() []string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return append([]string(nil), s.frames...)
}

func (s *Socket) why() error {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.err
}

// WantClosed waits for the close code.
func (s *Socket) WantClosed(code int) {
	s.t.Helper()
	Within(s.t, fmt.Sprintf("a socket closed with %d", code), func() bool { return s.why() != nil })
	var c *websocket.CloseError
	if !errors.As(s.why(), &c) || c.Code != code {
		s.t.Fatalf("closed with %v, want %d", s.why(), code)
	}
}
