package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// previewParam is the place of a preview in its message, from 1 on.
func previewParam(c *fiber.Ctx) int {
	n, _ := strconv.Atoi(c.Params("preview")) // the route lets numbers in alone; 0 is none
	return n
}

// removePreview has a message show a link alone, for everybody.
func (s *Server) removePreview(c *fiber.Ctx) error {
	m, err := s.chat.RemovePreview(c.UserContext(), sessionOf(c).Account, messageParam(c), previewParam(c))
	if err != nil || !fragment(c) {
		return s.changed(c, chat.MessageChange{Message: m}, s.refusedMessage, err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	rows := views.ChangedRows(m.Room, s.rendered.Rows([]chat.Message{m}))
	return c.Send(append(rows, views.PreviewRemovedToast(s.context(c), m.ID, previewParam(c))...))
}

// restorePreview undoes that.
func (s *Server) restorePreview(c *fiber.Ctx) error {
	m, err := s.chat.RestorePreview(c.UserContext(), sessionOf(c).Account, messageParam(c), previewParam(c))
	return s.changed(c, chat.MessageChange{Message: m}, s.refusedMessage, err)
}

// messageCard is a message as others show it that link to it, for who may read it. In is
// the message that does, n the place of the link in it.
func (s *Server) messageCard(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	m, p, err := s.chat.Message(c.UserContext(), v.Me, messageParam(c))
	if e, refused := chat.AsError(err); refused && fragment(c) && (e.Kind == chat.KindNotFound || e.Kind == chat.KindGone) {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.SendString("") // what one may not see is nothing, and no word about it
	}
	if err != nil {
		return err
	}
	if !fragment(c) {
		return c.Redirect(views.MessageURL(m.Room, m.ID)+"#"+views.MessageAnchor(m.ID), fiber.StatusSeeOther)
	}
	n, _ := strconv.Atoi(c.Query("n"))
	return s.html(c, views.MessageCard(v, m, p.Room, id[chat.MessageID](c.Query("in")), n))
}
