package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"

	"parley/app/announce"
	"parley/app/auth"
	"parley/app/chat"
	"parley/app/live"
	"parley/static"
)

// dialAlone opens a socket of a server that has this much and no more.
func dialAlone(t *testing.T, au *auth.Auth) (*Server, *websocket.Conn) {
	t.Helper()
	s := &Server{hub: announce.New().Hub, chat: chat.New(nil, nil, chat.NewLimits(nil), nil), auth: au,
		log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	s.assets = &static.Assets{Build: "build"}
	upgrade := s.upgrader()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Server().KeepHijackedConns = true
	app.Get("/", func(c *fiber.Ctx) error {
		c.Locals("session", &auth.Session{})
		c.Locals(localAddress, "192.0.2.1")
		c.Locals(localHost, "http://chat.example.org")
		return upgrade(c)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	t.Cleanup(func() { l.Close() })
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	return s, ws
}

// A socket is served outside of any request: nobody else would catch its panic.
func TestAPanicInASocketEndsThatSocketAlone(t *testing.T) {
	s, ws := dialAlone(t, nil) // without auth: it cannot greet
	if _, _, err := ws.ReadMessage(); err == nil || !websocket.IsUnexpectedCloseError(err) {
		t.Error("the socket is still open:", err)
	}
	if n := s.hub.Pages(); n != 0 || s.addresses.full("192.0.2.1", 1) {
		t.Errorf("%d pages are left in the hub, one counted: %v", n, s.addresses.full("192.0.2.1", 1))
	}
}

// faultySessions is a store that cannot be read.
type faultySessions struct{ auth.Store }

func (faultySessions) SessionOf(context.Context, []byte) (auth.Session, error) {
	return auth.Session{}, errors.New("the disk is slow")
}

// A store that cannot say whether a session goes on logs nobody out.
func TestFaultOfTheStoreEndsNoSession(t *testing.T) {
	s, ws := dialAlone(t, auth.New(faultySessions{}, nil, nil, time.Now))
	if _, hello, err := ws.ReadMessage(); err != nil || string(hello) != `{"hello":{"build":"build","ping":25}}` {
		t.Fatalf("greeted with %s, %v", hello, err)
	}
	ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"idle"}`))
	ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"view","room":1}`))
	if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, live.CloseOverload) {
		t.Error("a page that cannot be told what it missed is not asked to come back:", err)
	}
	app := fiber.New()
	app.Get("/", func(c *fiber.Ctx) error { c.Locals("session", &auth.Session{}); return s.pollsStill(c) })
	if r, err := app.Test(httptest.NewRequest(http.MethodGet, "/", nil)); err != nil || r.StatusCode != http.StatusInternalServerError {
		t.Error("a poll is answered with", r.StatusCode, err)
	}
}
