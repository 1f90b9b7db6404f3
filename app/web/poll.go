package web

import (
	"bytes"
	"errors"
	"strconv"
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
	return s.poll(c, roomParam(c), chat.Rev(since))
}

// pollPeople is the same for a page that shows no room.
func (s *Server) pollPeople(c *fiber.Ctx) error { return s.poll(c, 0, -1) }

func (s *Server) poll(c *fiber.Ctx, room chat.RoomID, since chat.Rev) error {
	session := who(c)
	if limit := s.chat.Limits.Value(chat.LimitSockets); limit > 0 && s.hub.Count(session.Account.ID) >= 2*limit {
		return chat.TooOften("You have too many pages open.", time.Minute)
	}
	address := s.address(c)
	if !s.addresses.take(address, 2*s.chat.Limits.Value(chat.LimitSocketsAddr)) {
		return chat.TooOften("Too many pages are open from this address.", time.Minute)
	}
	defer s.addresses.free(address)
	p := live.NewPoll(session.Account.ID, session.Hash)
	if err := s.hub.Add(p); errors.Is(err, live.ErrDraining) {
		return chat.Busy("The server is restarting.", time.Second)
	}
	defer s.hub.Remove(p)
	s.hub.SetHidden(session.Account.ID, session.Account.Prefs.Invisible)
	if room != 0 {
		if err := s.listen(c.UserContext(), p, session.Account, room, &since); err != nil {
			return err
		}
	}
	if _, err := s.auth.Resume(c.UserContext(), session.Hash); err != nil {
		return fiber.NewError(fiber.StatusUnauthorized, "Log in first.")
	}
	text, code := p.Wait(pollWait)
	switch {
	case code == live.CloseSessionOver:
		return fiber.NewError(fiber.StatusUnauthorized, "Log in first.")
	case code == live.CloseNotAllowed:
		return chat.NotFound()
	case code == live.CloseRestart:
		return chat.Busy("The server is restarting.", time.Second)
	case code != 0 || bytes.Contains(text, []byte(`{"reset":`)):
		return c.SendStatus(fiber.StatusResetContent)
	case len(text) == 0:
		return c.SendStatus(fiber.StatusNoContent)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return send(c, text)
}
