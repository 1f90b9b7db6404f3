package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// notices are what a page says after a form was taken.
var notices = map[string]string{
	"name":     "Your profile was changed.",
	"password": "Your password was changed, and you were logged out everywhere else.",
	"saved":    "Saved.",
	"gone":     "You are no longer in that room.",
	"removed":  "Removed from the room.",
	"ended":    "Logged out there.",
	"disabled": "The account cannot log in any more, and was logged out everywhere.",
	"enabled":  "The account can log in again.",
	"banned":   "Banned, and logged out everywhere.",
	"out":      "Logged out everywhere.",
	"revoked":  "The invite does not work any more.",
	"reported": "Reported. Thank you; somebody will look at it.",
	"decided":  "Decided.",
	"key":      "The key does not work any more.",
	"hook":     "The hook does not work any more.",
	"bot":      "The bot was removed; what it said stays.",
}

// settings answers with one page of a person's settings.
func (s *Server) settingsOf(c *fiber.Ctx, title string, page func(views.Viewer, views.MeForm) views.Tab, f views.MeForm) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	if f.Notice == "" && f.Errors == nil {
		f.Notice = notices[c.Query("done")]
	}
	return s.page(c, v, views.PageShell{Title: title, View: "page"}, page(v, f), nil)
}

func (s *Server) profilePage(c *fiber.Ctx) error {
	a := sessionOf(c).Account
	return s.settingsOf(c, "Your profile", views.Me, views.MeForm{Profile: chat.Profile{Name: a.Name, Title: a.Title, Bio: a.Bio}})
}

// profileForm shows the page again after a form of it was refused.
func (s *Server) profileForm(c *fiber.Ctx, err error) error {
	errs, err := s.formErrors(c, err)
	if err != nil {
		return err
	}
	a := sessionOf(c).Account
	return s.settingsOf(c, "Your profile", views.Me, views.MeForm{Profile: chat.Profile{Name: a.Name, Title: a.Title, Bio: a.Bio}, Errors: errs})
}

func (s *Server) setProfile(c *fiber.Ctx) error {
	f := views.MeForm{Profile: chat.Profile{Name: formValue(c, "name"), Title: formValue(c, "title"), Bio: formValue(c, "bio")}}
	err := s.chat.SetProfile(c.UserContext(), sessionOf(c).Account, f.Profile)
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.settingsOf(c, "Your profile", views.Me, f)
	}
	return c.Redirect("/me?done=name", fiber.StatusSeeOther)
}

func (s *Server) appearance(c *fiber.Ctx) error {
	return s.settingsOf(c, "Appearance", views.Appearance, views.MeForm{Prefs: sessionOf(c).Account.Prefs})
}

func (s *Server) notifications(c *fiber.Ctx) error {
	return s.settingsOf(c, "Notifications", views.Notifications, views.MeForm{Prefs: sessionOf(c).Account.Prefs})
}

func (s *Server) setAppearance(c *fiber.Ctx) error {
	return s.setPrefs(c, "Appearance", "/me/appearance", views.Appearance, func(p *chat.Prefs) {
		p.Theme, p.Density, p.Enter, p.Keys = formValue(c, "theme"), formValue(c, "density"), formValue(c, "enter"), formValue(c, "keys")
		p.Zone, p.Clock = formValue(c, "zone"), formValue(c, "clock")
	})
}

func (s *Server) setNotifications(c *fiber.Ctx) error {
	return s.setPrefs(c, "Notifications", "/me/notifications", views.Notifications, func(p *chat.Prefs) {
		p.Announce, p.Sound = formValue(c, "announce"), formValue(c, "sound")
		p.QuietFrom, p.QuietTo = formValue(c, "quiet_from"), formValue(c, "quiet_to")
		p.Invisible, p.NoTyping, p.NoArrivals = formValue(c, "invisible") != "", formValue(c, "typing") == "", formValue(c, "arrivals") == ""
	})
}

// pauses are how long one can ask not to be disturbed.
var pauses = map[string]time.Duration{"30m": 30 * time.Minute, "1h": time.Hour, "4h": 4 * time.Hour, "24h": 24 * time.Hour, "off": 0}

// pause stops notifications for a while.
func (s *Server) pause(c *fiber.Ctx) error {
	d, ok := pauses[formValue(c, "for")]
	if !ok {
		return fiber.ErrBadRequest
	}
	return s.setPrefs(c, "Notifications", "/me/notifications", views.Notifications, func(p *chat.Prefs) {
		p.Until = time.Time{}
		if d > 0 {
			p.Until = time.Now().Add(d).UTC().Truncate(time.Second)
		}
	})
}

// setPrefs takes one form of preferences, or shows it again.
func (s *Server) setPrefs(c *fiber.Ctx, title, path string, page func(views.Viewer, views.MeForm) views.Tab, change func(*chat.Prefs)) error {
	me := sessionOf(c).Account
	err := s.chat.SetPrefs(c.UserContext(), me, change)
	if err != nil {
		f := views.MeForm{Prefs: me.Prefs}
		change(&f.Prefs)
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.settingsOf(c, title, page, f)
	}
	return c.Redirect(path+"?done=saved", fiber.StatusSeeOther)
}

func (s *Server) password(c *fiber.Ctx) error {
	return s.settingsOf(c, "Password", views.Password, views.MeForm{})
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	token, err := s.auth.ChangePassword(c.UserContext(), *sessionOf(c), formValue(c, "current"), formValue(c, "password"), s.address(c))
	if err != nil {
		var f views.MeForm
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.settingsOf(c, "Password", views.Password, f)
	}
	s.setCookie(c, token)
	return c.Redirect("/me/password?done=password", fiber.StatusSeeOther)
}

// sessions lists where one is logged in.
func (s *Server) sessions(c *fiber.Ctx) error {
	me := sessionOf(c)
	all, err := s.auth.Sessions(c.UserContext(), me.Account.ID)
	if err != nil {
		return err
	}
	var f views.MeForm
	for _, o := range all {
		f.Sessions = append(f.Sessions, views.Session{ID: o.ID(), Agent: o.Agent, Since: o.Created, Seen: o.Seen, IsCurrent: o.ID() == me.ID()})
	}
	return s.settingsOf(c, "Sessions", views.Sessions, f)
}

// endSession logs one other session out, or all others.
func (s *Server) endSession(c *fiber.Ctx) error {
	if err := s.auth.EndOtherSession(c.UserContext(), *sessionOf(c), c.Params("session")); err != nil {
		return err
	}
	return c.Redirect("/me/sessions?done=ended", fiber.StatusSeeOther)
}
