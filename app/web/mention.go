package web

import (
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// mentions shows what was said to the person who asks.
func (s *Server) mentions(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f := views.MentionsView{Viewer: v, Before: id[chat.MessageID](c.Query("before"))}
	if f.Hits, f.Older, err = s.chat.Mentions(c.UserContext(), v.Me, f.Before); err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: "Mentions", View: "page"}, views.Mentions(f), nil)
}

// commandHints are the options of a slash at the beginning of a message box.
func (s *Server) commandHints(c *fiber.Ctx) error {
	list, err := s.chat.CommandHints(c.UserContext(), sessionOf(c).Account, roomParam(c), c.Query("q"))
	if err != nil {
		return err
	}
	return s.html(c, views.CommandHints(list))
}

// mentionables are the options of @ in a message box.
func (s *Server) mentionables(c *fiber.Ctx) error {
	list, calls, err := s.chat.Mentionables(c.UserContext(), sessionOf(c).Account, roomParam(c), c.Query("q"))
	if err != nil {
		return err
	}
	return s.html(c, views.Mentionables(list, calls))
}
