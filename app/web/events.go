package web

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	inner "github.com/fasthttp/websocket"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/live"
)

// maxSubscribed is how many rooms one socket of a program listens to.
const maxSubscribed = 100

// jsonEvent is what a program is told over its socket. Fields that a type does not have are
// left out.
type jsonEvent struct {
	Type    string       `json:"type"` // hello, subscribed, message, reset, gone, error
	Room    chat.RoomID  `json:"room,omitempty"`
	Rev     chat.Rev     `json:"rev,omitempty"` // of the room: subscribe with it after a break
	Message *jsonMessage `json:"message,omitempty"`
	Detail  string       `json:"detail,omitempty"` // of an error, in words
}

// eventCommand is what a program says over its socket.
type eventCommand struct {
	Type  string      `json:"type"` // subscribe, unsubscribe
	Room  chat.RoomID `json:"room"`
	Since *chat.Rev   `json:"since"` // subscribe: what came after this is told, too
}

// eventSocket is the socket of a program.
type eventSocket struct {
	s        *Server
	ws       *inner.Conn
	session  *auth.Session
	page     *live.Client // is woken with all of rooms
	rooms    map[chat.RoomID]*subscription
	commands chan eventCommand // closed when the program is gone
}

// subscription is a room that is listened to.
type subscription struct {
	page *live.Client
	rev  chat.Rev // that was told
}

// serveEvents tells a program what happens in the rooms that it asks for, until it is gone.
// The hub only wakes it: what it is told comes from the store, so that a slow one holds
// nothing up and takes no memory.
func (s *Server) serveEvents(ws *inner.Conn, watch *closeWatch, session *auth.Session, address string) {
	defer plain(ws).Close()
	defer s.recoverSocket()
	counted := s.addresses.acquire(address, s.chat.Limits.Value(chat.LimitSocketsAddr))
	if counted {
		defer s.addresses.release(address)
	}
	e := &eventSocket{s: s, ws: ws, session: session, page: live.NewPoll(session.Account.ID, session.Hash),
		rooms:    map[chat.RoomID]*subscription{},
		commands: make(chan eventCommand)}
	e.page.Guest.Store(session.Account.IsGuest())
	if !counted {
		e.close(live.CloseOverload, "too many sockets")
		return
	}
	if err := s.hub.Add(e.page, session.Account.Prefs.Invisible); err != nil {
		e.close(live.CloseRestart, "restart")
		return
	}
	defer s.hub.Remove(e.page)
	defer func() {
		for _, r := range e.rooms {
			s.hub.Leave(r.page)
		}
	}()
	ws.SetCloseHandler(func(code int, _ string) error { e.close(watch.code(code), ""); return nil })
	ended := make(chan struct{})
	defer close(ended)
	go e.read(ended)
	e.run()
}

// read reads what the program says.
func (e *eventSocket) read(ended <-chan struct{}) {
	defer close(e.commands)
	defer e.s.recoverSocket()
	e.ws.SetReadLimit(readLimit)
	alive := func() { e.ws.SetReadDeadline(time.Now().Add(silentTimeout)) }
	alive()
	e.ws.SetPongHandler(func(string) error { alive(); return nil })
	for {
		kind, text, err := e.ws.ReadMessage()
		if err != nil {
			return
		}
		alive()
		var c eventCommand
		if kind != inner.TextMessage || json.Unmarshal(text, &c) != nil {
			c = eventCommand{}
		}
		select {
		case e.commands <- c:
		case <-ended:
			return
		}
	}
}

// run tells what happens, until the program or its key is gone.
func (e *eventSocket) run() {
	if !e.send(jsonEvent{Type: "hello"}) {
		return
	}
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		ok := true
		select {
		case c, more := <-e.commands:
			ok = more && e.resume() && e.obey(c)
		case <-e.page.Woken():
			ok = e.resume() && e.tellAll()
		case <-tick.C:
			ok = e.resume() && e.ws.WriteControl(inner.PingMessage, nil, time.Now().Add(writeTimeout)) == nil
		}
		if !ok {
			return
		}
	}
}

// resume asks whether the key still is one.
func (e *eventSocket) resume() bool {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	session, err := e.s.auth.ResumeSession(ctx, e.session.Hash)
	switch {
	case err == nil:
		e.session = &session
	case refused(err):
		e.close(live.CloseSessionOver, "this is no key any more")
		return false
	}
	if _, code := e.page.Pending(); code != 0 && code != live.CloseOverload {
		e.close(code, "")
		return false
	}
	return true
}

func (e *eventSocket) close(code int, reason string) {
	e.ws.WriteControl(inner.CloseMessage, inner.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
}

func (e *eventSocket) send(v jsonEvent) bool {
	e.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	return e.ws.WriteJSON(v) == nil
}

// obey does what the program says.
func (e *eventSocket) obey(c eventCommand) bool {
	switch c.Type {
	case "subscribe":
		return e.subscribe(c)
	case "unsubscribe":
		e.leave(c.Room)
		return true
	}
	return e.send(jsonEvent{Type: "error", Detail: "Say subscribe or unsubscribe in type, and a room."})
}

func (e *eventSocket) leave(room chat.RoomID) {
	if r := e.rooms[room]; r != nil {
		e.s.hub.Leave(r.page)
		delete(e.rooms, room)
	}
}

func (e *eventSocket) subscribe(c eventCommand) bool {
	e.leave(c.Room)
	if len(e.rooms) >= maxSubscribed {
		return e.send(jsonEvent{Type: "error", Room: c.Room, Detail: "One socket listens to 100 rooms at most."})
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	access, err := e.s.chat.ReadableRoom(ctx, e.session.Account, c.Room)
	if err != nil {
		return e.refuse(c.Room, err)
	}
	r := &subscription{page: e.page.NewSibling(), rev: access.Rev}
	if c.Since != nil && *c.Since >= 0 && *c.Since < access.Rev {
		r.rev = *c.Since
	}
	since := r.rev
	if err := e.s.subscribe(ctx, r.page, e.session.Account, c.Room, &since, e.s.announcer.Updates(c.Room)); err != nil {
		return e.refuse(c.Room, err)
	}
	e.rooms[c.Room] = r
	return e.send(jsonEvent{Type: "subscribed", Room: c.Room, Rev: r.rev}) && e.tell(c.Room, r)
}

// refuse tells why a room is not listened to.
func (e *eventSocket) refuse(room chat.RoomID, err error) bool {
	refusal, is := chat.AsError(err)
	if !is {
		e.s.log.Error("fault in a socket of a program", "room", room, "error", err)
		return e.send(jsonEvent{Type: "error", Room: room, Detail: "That did not work. Try again in a moment."})
	}
	return e.send(jsonEvent{Type: "error", Room: room, Detail: refusal.Sentence})
}

// tellAll tells what is new in every room that has something.
func (e *eventSocket) tellAll() bool {
	for id, r := range e.rooms {
		news, code := r.page.Pending()
		switch {
		case code == live.CloseOverload: // too much came at once: it listens anew
			if !e.subscribe(eventCommand{Room: id, Since: &r.rev}) {
				return false
			}
		case code != 0:
			e.leave(id)
			if !e.send(jsonEvent{Type: "gone", Room: id}) {
				return false
			}
		case len(news) > 0:
			if !e.tell(id, r) {
				return false
			}
		}
	}
	return true
}

// tell tells what changed in a room since it was told of it.
func (e *eventSocket) tell(id chat.RoomID, r *subscription) bool {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	_, err := e.s.chat.Enter(ctx, e.session.Account, id)
	if errors.Is(err, chat.ErrNotFound) || errors.Is(err, chat.ErrForbidden) {
		e.leave(id)
		return e.send(jsonEvent{Type: "gone", Room: id})
	}
	var changes chat.Changes
	if err == nil {
		changes, err = e.s.chat.ChangesSince(ctx, id, r.rev)
	}
	if err != nil {
		return e.refuse(id, err)
	}
	r.rev = max(r.rev, changes.Rev)
	if changes.Reset {
		return e.send(jsonEvent{Type: "reset", Room: id, Rev: r.rev})
	}
	for _, m := range changes.Messages {
		said := messageJSON(m)
		if !e.send(jsonEvent{Type: "message", Room: id, Rev: m.Rev, Message: &said}) {
			return false
		}
	}
	return true
}
