package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// chosen answers a form that changed how oneself has a room.
func (s *Server) chosen(c *fiber.Ctx, choice chat.RoomPrefs) error {
	return s.roomChanged(c, "saved", s.chat.SetRoomPrefs(c.UserContext(), sessionOf(c).Account, roomParam(c), choice))
}

// roomWish reads what a form asks for: on=1, on=0.
func roomWish(c *fiber.Ctx) *bool {
	on := fieldsOf(c, "on")["on"] == "1"
	return &on
}

func (s *Server) starRoom(c *fiber.Ctx) error {
	if formValue(c, "on") == "up" {
		return s.chosen(c, chat.RoomPrefs{Raise: true})
	}
	return s.chosen(c, chat.RoomPrefs{Starred: roomWish(c)})
}

// setStars orders the rooms with a star.
func (s *Server) setStars(c *fiber.Ctx) error {
	var rooms []chat.RoomID
	for _, v := range c.Request().PostArgs().PeekMulti("room") {
		rooms = append(rooms, id[chat.RoomID](string(v)))
	}
	if err := s.chat.SetStars(c.UserContext(), sessionOf(c).Account, rooms); err != nil {
		return err
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

// morning is when a day begins for who is not to be disturbed before it.
const morning = 9

// tomorrow is the next morning in a zone.
func tomorrow(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, morning, 0, 0, 0, zone)
}

// muteRoom mutes for a while, for good, or not any more.
func (s *Server) muteRoom(c *fiber.Ctx) error {
	wish := chat.RoomPrefs{Muted: roomWish(c)}
	switch formValue(c, "for") {
	case "":
	case "1h":
		wish.MutedUntil = time.Now().Add(time.Hour)
	case "tomorrow":
		v, err := s.viewer(c)
		if err != nil {
			return err
		}
		wish.MutedUntil = tomorrow(time.Now(), v.Zone)
	case "on", "off":
	default:
		return s.roomChanged(c, "", chat.Invalid("for", "Choose one of the values in the list."))
	}
	if f := formValue(c, "for"); f != "" {
		on := f != "off"
		wish.Muted = &on
	}
	return s.chosen(c, wish)
}

// roomMenu is what one can do with a room: a page, or what a script shows as a menu.
func (s *Server) roomMenu(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	m := views.RoomMenu{Viewer: v, Hour: time.Now().Add(time.Hour), Tomorrow: tomorrow(time.Now(), v.Zone)}
	if m.RoomAccess, err = s.chat.ReadableRoom(c.UserContext(), v.Me, roomParam(c)); err != nil {
		return err
	}
	m.Title, m.Address = m.RoomAccess.Name, s.public(c)+views.RoomURL(m.ID)
	if m.Kind == chat.Direct {
		members, err := s.chat.Members(c.UserContext(), v.Me, m.ID)
		if err != nil {
			return err
		}
		m.Title = titleOf(members, v.Me.ID)
	}
	if target(c, "div#menu") {
		c.Set(fiber.HeaderVary, "HX-Request, HX-Target")
		return s.html(c, views.MenuItems(m))
	}
	return s.page(c, v, views.PageShell{Title: m.Title, View: "page"}, views.MenuPage(m), nil)
}

var levels = map[string]chat.Level{"usual": chat.LevelUsual, "all": chat.LevelAll, "mentions": chat.LevelMentions, "off": chat.LevelOff}

func (s *Server) setNotifyLevel(c *fiber.Ctx) error {
	level, ok := levels[formValue(c, "level")]
	if !ok {
		return s.roomChanged(c, "", chat.Invalid("level", "Choose one of the values in the list."))
	}
	return s.chosen(c, chat.RoomPrefs{Level: &level})
}
