package web

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	inner "github.com/fasthttp/websocket"
	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/live"
)

const (
	readLimit     = 64 << 10         // of one frame from a page
	beatEvery     = 25 * time.Second // pings
	silentTimeout = 60 * time.Second // without any frame from the page
	sendLimit     = 64 << 10         // bytes that the kernel holds for a page that does not read
)

// upgrader turns requests into sockets. It lets every origin pass: group.admit has
// asked that already.
func (s *Server) upgrader() fiber.Handler {
	return websocket.New(func(c *websocket.Conn) {
		// This Conn goes back to a pool when this returns, and may be another page's
		// by then: only what is inside is kept. Nothing waits in here, because fasthttp keeps
		// all of the request until this returns. Its write buffer goes to the next one; we
		// have our own.
		session, address := c.Locals("session").(*auth.Session), c.Locals(localAddress).(string)
		watch := dropRequestReader(c.Conn.NetConn(), plain(c.Conn))
		if _, program := c.Locals(localKey).(auth.Key); program {
			go s.serveEvents(c.Conn, watch, session, address)
			return
		}
		p := &socketPage{s: s, ws: c.Conn, watch: watch, session: session, host: c.Locals(localHost).(string)}
		go p.serve(address)
	}, websocket.Config{ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &sync.Pool{}, RecoverHandler: func(*websocket.Conn) {
		if p := recover(); p != nil { // contrib would tell the page what it was
			s.log.Error("panic at a socket's begin", "panic", p, "stack", string(debug.Stack()))
		}
	}})
}

// Where a request for a socket keeps the address that its page is counted by, and the
// public address of the server as its page has it.
const (
	localAddress = "address"
	localHost    = "host"
)

const (
	// manyOpened sockets leave garbage and grown stacks that are worth a collection.
	manyOpened = 256
	// gcDelay is how long after them it is done.
	gcDelay = 2 * time.Second
)

// socket turns a request into the live connection of one page.
func (s *Server) socket(c *fiber.Ctx) error {
	if !websocket.IsWebSocketUpgrade(c) {
		return fiber.ErrUpgradeRequired
	}
	if key, err := base64.StdEncoding.DecodeString(c.Get("Sec-WebSocket-Key")); err != nil || len(key) != 16 {
		return fiber.ErrBadRequest
	}
	session := sessionOf(c)
	if limit := s.chat.Limits.Value(chat.LimitSockets); limit > 0 && s.hub.Count(session.Account.ID) >= limit {
		return chat.TooOften("You have too many pages open. Close some, or try again in a minute.", time.Minute)
	}
	address := s.address(c)
	if s.addresses.full(address, s.chat.Limits.Value(chat.LimitSocketsAddr)) {
		return chat.TooOften("Too many pages are open from this address. Try again in a minute.", time.Minute)
	}
	c.Locals(localAddress, address)
	c.Locals(localHost, strings.Clone(s.public(c)))
	if err := s.upgrade(c); err != nil {
		return fiber.ErrBadRequest
	}
	return nil
}

// socketPage is one open page behind a socket.
type socketPage struct {
	*live.Client
	s       *Server
	session *auth.Session
	ws      *inner.Conn
	watch   *closeWatch // nil: nobody watches
	host    string      // the public address of the server, as the page has it
	defied  int         // messages in a row that were posted although the page was told to wait
}

// serve hears what a page says until it is gone. Thousands of these wait at any
// time: what they keep on their stacks counts, and is little.
func (p *socketPage) serve(address string) {
	s, session := p.s, p.session
	conn := plain(p.ws)
	defer conn.Close()
	defer s.recoverSocket()
	// It is counted here, where nothing can fail any more: who hangs up before the answer
	// has no page. What socket has let pass at the same time may be too many.
	counted := s.addresses.acquire(address, s.chat.Limits.Value(chat.LimitSocketsAddr))
	if counted {
		defer s.addresses.release(address)
	}
	p.Client = s.hub.NewSocket(session.Account.ID, session.Hash, writable(conn))
	p.Guest.Store(session.Account.IsGuest())
	defer p.Finish()
	if !counted {
		p.Close(live.CloseOverload, "too many pages")
		return
	}
	if err := s.hub.Add(p.Client, session.Account.Prefs.Invisible); err != nil {
		p.Close(live.CloseRestart, "restart")
		return
	}
	defer s.hub.Remove(p.Client)
	s.reconnects.add()
	p.greet()
	for {
		kind, text, err := p.ws.ReadMessage()
		if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				p.Silent()
			}
			return
		}
		if p.ExtendDeadline(silentTimeout) {
			p.receive(kind, text)
		}
	}
}

func (s *Server) recoverSocket() {
	if p := recover(); p != nil {
		s.log.Error("panic in a socket", "panic", p, "stack", string(debug.Stack()))
	}
}

// plain is the connection that the listener accepted.
func plain(ws *inner.Conn) net.Conn {
	if u, ok := ws.NetConn().(interface{ UnsafeConn() net.Conn }); ok {
		return u.UnsafeConn()
	}
	return ws.NetConn()
}

// writable is what is written to: without what our listener wraps around it,
// because writing without waiting needs the socket, and never past encryption.
func writable(conn net.Conn) net.Conn {
	if _, encrypted := conn.(*tls.Conn); encrypted {
		return conn
	}
	if w, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = w.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(sendLimit)
	}
	return conn
}

// greet says hello and prepares to listen.
func (p *socketPage) greet() {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	// The session may have ended, or its person hidden, between the handshake and here.
	if err := p.resume(ctx); err == nil {
		p.s.hub.SetHidden(p.session.Account.ID, p.session.Account.Prefs.Invisible)
	}
	p.Push(live.Text(fmt.Appendf(nil, `{"hello":{"build":%q,"ping":%d}}`, p.s.assets.Build, beatEvery/time.Second)))
	p.ws.SetReadLimit(readLimit)
	p.ExtendDeadline(silentTimeout)
	p.ws.SetPongHandler(func(string) error { p.ExtendDeadline(silentTimeout); return nil })
	p.ws.SetPingHandler(func(data string) error { p.ExtendDeadline(silentTimeout); p.Pong([]byte(data)); return nil })
	p.ws.SetCloseHandler(func(code int, _ string) error {
		p.Close(p.watch.code(code), "")
		return nil
	})
}

// Beat keeps all pages alive until ctx ends.
func (s *Server) Beat(ctx context.Context) {
	beat := live.Text([]byte(`{"hb":1}`))
	for tick := time.NewTicker(beatEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
			s.hub.Heartbeat(beat)
		}
	}
}
