package web

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

func (s *Server) draft(c *fiber.Ctx) chat.Draft {
	d := chat.Draft{Host: s.public(c), Body: formValue(c, "body"), CID: formValue(c, "cid"),
		ReplyTo: id[chat.MessageID](formValue(c, "reply_to")),
		Confirm: int(id[int64](formValue(c, "confirm")))}
	if _, byKey := keyOf(c); byKey {
		if d.CID == "" {
			d.CID = idempotencyKey(c)
		}
		if bareWords(c) && uploadOf(c) == nil {
			d.Body = string(c.Body())
		}
	}
	return d
}

// idempotencyKey is the header of that name, whose draft has it in quotes
// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header).
func idempotencyKey(c *fiber.Ctx) string {
	key := strings.TrimSpace(c.Get("Idempotency-Key"))
	if inner, ok := strings.CutPrefix(key, `"`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	return key
}

// bareWords says whether a program sends what it says as it is, and not in a form:
// curl --data 'the words'.
func bareWords(c *fiber.Ctx) bool {
	args := c.Request().PostArgs()
	return writesMessage(&c.Request().Header) && !args.Has("body") && !args.Has("cid")
}

// postMessage says something in a room. A script gets the message as everybody is
// told of it; a plain form goes back to the room.
func (s *Server) postMessage(c *fiber.Ctx) error {
	me, room, d := sessionOf(c).Account, roomParam(c), s.draft(c)
	stored, err := s.draftFiles(c, &d, func() error { return s.chat.MayUpload(c.UserContext(), me, room) })
	if err != nil {
		return s.refusePost(c, d, stored, err)
	}
	m, ran, err := s.say(c.UserContext(), me, room, d)
	if err != nil {
		return s.refusePost(c, d, stored, err)
	}
	if ran {
		return s.commandDone(c, room)
	}
	s.dropUnused(c, stored, m)
	return s.messageAnswer(c, m, s.unreachedMentions(c.UserContext(), me, m))
}

// say says something in a room, or does what it orders: then ran is true, and there is no
// message. Forms and sockets ask here.
func (s *Server) say(ctx context.Context, me chat.Account, room chat.RoomID, d chat.Draft) (m chat.Message, ran bool, err error) {
	if len(d.Files) == 0 {
		ran, err = s.chat.RunCommand(ctx, me, room, d.Body)
	}
	if !ran && err == nil {
		m, err = s.chat.PostMessage(ctx, me, room, d)
	}
	if err == nil {
		s.hub.StopTyping(room, me.ID)
	}
	return m, ran, err
}

// commandDone answers a command: what it did is told as to everybody else.
func (s *Server) commandDone(c *fiber.Ctx, room chat.RoomID) error {
	if wantsJSON(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	if fragment(c) {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.SendString("")
	}
	return c.Redirect(s.talkURL(c, room), fiber.StatusSeeOther)
}

// messageAnswer answers with what somebody said, and with whom it does not reach.
func (s *Server) messageAnswer(c *fiber.Ctx, m chat.Message, unreached views.UnreachedMentions) error {
	if wantsJSON(c) {
		return madeMessage(c, m)
	}
	if fragment(c) {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		rows := views.ChangedRows(m.Room, []views.Row{s.rendered.Row(&m)}) // no rev: the page may have missed what came before
		return c.Send(append(rows, views.UnreachedToast(s.context(c), unreached)...))
	}
	if unreached.Any() {
		return c.Redirect(views.PostedURL(m.Room, m.ID), fiber.StatusSeeOther)
	}
	if of := id[chat.MessageID](formValue(c, "of")); of != 0 { // it was said on the page of a conversation
		return c.Redirect(views.ActionURL(of)+"#"+views.MessageAnchor(m.ID), fiber.StatusSeeOther)
	}
	return c.Redirect(s.talkURL(c, m.Room)+"#"+views.MessageAnchor(m.ID), fiber.StatusSeeOther)
}

// talkURL is where people read what is said in a room; a room with visitors opens with these.
func (s *Server) talkURL(c *fiber.Ctx, room chat.RoomID) string {
	if r, err := s.chat.ReadableRoom(c.UserContext(), sessionOf(c).Account, room); err == nil && r.Queue {
		return views.TalkURL(room)
	}
	return views.RoomURL(room)
}

// unreachedMentions finds out whom the author of a message has to be told of. The message
// is stored: where that fails, nothing is told.
func (s *Server) unreachedMentions(ctx context.Context, me chat.Account, m chat.Message) views.UnreachedMentions {
	u, err := s.chat.UnreachedMentions(ctx, me, m)
	if err != nil {
		s.log.Info("the author was not told who is not in the room", "room", m.Room, "error", err)
	}
	return views.UnreachedMentions{Room: m.Room, UnreachedMentions: u}
}

// refusePost shows a plain form again, with what was typed and what was uploaded.
func (s *Server) refusePost(c *fiber.Ctx, d chat.Draft, stored []chat.File, err error) error {
	if fragment(c) || wantsJSON(c) {
		s.dropUnused(c, stored, chat.Message{})
		return err
	}
	refused, _ := chat.AsError(err)
	errs, err := s.formErrors(c, err)
	if err != nil && (refused == nil || refused.Kind != chat.KindGone) {
		return err
	}
	v, err := s.roomView(c, chat.RoomQuery{})
	if err != nil {
		return err
	}
	v.Body, v.CID, v.Confirm = d.Body, d.CID, refused.Confirm
	if v.Kept, err = s.chat.KeptFiles(c.UserContext(), v.Me, d); err != nil {
		return err
	}
	if d.ReplyTo != 0 { // kept as well, while there is something to answer
		v.Quote, _ = s.chat.Quoted(c.UserContext(), sessionOf(c).Account, v.ID, d.ReplyTo)
	}
	for _, words := range errs {
		v.Error = words
	}
	if refused.Kind == chat.KindGone { // what it answers; without that it can be sent
		c.Status(fiber.StatusGone)
		v.Error, v.Quote = refused.Sentence, chat.Quote{}
	}
	return s.page(c, v.Viewer, v.PageShell("room"), views.Room(v), nil)
}

// newDirect chooses whom to talk to, and leads to the conversation.
func (s *Server) newDirect(c *fiber.Ctx) error {
	to := idsIn(c.Context().QueryArgs(), "to")
	if c.Query("live") != "" {
		return s.toOptions(c, to)
	}
	if c.Query("find") != "" {
		return s.directForm(c, to, "")
	}
	if len(to) == 0 {
		problem := ""
		if c.Context().QueryArgs().Has("q") {
			problem = "Choose somebody to write to."
			c.Status(fiber.StatusUnprocessableEntity)
		}
		return s.directForm(c, to, problem)
	}
	room, with, err := s.chat.FindDirect(c.UserContext(), sessionOf(c).Account, to)
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.directForm(c, to, errs["to"])
	}
	if room != 0 {
		return c.Redirect(views.RoomURL(room), fiber.StatusSeeOther)
	}
	return s.directPage(c, with, chat.Draft{CID: chat.NewCID()}, "")
}

// maxOptions is how many people a field offers at once.
const maxOptions = 12

// toOptions answers who types in the field of a new message.
func (s *Server) toOptions(c *fiber.Ctx, to []chat.AccountID) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	found, err := s.others(c, strings.TrimPrefix(strings.TrimSpace(c.Query("q")), "@"))
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(a chat.Account) bool { return slices.Contains(to, a.ID) })
	mine, err := s.chat.Sidebar(c.UserContext(), v.Me.ID)
	if err != nil {
		return err
	}
	query := chat.FoldName(strings.TrimSpace(c.Query("q")))
	rooms := slices.DeleteFunc(slices.Clone(mine), func(r chat.SidebarRoom) bool {
		with := func(id chat.AccountID) bool {
			return slices.ContainsFunc(r.With, func(p chat.Person) bool { return p.ID == id })
		}
		return r.Kind != chat.Direct || len(r.With) < 2 || !strings.Contains(chat.FoldName(r.Title()), query) ||
			slices.ContainsFunc(to, func(id chat.AccountID) bool { return !with(id) })
	})
	c.Set(fiber.HeaderVary, "HX-Request")
	return s.html(c, views.ToOptions(v, found[:min(len(found), maxOptions)], rooms[:min(len(rooms), 5)]))
}

func (s *Server) directForm(c *fiber.Ctx, to []chat.AccountID, problem string) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f, err := s.choices(c, to)
	if err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: "New message", View: "page"}, views.NewDirect(v, f, problem), nil)
}

// directPage shows the form of the first message to people.
func (s *Server) directPage(c *fiber.Ctx, with []chat.Person, d chat.Draft, problem string) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	kept, err := s.chat.KeptFiles(c.UserContext(), v.Me, d)
	if err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: chat.Names(with), View: "page"}, views.DirectForm(v, with, d.CID, d.Body, kept, problem), nil)
}

// postDirect says the first thing in a conversation.
func (s *Server) postDirect(c *fiber.Ctx) error {
	to, d := checkedPeople(c, "to"), s.draft(c)
	me := sessionOf(c).Account
	stored, err := s.draftFiles(c, &d, func() error {
		_, _, err := s.chat.FindDirect(c.UserContext(), me, to)
		return err
	})
	var m chat.Message
	if err == nil {
		m, err = s.chat.PostDirect(c.UserContext(), me, to, d)
	}
	if err == nil {
		s.dropUnused(c, stored, m)
		if wantsJSON(c) {
			return madeMessage(c, m)
		}
		return c.Redirect(views.RoomURL(m.Room), fiber.StatusSeeOther)
	}
	if wantsJSON(c) {
		s.dropUnused(c, stored, chat.Message{})
	}
	errs, err := s.formErrors(c, err)
	if err != nil {
		return err
	}
	_, with, err := s.chat.FindDirect(c.UserContext(), sessionOf(c).Account, to)
	if _, refused := chat.AsError(err); refused {
		return s.directForm(c, to, errs["to"])
	}
	if err != nil {
		return err
	}
	problem := ""
	for _, words := range errs {
		problem = words
	}
	return s.directPage(c, with, d, problem)
}
