package web

import (
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/valyala/fasthttp"

	"parley/app/announce"
	"parley/app/auth"
)

// A socket is served outside of any request: nobody else would catch its panic.
func TestAPanicInASocketEndsThatSocketAlone(t *testing.T) {
	s := &Server{hub: announce.New().Hub, log: slog.New(slog.NewTextHandler(io.Discard, nil))} // without auth: it cannot greet
	ended := make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &fasthttp.Server{KeepHijackedConns: true, Handler: func(c *fasthttp.RequestCtx) {
		err := upgrader.Upgrade(c, func(ws *websocket.Conn) {
			go func() {
				defer close(ended)
				s.serveSocket(ws, &auth.Session{})
			}()
		})
		if err != nil {
			t.Error(err)
		}
	}}
	go server.Serve(l)
	defer l.Close()
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	<-ended
	if n := s.hub.Pages(); n != 0 {
		t.Errorf("%d pages are left in the hub", n)
	}
	ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, _, err := ws.ReadMessage(); err == nil || !websocket.IsUnexpectedCloseError(err) {
		t.Error("the socket is still open:", err)
	}
}
