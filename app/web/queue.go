package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

func caseParam(c *fiber.Ctx) chat.CaseID { return id[chat.CaseID](c.Params("case")) }

// queue shows what the people of a room have to answer visitors, beside one of them.
func (s *Server) queue(c *fiber.Ctx) error { return s.queuePage(c, nil) }

func (s *Server) queuePage(c *fiber.Ctx, errs views.Errors) error {
	f, err := s.queueView(c)
	if err == nil {
		err = s.teamSees(c, &f)
	}
	if err != nil {
		return err
	}
	f.Errors = errs
	if errs != nil {
		f.Body = formValue(c, "body")
	}
	return s.page(c, f.Viewer, views.PageShell{Title: f.RoomAccess.Label(), View: "page"}, views.QueuePage(f), nil)
}

func (s *Server) queueView(c *fiber.Ctx) (f views.QueueView, err error) {
	if f.Viewer, err = s.viewer(c); err != nil {
		return f, err
	}
	if f.Queue, err = s.chat.OpenQueue(c.UserContext(), f.Me, roomParam(c)); err != nil {
		return f, err
	}
	f.Open, f.Until = f.Widget.OpenAt(f.Now)
	if room := f.RoomAccess; room.Membership != nil && room.Membership.Unread(room.Room) > 0 {
		if err := s.chat.MarkRead(c.UserContext(), f.Me, room.ID, room.Last); err != nil {
			return f, err
		}
	}
	if caseParam(c) == 0 {
		return f, nil
	}
	if f.Case, f.Lines, err = s.chat.OpenCase(c.UserContext(), f.Me, f.RoomAccess.ID, caseParam(c)); err != nil {
		return f, err
	}
	f.Typing, _ = s.chat.WhoTypes(f.Case.ID)
	f.Members, err = s.chat.Members(c.UserContext(), f.Me, f.RoomAccess.ID)
	return f, err
}

// teamSees notes that somebody has a case before the eyes; that counts as a change of the
// queue, from which the page goes on.
func (s *Server) teamSees(c *fiber.Ctx, f *views.QueueView) error {
	before := f.Case.SeenTeam
	err := s.chat.SeeCase(c.UserContext(), &f.Case, f.Lines, false)
	if err == nil && f.Case.SeenTeam != before {
		f.Widget, _, err = s.chat.WidgetOf(c.UserContext(), f.Me, f.RoomAccess.ID)
	}
	return err
}

// queueLive waits for a change in the queue, and answers with the parts of its page.
func (s *Server) queueLive(c *fiber.Ctx) error {
	me, room, rev := sessionOf(c), roomParam(c), c.Query("rev")
	if c.Query("seen") != "" && caseParam(c) != 0 {
		f, err := s.queueView(c)
		if err == nil && strings.TrimSuffix(rev, "t") == strconv.FormatInt(f.Widget.Rev, 10) {
			err = s.teamSees(c, &f)
		}
		if err != nil {
			return err
		}
	}
	is, err := s.waitSupport(c, func(ctx context.Context) (bool, error) {
		session, err := s.auth.ResumeSession(ctx, me.Hash)
		if sessionEnded(err) {
			return false, fiber.NewError(fiber.StatusUnauthorized, "Log in first.")
		}
		if err != nil {
			return false, err
		}
		w, _, err := s.chat.WidgetOf(ctx, session.Account, room)
		typing, _ := s.chat.WhoTypes(caseParam(c))
		return liveRev(w.Rev, typing) != rev, err
	})
	if err != nil {
		return err
	}
	if !is {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return s.queueParts(c)
}

// queueParts are the parts of the page, for a script.
func (s *Server) queueParts(c *fiber.Ctx) error {
	f, err := s.queueView(c)
	if err != nil {
		return err
	}
	return s.html(c, views.QueueParts(f))
}

// caseChanged answers a form of the queue.
func (s *Server) caseChanged(c *fiber.Ctx, err error) error {
	if err != nil && !fragment(c) {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.queuePage(c, errs)
	}
	if err != nil {
		return err
	}
	if fragment(c) {
		return s.queueParts(c)
	}
	return c.Redirect(views.CaseURL(roomParam(c), caseParam(c)), fiber.StatusSeeOther)
}

func (s *Server) takeCase(c *fiber.Ctx) error {
	_, err := s.chat.TakeCase(c.UserContext(), sessionOf(c).Account, roomParam(c), caseParam(c))
	return s.caseChanged(c, err)
}

func (s *Server) transferCase(c *fiber.Ctx) error {
	_, err := s.chat.TransferCase(c.UserContext(), sessionOf(c).Account, roomParam(c), caseParam(c), id[chat.AccountID](formValue(c, "to")))
	return s.caseChanged(c, err)
}

func (s *Server) closeCase(c *fiber.Ctx) error {
	_, err := s.chat.CloseCase(c.UserContext(), sessionOf(c).Account, roomParam(c), caseParam(c))
	return s.caseChanged(c, err)
}

func (s *Server) reopenCase(c *fiber.Ctx) error {
	_, err := s.chat.ReopenCase(c.UserContext(), sessionOf(c).Account, roomParam(c), caseParam(c))
	return s.caseChanged(c, err)
}

func (s *Server) answerCase(c *fiber.Ctx) error {
	_, err := s.chat.AnswerCase(c.UserContext(), sessionOf(c).Account, roomParam(c), caseParam(c), formValue(c, "body"))
	return s.caseChanged(c, err)
}

// typeInCase shows a visitor that who has the case is writing.
func (s *Server) typeInCase(c *fiber.Ctx) error {
	if err := s.chat.TypeInCase(c.UserContext(), sessionOf(c).Account, roomParam(c), caseParam(c)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// widgetSettings is the page of how visitors talk to a room.
func (s *Server) widgetSettings(c *fiber.Ctx) error { return s.widgetForm(c, nil, nil) }

func (s *Server) widgetForm(c *fiber.Ctx, typed *chat.Widget, errs views.Errors) error {
	f := views.WidgetForm{Errors: errs, Notice: notices[c.Query("done")], Host: s.public(c)}
	var err error
	if f.Viewer, err = s.viewer(c); err != nil {
		return err
	}
	if f.RoomAccess, err = s.chat.ReadableRoom(c.UserContext(), f.Me, roomParam(c)); err != nil {
		return err
	}
	if f.May, err = s.chat.MayHook(c.UserContext(), f.Me, f.ID); err != nil {
		return err
	}
	if !f.May || f.Kind == chat.Direct || f.Everyone {
		return chat.Forbidden("Who may have bots, and is in the room, lets visitors talk to it.")
	}
	w, _, err := s.chat.WidgetOf(c.UserContext(), f.Me, f.ID)
	f.Stored = err == nil
	if refusal, refused := chat.AsError(err); err != nil && (!refused || refusal.Kind != chat.KindNotFound) {
		return err
	}
	if !f.Stored {
		w = chat.Widget{Slug: "support", Title: s.workspace().Workspace(), Zone: f.Zone.String(), Colour: chat.DefaultColour, Late: 5, On: true}
	}
	if f.Widget = w; typed != nil {
		f.Widget = *typed
	}
	return s.page(c, f.Viewer, views.PageShell{Title: "Visitors", View: "page"}, views.WidgetSettings(f), nil)
}

func (s *Server) setWidget(c *fiber.Ctx) error {
	late, _ := strconv.Atoi(formValue(c, "late"))
	w := chat.Widget{Slug: formValue(c, "slug"), Title: formValue(c, "title"), Greeting: formValue(c, "greeting"),
		Hours: strings.ReplaceAll(formValue(c, "hours"), "\r\n", "\n"),
		Zone:  formValue(c, "zone"), Colour: formValue(c, "colour"), Late: late, On: formValue(c, "on") != "",
		WholePage: formValue(c, "whole") != "",
		Origins:   strings.Fields(formValue(c, "origins"))}
	if _, err := s.chat.SetWidget(c.UserContext(), sessionOf(c).Account, roomParam(c), w); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.widgetForm(c, &w, errs)
	}
	return c.Redirect(views.RoomURL(roomParam(c))+"/widget?done=saved", fiber.StatusSeeOther)
}
