package web

import (
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

func (s *Server) reportPage(c *fiber.Ctx) error { return s.reportForm(c, nil) }

func (s *Server) reportForm(c *fiber.Ctx, errs views.Errors) error {
	m, access, err := s.chat.Message(c.UserContext(), sessionOf(c).Account, messageParam(c))
	if err != nil {
		return err
	}
	f := views.ReportForm{Message: m, Row: s.rendered.Row(&m), Room: access, Reason: formValue(c, "reason"), Errors: errs}
	if f.Viewer, err = s.viewer(c); err != nil {
		return err
	}
	return s.page(c, f.Viewer, views.PageShell{Title: "Report a message", View: "page"}, views.Report(f), nil)
}

func (s *Server) reportMessage(c *fiber.Ctx) error {
	m, err := s.chat.Report(c.UserContext(), sessionOf(c).Account, messageParam(c), formValue(c, "reason"))
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.reportForm(c, errs)
	}
	return c.Redirect(views.MessageURL(m.Room, m.ID)+"?done=reported", fiber.StatusSeeOther)
}

// reports is the page of what is to be decided.
func (s *Server) reports(c *fiber.Ctx) error {
	list, err := s.chat.Reports(c.UserContext(), sessionOf(c).Account)
	if err != nil {
		return err
	}
	f := views.Reported{Reports: list}
	if f.Admin, err = s.admin(c, nil); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("Reports"), views.Reports(f), nil)
}

func (s *Server) decideReport(c *fiber.Ctx) error {
	do := formValue(c, "do")
	if do != "delete" && do != "keep" {
		return fiber.ErrBadRequest
	}
	if err := s.chat.DecideReport(c.UserContext(), sessionOf(c).Account, id[chat.MessageID](c.Params("message")), do == "delete"); err != nil {
		return err
	}
	return c.Redirect("/reports?done=decided", fiber.StatusSeeOther)
}
