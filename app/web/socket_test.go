package web

import (
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"

	"parley/app/announce"
	"parley/app/auth"
)

// A socket is served outside of any request: nobody else would catch its panic.
func TestAPanicInASocketEndsThatSocketAlone(t *testing.T) {
	s := &Server{hub: announce.New().Hub, log: slog.New(slog.NewTextHandler(io.Discard, nil))} // without auth: it cannot greet
	upgrade := s.upgrader()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Server().KeepHijackedConns = true
	app.Get("/", func(c *fiber.Ctx) error {
		c.Locals("session", &auth.Session{})
		c.Locals(localAddress, "192.0.2.1")
		s.addresses.take("192.0.2.1", 0)
		return upgrade(c)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	defer l.Close()
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for s.addresses.count("192.0.2.1") > 0 {
		time.Sleep(time.Millisecond)
	}
	if n := s.hub.Pages(); n != 0 {
		t.Errorf("%d pages are left in the hub", n)
	}
	ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, _, err := ws.ReadMessage(); err == nil || !websocket.IsUnexpectedCloseError(err) {
		t.Error("the socket is still open:", err)
	}
}
