package web

import (
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

func messageParam(c *fiber.Ctx) chat.MessageID { return id[chat.MessageID](c.Params("message")) }

// message shows one message with what can be done to it.
func (s *Server) message(c *fiber.Ctx) error { return s.messagePage(c, nil) }

// messagePage shows it; errs are of a form that was refused.
func (s *Server) messagePage(c *fiber.Ctx, errs views.Errors) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	m, place, err := s.chat.Said(c.UserContext(), v.Me, messageParam(c))
	if err != nil {
		return err
	}
	f := views.Conversation{Viewer: v, Place: place, Row: s.fragments.row(m), Body: m.Body, Errors: errs, RoomTitle: place.Label()}
	if place.Kind == chat.Direct {
		f.RoomTitle = "your conversation"
	}
	if f.Versions, err = s.chat.Versions(c.UserContext(), v.Me, m.ID); err != nil {
		return err
	}
	if errs["body"] != "" {
		f.Body = c.FormValue("body")
	}
	return s.page(c, v, views.Stage{Title: "Message", View: "page"}, views.Message(f), nil)
}

func (s *Server) edit(c *fiber.Ctx) error {
	m, err := s.chat.Edit(c.UserContext(), who(c).Account, messageParam(c), c.FormValue("body"))
	return s.changed(c, m, err)
}

// markUnread moves the read mark back to before a message.
func (s *Server) markUnread(c *fiber.Ctx) error {
	_, err := s.chat.MarkUnread(c.UserContext(), who(c).Account, messageParam(c))
	if err != nil {
		return err
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	s.later.Delete(string(who(c).Hash)) // the page that was left would mark it read again
	return c.Redirect("/", fiber.StatusSeeOther)
}

func (s *Server) react(c *fiber.Ctx) error {
	var on *bool // a plain form turns it over; a script says what it wants, so that it may repeat itself
	if v := c.FormValue("on"); v != "" {
		yes := v == "1"
		on = &yes
	}
	m, err := s.chat.React(c.UserContext(), who(c).Account, messageParam(c), c.FormValue("e"), on)
	return s.changed(c, m, err)
}

func (s *Server) delete(c *fiber.Ctx) error {
	m, err := s.chat.Delete(c.UserContext(), who(c).Account, messageParam(c))
	if err == nil && !fragment(c) {
		return c.Redirect(views.RoomURL(m.Room), fiber.StatusSeeOther)
	}
	return s.changed(c, m, err)
}

// changed answers with a message as it now is: to a script as everybody is told
// of it, to a person as a page.
func (s *Server) changed(c *fiber.Ctx, m chat.Message, err error) error {
	if err != nil {
		if fragment(c) {
			return err
		}
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.messagePage(c, errs)
	}
	if fragment(c) {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(views.Told(m.Room, []views.Row{s.fragments.row(m)}))
	}
	return c.Redirect(views.MessageURL(m.Room, m.ID), fiber.StatusSeeOther)
}
