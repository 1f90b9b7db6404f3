package web

import (
	"context"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/gofiber/contrib/websocket"

	"parley/app/chat"
	"parley/app/hooks"
	"parley/app/live"
)

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
	if err == nil && m.T == "post" && !hooks.IsText(text) {
		err = errNoText
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
		for _, f := range p.s.announcer.Sidebar(p.session.Account) {
			p.Push(f)
		}
	}
	if m.Room == 0 {
		p.s.hub.Leave(p.Client)
		return nil
	}
	return p.s.subscribe(ctx, p.Client, p.session.Account, m.Room, m.Rev, p.s.announcer.PageUpdates(m.Room))
}

// subscribe subscribes a page to a room, if its person may, and tells what it missed.
func (s *Server) subscribe(ctx context.Context, c *live.Client, me chat.Account, room chat.RoomID, rev *chat.Rev,
	updates live.Fetch) error {
	l, err := s.chat.Enter(ctx, me, room)
	since := chat.Rev(-1)
	if rev != nil {
		since = *rev
	}
	if err == nil {
		still := func() error { _, err := s.chat.Enter(ctx, me, room); return err }
		err = s.hub.Join(c, l, still, since, updates)
	}
	switch {
	case errors.Is(err, chat.ErrNotFound):
		c.Close(live.CloseNotAllowed, "no longer allowed")
	case errors.Is(err, chat.ErrForbidden):
		s.hub.Leave(c) // looks at an open room from outside: not told live
	}
	return err
}
