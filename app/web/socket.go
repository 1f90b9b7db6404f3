package web

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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
		if _, program := c.Locals(localKey).(auth.Key); program {
			go s.serveEvents(c.Conn, session, address)
			return
		}
		p := &socketPage{s: s, ws: c.Conn, session: session, host: c.Locals(localHost).(string)}
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
	host    string // the public address of the server, as the page has it
	defied  int    // messages in a row that were posted although the page was told to wait
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
	p.Push(live.Text([]byte(`{"hello":{"build":"` + p.s.assets.Build + `"}}`)))
	p.ws.SetReadLimit(readLimit)
	p.ExtendDeadline(silentTimeout)
	p.ws.SetPongHandler(func(string) error { p.ExtendDeadline(silentTimeout); return nil })
	p.ws.SetPingHandler(func(data string) error { p.ExtendDeadline(silentTimeout); p.Pong([]byte(data)); return nil })
	p.ws.SetCloseHandler(func(code int, _ string) error { p.Close(code, ""); return nil })
}

func (p *socketPage) receive(kind int, text []byte) {
	switch {
	case kind != websocket.TextMessage:
		p.Close(websocket.CloseUnsupportedData, "text only")
	case !utf8.Valid(text):
		p.Close(websocket.CloseInvalidFramePayloadData, "not UTF-8")
	default:
		p.handleFrame(text)
	}
}

// clientFrame is what a page can say. All but a post may be lost; a post is answered.
type clientFrame struct {
	T       string
	Room    chat.RoomID
	Rev     *chat.Rev
	Side    int
	Upto    chat.MessageID
	CID     string
	Body    string
	Re      chat.MessageID
	Confirm int
}

func (p *socketPage) handleFrame(text []byte) {
	var m clientFrame
	if err := json.Unmarshal(text, &m); err != nil {
		return // a page of another version; it will be told to reload
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	err := p.resume(ctx)
	if err != nil && sessionEnded(err) {
		return // the page is told by its close
	}
	if err == nil {
		err = p.answer(ctx, m)
	}
	if err != nil && m.T == "post" {
		p.refusePost(ctx, m, err)
		return
	}
	if err == nil || refused(err) {
		return
	}
	p.s.log.Error("fault in a socket", "frame", m.T, "room", m.Room, "error", err)
	if m.T == "view" { // it would wait for what it missed
		p.Close(live.CloseOverload, "come back")
	}
}

// resume reads the session anew: it may have ended since, which closes the page, and the
// role and choices of its person may have changed.
func (p *socketPage) resume(ctx context.Context) error {
	session, err := p.s.auth.ResumeSession(ctx, p.session.Hash)
	switch {
	case err == nil:
		p.session = &session
	case sessionEnded(err):
		p.Close(live.CloseSessionOver, "session ended")
	}
	return err
}

// sessionEnded tells the end of a session from a fault of the store.
func sessionEnded(err error) bool { return errors.Is(err, chat.ErrNotFound) }

func (p *socketPage) answer(ctx context.Context, m clientFrame) error {
	switch m.T {
	case "view":
		return p.view(ctx, m)
	case "post":
		return p.post(ctx, m)
	case "read":
		return p.s.chat.MarkRead(ctx, p.session.Account, m.Room, m.Upto)
	case "typing":
		return p.s.chat.StartTyping(ctx, p.session.Account, m.Room)
	case "idle", "active":
		p.s.hub.SetAway(p.Client, m.T == "idle")
	}
	return nil
}

// view is what a page says on every connection and room switch: what it shows,
// and where it stands. The answer is what it missed.
func (p *socketPage) view(ctx context.Context, m clientFrame) error {
	if m.Side != 0 {
		p.pushSidebar(ctx)
	}
	if m.Room == 0 {
		p.s.hub.Leave(p.Client)
		return nil
	}
	return p.s.subscribe(ctx, p.Client, p.session.Account, m.Room, m.Rev)
}

// pushSidebar tells a page that comes back what its sidebar says by now.
func (p *socketPage) pushSidebar(ctx context.Context) {
	me := p.session.Account
	if lists, err := p.s.announcer.RoomLists(me.ID); err == nil {
		p.Push(lists)
	}
	rooms, err := p.s.chat.Sidebar(ctx, me.ID)
	if err != nil || !chat.MayDecideReports(me, rooms) {
		return
	}
	if n, err := p.s.chat.CountReports(ctx, me); err == nil {
		p.Push(p.s.announcer.ReportBadge(n))
	}
}

// subscribe subscribes a page to a room, if its person may, and tells what it missed.
func (s *Server) subscribe(ctx context.Context, c *live.Client, me chat.Account, room chat.RoomID, rev *chat.Rev) error {
	l, err := s.chat.Enter(ctx, me, room)
	since := chat.Rev(-1)
	if rev != nil {
		since = *rev
	}
	if err == nil {
		still := func() error { _, err := s.chat.Enter(ctx, me, room); return err }
		err = s.hub.Join(c, l, still, since, s.announcer.Updates(room))
	}
	switch {
	case errors.Is(err, chat.ErrNotFound):
		c.Close(live.CloseNotAllowed, "no longer allowed")
	case errors.Is(err, chat.ErrForbidden):
		s.hub.Leave(c) // looks at an open room from outside: not told live
	}
	return err
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
