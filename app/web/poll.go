package web

import (
	"bytes"
	"errors"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/app/live"
)

// pollWait is how long a poll waits for something to tell.
const pollWait = 25 * time.Second

// pollRoom asks the same question as a socket's view and gets the same bytes, at
// once or as soon as there is something.
func (s *Server) pollRoom(c *fiber.Ctx) error {
	since, err := strconv.ParseInt(c.Query("since", "-1"), 10, 64)
	if err != nil {
		return fiber.ErrBadRequest
	}
	if wantsJSON(c) {
		return s.pollJSON(c, roomParam(c), chat.Rev(since))
	}
	return s.poll(c, roomParam(c), chat.Rev(since))
}

// pollJSON is pollRoom for programs: it answers at once when there is something, else
// waits for it; nothing new is an answer without messages.
func (s *Server) pollJSON(c *fiber.Ctx, room chat.RoomID, since chat.Rev) error {
	me := sessionOf(c).Account
	access, err := s.chat.ReadableRoom(c.UserContext(), me, room)
	if err != nil {
		return err
	}
	if since < 0 {
		return writeJSON(c, fiber.MIMEApplicationJSON, jsonChanges{Rev: access.Rev, Messages: []jsonMessage{}})
	}
	p, end, err := s.beginPoll(c)
	if err != nil {
		return err
	}
	defer end()
	if err := s.subscribe(c.UserContext(), p, me, room, &since, s.announcer.Updates(room)); err != nil {
		return err
	}
	if err := s.pollsStill(c); err != nil {
		return err
	}
	var changes chat.Changes
	for until := time.Now().Add(pollWait); ; { // who comes and goes and who types wakes it, too
		if _, code := p.Wait(time.Until(until)); code == live.CloseSessionOver || code == live.CloseNotAllowed || code == live.CloseRestart {
			return s.answerPoll(c, nil, code)
		}
		s.renewTime(c)
		if _, err := s.chat.Enter(c.UserContext(), me, room); err != nil {
			return err
		}
		if changes, err = s.chat.ChangesSince(c.UserContext(), room, since); err != nil {
			return err
		}
		if changes.Rev > since || changes.Reset || !time.Now().Before(until) {
			break
		}
	}
	return writeJSON(c, fiber.MIMEApplicationJSON, jsonChanges{Rev: max(since, changes.Rev), Reset: changes.Reset,
		Messages: each(changes.Messages, messageJSON)})
}

// maxPolled is how many rooms one poll may ask for.
const maxPolled = 16

// stand is where a page stands in a room.
type stand struct {
	room  chat.RoomID
	since chat.Rev
}

// pollMany asks for all tabs of a browser at once, which can hold six connections to
// us: /changes?room=7:4650&room=9:12 answers with what is told to everybody who is
// logged in as this person, then for each room that has news {"for":7} and the bytes
// of its own poll, or {"reset":7}, or {"gone":7}. With side=MARK it answers with the
// sidebar, too, and {"side":"MARK"}, where that is not what the mark stands for: what is
// told between two polls would be lost.
func (s *Server) pollMany(c *fiber.Ctx) error {
	if _, err := strconv.ParseInt(c.Query("since", "0"), 10, 64); err != nil { // which is of the poll of one room
		return fiber.ErrBadRequest
	}
	var stands []stand
	for _, pair := range c.Context().QueryArgs().PeekMulti("room") {
		room, since, _ := strings.Cut(string(pair), ":")
		n, err := strconv.ParseInt(room, 10, 64)
		rev, err2 := strconv.ParseInt(since, 10, 64)
		if err != nil || err2 != nil || n < 1 || len(stands) == maxPolled {
			return fiber.ErrBadRequest
		}
		stands = append(stands, stand{chat.RoomID(n), chat.Rev(rev)})
	}
	p, end, err := s.beginPoll(c)
	if err != nil {
		return err
	}
	defer end()
	beside := make([]*live.Client, len(stands))
	for i, at := range stands {
		beside[i] = p.NewSibling()
		defer s.hub.Leave(beside[i])
		if err := s.subscribe(c.UserContext(), beside[i], sessionOf(c).Account, at.room, &at.since,
			s.announcer.PageUpdates(at.room)); err != nil && !refused(err) {
			return err
		}
	}
	if err := s.pollsStill(c); err != nil {
		return err
	}
	if c.Context().QueryArgs().Has("side") {
		s.pushSidebar(p, sessionOf(c).Account, c.Query("side"))
	}
	p.WaitAll(pollWait, beside)
	text, code := p.Pending()
	for i, b := range beside {
		updates, code := b.Pending()
		text = join(text, roomUpdates(stands[i].room, updates, code))
	}
	return s.answerPoll(c, text, code)
}

// pushSidebar tells a poll what the sidebar says by now, and the mark of that, where its page
// has another.
func (s *Server) pushSidebar(p *live.Client, me chat.Account, has string) {
	frames, h := s.announcer.Sidebar(me), fnv.New64a()
	for _, f := range frames {
		h.Write(f.Payload())
	}
	mark := strconv.FormatUint(h.Sum64(), 36)
	if mark == has || len(frames) == 0 {
		return
	}
	for _, f := range append(frames, live.Text([]byte(`{"side":"`+mark+`"}`))) {
		p.Push(f)
	}
}

// refused says whether an error is an answer, and no fault.
func refused(err error) bool {
	_, ok := chat.AsError(err)
	return ok
}

// roomUpdates labels the updates of a room.
func roomUpdates(room chat.RoomID, updates []byte, code int) []byte {
	label := func(word string) []byte { return []byte(`{"` + word + `":` + strconv.FormatInt(int64(room), 10) + `}`) }
	switch {
	case code == live.CloseNotAllowed:
		return label("gone")
	case code != 0 || bytes.Contains(updates, []byte(`{"reset":`)):
		return label("reset")
	case len(updates) == 0:
		return nil
	}
	return join(label("for"), updates)
}

func join(a, b []byte) []byte {
	if len(a) == 0 || len(b) == 0 {
		return append(a, b...)
	}
	return slices.Concat(a, []byte(live.TextSeparator), b)
}

// beginPoll makes a poll known until end is called.
func (s *Server) beginPoll(c *fiber.Ctx) (p *live.Client, end func(), err error) {
	session := sessionOf(c)
	if limit := s.chat.Limits.Value(chat.LimitSockets); limit > 0 && s.hub.Count(session.Account.ID) >= 2*limit {
		return nil, nil, chat.TooOften("You have too many pages open. Close some, or try again in a minute.", time.Minute)
	}
	address := s.address(c)
	if !s.addresses.acquire(address, 2*s.chat.Limits.Value(chat.LimitSocketsAddr)) {
		return nil, nil, chat.TooOften("Too many pages are open from this address. Try again in a minute.", time.Minute)
	}
	p = live.NewPoll(session.Account.ID, session.Hash)
	p.Guest.Store(session.Account.IsGuest())
	if err := s.hub.Add(p, session.Account.Prefs.Invisible); errors.Is(err, live.ErrDraining) {
		s.addresses.release(address)
		return nil, nil, chat.Busy("The server is restarting.", time.Second)
	}
	return p, func() {
		s.hub.Remove(p)
		s.addresses.release(address)
	}, nil
}

func (s *Server) poll(c *fiber.Ctx, room chat.RoomID, since chat.Rev) error {
	p, end, err := s.beginPoll(c)
	if err != nil {
		return err
	}
	defer end()
	if err := s.subscribe(c.UserContext(), p, sessionOf(c).Account, room, &since, s.announcer.Updates(room)); err != nil {
		return err
	}
	if err := s.pollsStill(c); err != nil {
		return err
	}
	text, code := p.Wait(pollWait)
	if bytes.Contains(text, []byte(`{"reset":`)) {
		code = live.CloseOverload
	}
	return s.answerPoll(c, text, code)
}

// pollsStill asks for the session once more when its poll is known: it may have ended,
// or its person hidden, before.
func (s *Server) pollsStill(c *fiber.Ctx) error {
	session, err := s.auth.ResumeSession(c.UserContext(), sessionOf(c).Hash)
	if sessionEnded(err) {
		return fiber.NewError(fiber.StatusUnauthorized, "Log in first.")
	}
	if err == nil {
		s.hub.SetHidden(session.Account.ID, session.Account.Prefs.Invisible)
	}
	return err
}

func (s *Server) answerPoll(c *fiber.Ctx, text []byte, code int) error {
	switch {
	case code == live.CloseSessionOver:
		return fiber.NewError(fiber.StatusUnauthorized, "Log in first.")
	case code == live.CloseNotAllowed:
		return chat.NotFound()
	case code == live.CloseRestart:
		return chat.Busy("The server is restarting.", time.Second)
	case code != 0:
		return c.SendStatus(fiber.StatusResetContent)
	case len(text) == 0:
		return c.SendStatus(fiber.StatusNoContent)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return send(c, text)
}
