package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

func messageParam(c *fiber.Ctx) chat.MessageID { return id[chat.MessageID](c.Params("message")) }

// message shows one message with what it answers, what answers it, and what can be
// done to it: as a page, or beside a room.
func (s *Server) message(c *fiber.Ctx) (page, error) { return s.messagePage(c, nil) }

// refusedMessage is message again, for a form that was refused.
func (s *Server) refusedMessage(c *fiber.Ctx, errs views.Errors) error {
	p, err := s.messagePage(c, errs)
	if err != nil {
		return err
	}
	return s.respond(c, p)
}

// messagePage shows it; errs are of a form that was refused.
func (s *Server) messagePage(c *fiber.Ctx, errs views.Errors) (page, error) {
	f, p, err := s.conversation(c)
	if err != nil {
		return page{}, err
	}
	f.Errors = errs
	if errs != nil {
		f.Body = formValue(c, "body")
	}
	if target(c, "aside#panel") {
		return page{fragment: views.ConversationPanel(f)}, nil
	}
	shell := views.PageShell{Title: "Conversation", View: "page", In: f.IsMember(), Moderates: f.Allows(chat.ActionModerate)}
	return page{viewer: f.Viewer, shell: shell, main: views.Message(f), data: func() any { return messagePageJSON(c, f, p) }}, nil
}

func messagePageJSON(c *fiber.Ctx, f views.Conversation, p chat.MessagePage) jsonMessagePage {
	return jsonMessagePage{
		Room:     roomJSON(f.Room, f.RoomTitle, f.Membership),
		Message:  messageJSON(p.Message),
		Thread:   each(threadShown(f, p), messageJSON),
		More:     f.More,
		Newer:    addressOf(f.More, c.Path()+"?after="+strconv.FormatInt(int64(f.NextReplies()), 10)),
		Versions: each(p.Versions, func(v chat.Version) jsonVersion { return jsonVersion{timeOf(v.At), v.Text.Plain()} }),
		Older:    addressOf(p.Older != 0, c.Path()+"?before="+strconv.FormatInt(int64(p.Older), 10)),
	}
}

// threadShown are the messages of a page of replies; the message itself is on the first
// one alone.
func threadShown(f views.Conversation, p chat.MessagePage) []chat.Message {
	shown := p.Thread[:len(f.Rows)]
	if f.After != 0 {
		return shown[1:]
	}
	return shown
}

// conversation gathers it for the person who asks.
func (s *Server) conversation(c *fiber.Ctx) (f views.Conversation, p chat.MessagePage, err error) {
	me := sessionOf(c).Account
	f.Before = id[chat.Rev](c.Query("before"))
	if f.After = id[chat.MessageID](c.Query("after")); f.After <= messageParam(c) {
		f.After = 0
	}
	p, err = s.chat.OpenMessage(c.UserContext(), me, messageParam(c), f.Before, f.After)
	if err != nil {
		return f, p, err
	}
	if f.Viewer, err = s.viewer(c); err != nil {
		return f, p, err
	}
	f.RoomAccess, f.Row, f.Body, f.RoomTitle, f.CID = p.RoomAccess, s.rendered.Row(&p.Message), p.Message.Body, p.Label(), chat.NewCID()
	if p.Kind == chat.Direct {
		f.RoomTitle = "your conversation"
		_, f.Silent = chat.Deactivated(p.Members, me.ID)
	}
	f.Rows, f.More = fitting(s.rendered.Rows(p.Thread), p.Message.ID, p.More)
	f.Versions, f.OlderVersions = p.Versions, p.Older
	return f, p, nil
}

// maxConversation is how many bytes of rows the page of a message shows.
const maxConversation = 96 << 10

// fitting leaves out the last replies to a message where they are too much for a page.
func fitting(rows []views.Row, of chat.MessageID, more bool) ([]views.Row, bool) {
	size := 0
	replies := 0
	for i, r := range rows {
		if r.ID > of {
			replies++
		}
		if size += r.Size(); size > maxConversation && replies > 1 {
			return rows[:i], true
		}
	}
	return rows, more
}

// editPage is the form of a message: in its row for a script, else as a page.
func (s *Server) editPage(c *fiber.Ctx) error { return s.editForm(c, nil) }

func (s *Server) editForm(c *fiber.Ctx, errs views.Errors) error {
	m, access, err := s.chat.Editable(c.UserContext(), sessionOf(c).Account, messageParam(c))
	if err != nil {
		return err
	}
	f := views.Edit{Message: m, RoomAccess: access, Body: m.Body, Errors: errs}
	if errs != nil {
		f.Body = formValue(c, "body")
	}
	if fragment(c) && !target(c, "div#stage") {
		return s.html(c, views.EditForm(f))
	}
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: "Edit", View: "page"}, views.EditPage(f), nil)
}

func (s *Server) editMessage(c *fiber.Ctx) error {
	m, err := s.chat.Edit(c.UserContext(), sessionOf(c).Account, messageParam(c), chat.Draft{Body: formValue(c, "body"), Host: s.public(c)})
	if err == nil && !wantsJSON(c) {
		if u := s.unreachedMentions(c.UserContext(), sessionOf(c).Account, m); u.Any() {
			return s.messageAnswer(c, m, u)
		}
	}
	return s.changed(c, chat.MessageChange{Message: m}, s.editForm, err)
}

// markUnread moves the read mark back to before a message.
func (s *Server) markUnread(c *fiber.Ctx) error {
	_, err := s.chat.MarkUnread(c.UserContext(), sessionOf(c).Account, messageParam(c))
	if err != nil {
		return err
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	s.later.Delete(string(sessionOf(c).Hash)) // the page that was left would mark it read again
	return c.Redirect("/", fiber.StatusSeeOther)
}

func (s *Server) react(c *fiber.Ctx) error {
	var on *bool // a plain form turns it over; a script says what it wants, so that it may repeat itself
	if v := formValue(c, "on"); v != "" {
		yes := v == "1"
		on = &yes
	}
	m, err := s.chat.React(c.UserContext(), sessionOf(c).Account, messageParam(c), formValue(c, "e"), on)
	return s.changed(c, chat.MessageChange{Message: m}, s.refusedMessage, err)
}

// reactAs is react for an address that ends with the emoji.
func (s *Server) reactAs(on string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		e, err := url.PathUnescape(c.Params("e"))
		if err != nil {
			return fiber.ErrBadRequest
		}
		if !strings.Contains(e, ":") && strings.Trim(e, "abcdefghijklmnopqrstuvwxyz0123456789_+-") == "" {
			e = ":" + e + ":"
		}
		c.Request().PostArgs().Set("e", e)
		c.Request().PostArgs().Set("on", on)
		return s.react(c)
	}
}

// deleteMessage answers a plain form with the room, which offers to undo it.
func (s *Server) deleteMessage(c *fiber.Ctx) error {
	change, err := s.chat.DeleteMessage(c.UserContext(), sessionOf(c).Account, messageParam(c))
	if err == nil && wantsJSON(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	if err == nil && !fragment(c) {
		return c.Redirect(views.DeletedURL(change.Room, change.ID), fiber.StatusSeeOther)
	}
	return s.changed(c, change, s.refusedMessage, err)
}

func (s *Server) restoreMessage(c *fiber.Ctx) error {
	change, err := s.chat.RestoreMessage(c.UserContext(), sessionOf(c).Account, messageParam(c))
	if err != nil {
		return err // there is no page of what is deleted
	}
	return s.changed(c, change, s.refusedMessage, nil)
}

// changed answers with a message as it now is, and with what changed with it: to a
// script as everybody is told of it, to a person as a page; again is the page of a
// form that was refused.
func (s *Server) changed(c *fiber.Ctx, change chat.MessageChange, again func(*fiber.Ctx, views.Errors) error, err error) error {
	if err != nil {
		if fragment(c) {
			return err
		}
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return again(c, errs)
	}
	if wantsJSON(c) {
		return writeJSON(c, fiber.MIMEApplicationJSON, messageJSON(change.Message))
	}
	if fragment(c) {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(views.ChangedRows(change.Room, s.rendered.Rows(append(change.With, change.Message))))
	}
	return c.Redirect(views.MessageURL(change.Room, change.ID)+"#"+views.MessageAnchor(change.ID), fiber.StatusSeeOther)
}
