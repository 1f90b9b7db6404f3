package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// admin gathers what every page of the administration shows. What a page may show
// decides the service that it asks; each page of the administration asks it for
// something before this.
func (s *Server) admin(c *fiber.Ctx, errs views.Errors) (views.Admin, error) {
	v, err := s.viewer(c)
	if err != nil {
		return views.Admin{}, err
	}
	f := views.Admin{Viewer: v, Errors: errs}
	if errs == nil {
		f.Notice = notices[c.Query("done")]
	}
	f.Waiting, err = s.countReports(c, v)
	return f, err
}

// adminView is how these pages are shown.
func adminView(title string) views.PageShell { return views.PageShell{Title: title, View: "page"} }

func (s *Server) overview(c *fiber.Ctx) error {
	ctx, me := c.UserContext(), sessionOf(c).Account
	h, err := s.chat.Health(ctx, me)
	if err != nil {
		return err
	}
	h.Backup = s.Backups(ctx)
	f := views.Overview{Health: h, Pages: s.Pages(), Version: s.Version, Since: s.since}
	if f.Admin, err = s.admin(c, nil); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("Administration"), views.AdminOverview(f), nil)
}

func (s *Server) adminPeople(c *fiber.Ctx) error { return s.peopleRecords(c, nil) }

// decideAsking says yes or no to somebody who asked for an account.
func (s *Server) decideAsking(c *fiber.Ctx) error {
	n, _ := strconv.ParseInt(c.Params("asking"), 10, 64) // 0 is nobody's
	if err := s.auth.Decide(c.UserContext(), sessionOf(c).Account, n, formValue(c, "yes") != ""); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.peopleRecords(c, errs)
	}
	return c.Redirect("/admin/people?done=decided", fiber.StatusSeeOther)
}

func (s *Server) peopleRecords(c *fiber.Ctx, errs views.Errors) error {
	n, err := pageParam(c)
	if err != nil {
		return err
	}
	f := views.AccountRecords{Query: c.Query("q"), State: chat.State(c.Query("state")), Page: n}
	if f.People, f.More, err = s.chat.AccountRecords(c.UserContext(), sessionOf(c).Account, f.Query, f.State, n); err != nil {
		return err
	}
	asking, err := s.auth.Applications(c.UserContext(), sessionOf(c).Account)
	if err != nil {
		return err
	}
	for _, a := range asking {
		f.Asking = append(f.Asking, views.Asking{ID: a.ID, Name: a.Name, Username: a.Username, Reason: a.Reason, Made: a.Made})
	}
	if f.Admin, err = s.admin(c, errs); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("People"), views.AdminPeople(f), nil)
}

func personParam(c *fiber.Ctx) chat.AccountID { return id[chat.AccountID](c.Params("person")) }

func (s *Server) adminPerson(c *fiber.Ctx) error { return s.recordPage(c, nil, "") }

func (s *Server) recordPage(c *fiber.Ctx, errs views.Errors, link string) error {
	r, err := s.chat.AccountRecord(c.UserContext(), sessionOf(c).Account, personParam(c))
	if err != nil {
		return err
	}
	f := views.AccountRecordForm{AccountRecord: r, Link: link}
	if f.Admin, err = s.admin(c, errs); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView(r.Name), views.AdminPerson(f), nil)
}

// recordChanged answers a form about an account.
func (s *Server) recordChanged(c *fiber.Ctx, done string, err error) error {
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.recordPage(c, errs, "")
	}
	return c.Redirect(views.AccountRecordURL(personParam(c))+"?done="+done, fiber.StatusSeeOther)
}

func (s *Server) setRole(c *fiber.Ctx) error {
	role, ok := chat.Roles[formValue(c, "role")]
	if !ok {
		role = chat.RoleGuest - 1
	}
	return s.recordChanged(c, "saved", s.chat.SetRole(c.UserContext(), sessionOf(c).Account, personParam(c), role))
}

func (s *Server) disableAccount(c *fiber.Ctx) error {
	return s.recordChanged(c, "disabled", s.chat.DisableAccount(c.UserContext(), sessionOf(c).Account, personParam(c)))
}

func (s *Server) enableAccount(c *fiber.Ctx) error {
	return s.recordChanged(c, "enabled", s.chat.EnableAccount(c.UserContext(), sessionOf(c).Account, personParam(c)))
}

func (s *Server) banAccount(c *fiber.Ctx) error {
	return s.recordChanged(c, "banned", s.chat.BanAccount(c.UserContext(), sessionOf(c).Account, personParam(c), formValue(c, "erase") != ""))
}

func (s *Server) endSessions(c *fiber.Ctx) error {
	return s.recordChanged(c, "out", s.chat.EndSessions(c.UserContext(), sessionOf(c).Account, personParam(c)))
}

// makeReset shows a link once: it is stored nowhere.
func (s *Server) makeReset(c *fiber.Ctx) error {
	ctx, me := c.UserContext(), sessionOf(c).Account
	r, err := s.chat.AccountRecord(ctx, me, personParam(c))
	if err != nil {
		return err
	}
	token, err := s.auth.CreateReset(ctx, me, r.Account)
	if err != nil {
		return s.recordChanged(c, "", err)
	}
	return s.recordPage(c, nil, s.public(c)+"/reset/"+token)
}

// public is the address under which people reach us.
func (s *Server) public(c *fiber.Ctx) string {
	if s.origin != nil {
		return s.origin.String()
	}
	scheme := "http"
	if s.secure(c) {
		scheme = "https"
	}
	return scheme + "://" + c.Hostname()
}

func (s *Server) adminRooms(c *fiber.Ctx) error {
	ctx, me := c.UserContext(), sessionOf(c).Account
	if err := me.May(chat.ManageRooms); err != nil {
		return err
	}
	f := views.AdminRoomsForm{Query: c.Query("q")}
	var err error
	if f.Rooms, err = s.chat.OpenRooms(ctx, me, f.Query); err != nil {
		return err
	}
	if f.Health, err = s.chat.Health(ctx, me); err != nil {
		return err
	}
	if f.Admin, err = s.admin(c, nil); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("Rooms"), views.AdminRooms(f), nil)
}

func (s *Server) adminLog(c *fiber.Ctx) error {
	before, err := strconv.ParseInt(c.Query("before", "0"), 10, 64)
	if err != nil || before < 0 {
		return fiber.ErrBadRequest
	}
	var f views.AuditLog
	if f.Entries, f.Older, err = s.chat.AuditLog(c.UserContext(), sessionOf(c).Account, before); err != nil {
		return err
	}
	if f.Admin, err = s.admin(c, nil); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("Log"), views.AdminLog(f), nil)
}
