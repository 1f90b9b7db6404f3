package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// worldMayRead answers people without an account who ask for what the world may read; false:
// it is nothing of that, and they are sent to log in, whether it is there or not.
func (s *Server) worldMayRead(c *fiber.Ctx) (bool, error) {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead || fragment(c) || c.Get(fiber.HeaderUpgrade) != "" {
		return false, nil
	}
	var err error
	switch strings.TrimSuffix(route(c), ".json") {
	case "/rooms/:room":
		err = s.worldRoom(c, chat.Span{Before: id[chat.MessageID](c.Query("before")), After: id[chat.MessageID](c.Query("after"))})
	case "/rooms/:room/@:message":
		if at := id[chat.MessageID](c.Params("message")); at != 0 {
			err = s.worldRoom(c, chat.Span{Around: at})
		} else {
			err = chat.NotFound()
		}
	case "/rooms/:room/feed.atom", "/rooms/:room/feed":
		err = s.worldFeed(c)
	case "/files/:token/s":
		err = s.worldFile(c, func(c *fiber.Ctx) error { return s.form(c, chat.FormSmall) })
	case "/files/:token/l":
		err = s.worldFile(c, func(c *fiber.Ctx) error { return s.form(c, chat.FormLarge) })
	case "/files/:token/:name":
		err = s.worldFile(c, s.original)
	default:
		return false, nil
	}
	if e, refused := chat.AsError(err); refused && (e.Kind == chat.KindNotFound || e.Kind == chat.KindGone) {
		return false, nil
	}
	return true, err
}

// headerRobots asks search engines to leave something out.
const headerRobots = "X-Robots-Tag"

// robots says where programs that read the web may go: nowhere, but into rooms that the world
// may read where there are such. Each of these says itself whether it is to be found.
func (s *Server) robots(c *fiber.Ctx) error {
	words := "User-agent: *\nDisallow: /\n"
	if s.workspace().WorldMayRead() {
		words = "User-agent: *\nAllow: /rooms/\nAllow: /files/\nAllow: /static/\nDisallow: /\n"
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString(words)
}

const localWorldFile = "world file"

// worldFile sends a file that the world may have.
func (s *Server) worldFile(c *fiber.Ctx, send fiber.Handler) error {
	f, err := s.chat.OpenWorldFile(c.UserContext(), c.Params("token"))
	if err != nil {
		return err
	}
	c.Locals(localWorldFile, f)
	return send(c)
}

// worldFeed is the newest page of a room for feed readers without an account.
func (s *Server) worldFeed(c *fiber.Ctx) error {
	w, err := s.chat.ReadWorldRoom(c.UserContext(), roomParam(c), chat.Span{}, s.address(c))
	if err != nil {
		return err
	}
	if w.World != chat.WorldSearches {
		c.Set(headerRobots, "noindex")
	}
	return s.sendRoomFeed(c, w.Room, w.Label(), w.Messages)
}

// worldRoom is a page of a room for people without an account, and for programs without a key.
func (s *Server) worldRoom(c *fiber.Ctx, span chat.Span) error {
	w, err := s.chat.ReadWorldRoom(c.UserContext(), roomParam(c), span, s.address(c))
	if err != nil {
		return err
	}
	if w.World != chat.WorldSearches {
		c.Set(headerRobots, "noindex")
	}
	c.Set(fiber.HeaderVary, "Accept, Cookie, Authorization")
	if wantsJSON(c) {
		data := jsonRoomPage{Room: roomJSON(w.Room, w.Label(), nil), Members: []jsonMember{}, Messages: each(w.Messages, worldJSON)}
		data.Room.People = 0
		if n := len(w.Messages); n > 0 {
			at := views.RoomURL(w.ID) + ".json?"
			data.Older = addressOf(w.Older, at+"before="+strconv.FormatInt(int64(w.Messages[0].ID), 10))
			data.Newer = addressOf(w.Newer, at+"after="+strconv.FormatInt(int64(w.Messages[n-1].ID), 10))
		}
		return writeJSON(c, fiber.MIMEApplicationJSON, data)
	}
	v := s.viewerOf(chat.Account{})
	v.Zone, v.ZoneKnown = zone(c.Cookies("tz"))
	v.Twelve, v.MonthFirst = twelveHours(c.Get(fiber.HeaderAcceptLanguage)), readsLikeAmericans(c.Get(fiber.HeaderAcceptLanguage))
	v.Now = time.Now()
	return s.html(c, views.World(views.WorldView{Viewer: v, WorldRoom: w, Target: span.Around,
		Signup: s.workspace().Signup() == chat.SignupOpen}))
}

// worldJSON is a message without who reacted and how its author is called to log in.
func worldJSON(m chat.Message) jsonMessage {
	j := messageJSON(m)
	for i := range j.Reactions {
		j.Reactions[i].By = []jsonPerson{}
	}
	j.Body = j.Text // as typed it may name people
	return j
}

// setWorldAccess says what people without an account may do with a room.
func (s *Server) setWorldAccess(c *fiber.Ctx) error {
	n, err := strconv.ParseUint(formValue(c, "world"), 10, 8)
	if err != nil {
		return fiber.ErrBadRequest
	}
	return s.roomChanged(c, "saved", s.chat.SetWorldAccess(c.UserContext(), sessionOf(c).Account, roomParam(c), chat.WorldAccess(n)))
}
