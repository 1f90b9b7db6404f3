package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// notices are what a page says after a form was taken.
var notices = map[string]string{
	"name":       "Your profile was changed.",
	"password":   "Your password was changed, and you were logged out everywhere else.",
	"nopassword": "Your password was removed, and you were logged out everywhere else.",
	"saved":      "Saved.",
	"gone":       "You are no longer in that room.",
	"removed":    "Removed from the room.",
	"ended":      "Logged out there.",
	"disabled":   "The account cannot log in any more, and was logged out everywhere.",
	"enabled":    "The account can log in again.",
	"banned":     "Banned, and logged out everywhere.",
	"out":        "Logged out everywhere.",
	"revoked":    "The invite does not work any more.",
	"reported":   "Reported. Thank you; somebody will look at it.",
	"decided":    "Decided.",
	"key":        "The key does not work any more.",
	"untold":     "Nothing is told there any more.",
	"again":      "It is told once more.",
	"hook":       "The hook does not work any more.",
	"factor":     "No second factor is asked for any more.",
	"passkey":    "The passkey does not work any more.",
	"linked":     "Linked: you can log in by it.",
	"unlinked":   "Nobody logs in by it any more.",
	"confirm":    "A mail is on its way. Press the link in it.",
	"unmailed":   "Nothing is mailed to you any more.",
	"device":     "The device is told nothing any more.",
	"bot":        "The bot was removed; what it said stays.",
}

// notificationsTitle is the page that lists devices, too.
const notificationsTitle = "Notifications"

// settingsOf answers with one page of a person's settings.
func (s *Server) settingsOf(c *fiber.Ctx, title string, page func(views.Viewer, views.MeForm) views.Tab, f views.MeForm) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	if title == notificationsTitle {
		if f.Devices, err = s.devices(c); err != nil {
			return err
		}
		if f.Mailbox, err = s.mailbox(c); err != nil {
			return err
		}
		if f.Blocked, err = s.chat.BlockedPeople(c.UserContext(), v.Me); err != nil {
			return err
		}
	}
	if f.Notice == "" && f.Errors == nil {
		f.Notice = notices[c.Query("done")]
	}
	return s.page(c, v, views.PageShell{Title: title, View: "page"}, page(v, f), nil)
}

func (s *Server) profilePage(c *fiber.Ctx) error {
	a := sessionOf(c).Account
	if c.Context().QueryArgs().Has("list") {
		v, err := s.viewer(c)
		if err != nil {
			return err
		}
		return s.page(c, v, views.PageShell{Title: "Settings", View: "page"}, views.SettingsList(v), nil)
	}
	return s.settingsOf(c, "Profile", views.Me, views.MeForm{Profile: chat.Profile{Name: a.Name, Title: a.Title, Bio: a.Bio}})
}

// profileForm shows the page again after a form of it was refused.
func (s *Server) profileForm(c *fiber.Ctx, err error) error {
	errs, err := s.formErrors(c, err)
	if err != nil {
		return err
	}
	a := sessionOf(c).Account
	return s.settingsOf(c, "Profile", views.Me, views.MeForm{Profile: chat.Profile{Name: a.Name, Title: a.Title, Bio: a.Bio}, Errors: errs})
}

// fields are those of a form that it has: settings are saved field by field, and a form
// without a script sends all of them.
type fields map[string]string

// fieldsOf reads those of these names. Of several values of one name the last counts: a
// box that is not ticked has another field before it that says 0.
func fieldsOf(c *fiber.Ctx, names ...string) fields {
	f := fields{}
	for _, name := range names {
		if all := c.Request().PostArgs().PeekMulti(name); len(all) > 0 {
			f[name] = string(all[len(all)-1])
		}
	}
	return f
}

// given takes over a field that the form has.
func (f fields) given(name string, to *string) {
	if value, ok := f[name]; ok {
		*to = value
	}
}

// givenYes is the same for what is on or off; off turns its sense around.
func (f fields) givenYes(name string, off bool, to *bool) {
	if value := f[name]; value != "" {
		*to = (value == "1") != off
	}
}

func (s *Server) setProfile(c *fiber.Ctx) error {
	a := sessionOf(c).Account
	asked := fieldsOf(c, "name", "title", "bio")
	change := func(p *chat.Profile) {
		asked.given("name", &p.Name)
		asked.given("title", &p.Title)
		asked.given("bio", &p.Bio)
	}
	err := s.chat.ChangeProfile(c.UserContext(), a, change)
	if err != nil {
		if fragment(c) {
			return err
		}
		f := views.MeForm{Profile: chat.Profile{Name: a.Name, Title: a.Title, Bio: a.Bio}}
		change(&f.Profile)
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.settingsOf(c, "Profile", views.Me, f)
	}
	return saved(c, "/me")
}

// saved answers a form of settings that was taken.
func saved(c *fiber.Ctx, path string) error {
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(path+"?done=saved", fiber.StatusSeeOther)
}

func (s *Server) preferences(title string, page func(views.Viewer, views.MeForm) views.Tab) fiber.Handler {
	return func(c *fiber.Ctx) error {
		return s.settingsOf(c, title, page, views.MeForm{Prefs: sessionOf(c).Account.Prefs})
	}
}

// setPreferences takes what a form has of the preferences, whichever page it is of.
func (s *Server) setPreferences(title string, page func(views.Viewer, views.MeForm) views.Tab) fiber.Handler {
	return func(c *fiber.Ctx) error {
		asked := fieldsOf(c, "theme", "density", "enter", "zone", "clock", "announce", "sound", "push", "push_words", "mail",
			"keywords", "mail_words",
			"quiet_from", "quiet_to", "previews", "keys", "invisible", "typing", "arrivals", "moving")
		return s.setPrefs(c, title, c.Path(), page, func(p *chat.Prefs) {
			for name, to := range map[string]*string{"theme": &p.Theme, "density": &p.Density, "enter": &p.Enter, "zone": &p.Zone, "clock": &p.Clock,
				"announce": &p.Announce, "sound": &p.Sound, "push": &p.Push, "push_words": &p.PushWords, "mail": &p.Mail, "keywords": &p.Keywords,
				"mail_words": &p.MailWords,
				"quiet_from": &p.QuietFrom, "quiet_to": &p.QuietTo} {
				asked.given(name, to)
			}
			for name, to := range map[string]*string{"previews": &p.Previews, "keys": &p.Keys} {
				on := *to != "off"
				asked.givenYes(name, false, &on)
				if *to = "off"; on {
					*to = ""
				}
			}
			asked.givenYes("invisible", false, &p.Invisible)
			asked.givenYes("typing", true, &p.NoTyping)
			asked.givenYes("arrivals", true, &p.NoArrivals)
			asked.givenYes("moving", true, &p.Still)
		})
	}
}

// pauses are how long one can ask not to be disturbed.
var pauses = map[string]time.Duration{"30m": 30 * time.Minute, "1h": time.Hour, "4h": 4 * time.Hour, "24h": 24 * time.Hour, "off": 0}

// pause stops notifications for a while.
func (s *Server) pause(c *fiber.Ctx) error {
	d, ok := pauses[formValue(c, "for")]
	if !ok {
		return fiber.ErrBadRequest
	}
	return s.setPrefs(c, notificationsTitle, "/me/notifications", views.Notifications, func(p *chat.Prefs) {
		p.Until = time.Time{}
		if d > 0 {
			p.Until = time.Now().Add(d).UTC().Truncate(time.Second)
		}
	})
}

// setPrefs takes one form of preferences, or shows it again.
func (s *Server) setPrefs(c *fiber.Ctx, title, path string, page func(views.Viewer, views.MeForm) views.Tab,
	change func(*chat.Prefs)) error {
	me := sessionOf(c).Account
	err := s.chat.ChangePrefs(c.UserContext(), me, func(p *chat.Prefs) error { change(p); return nil })
	if err != nil && fragment(c) {
		return err
	}
	if err != nil {
		f := views.MeForm{Prefs: me.Prefs}
		change(&f.Prefs)
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.settingsOf(c, title, page, f)
	}
	return saved(c, path)
}

func (s *Server) password(c *fiber.Ctx) error { return s.passwordPage(c, views.MeForm{}) }

func (s *Server) passwordPage(c *fiber.Ctx, f views.MeForm) (err error) {
	if f.Factor.NoPassword, err = s.lacksPassword(c); err != nil {
		return err
	}
	return s.settingsOf(c, "Password", views.Password, f)
}

func (s *Server) lacksPassword(c *fiber.Ctx) (bool, error) {
	has, err := s.auth.HasPassword(c.UserContext(), sessionOf(c).Account)
	return !has, err
}

// changePassword sets another password, or the first one for who has proved it otherwise.
func (s *Server) changePassword(c *fiber.Ctx) error {
	if none, err := s.lacksPassword(c); err != nil || none {
		if err == nil {
			err = s.proved(s.firstPassword)(c)
		}
		return err
	}
	token, err := s.auth.ChangePassword(c.UserContext(), *sessionOf(c), formValue(c, "current"), formValue(c, "password"), s.address(c))
	if err != nil {
		var f views.MeForm
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.passwordPage(c, f)
	}
	s.setCookie(c, token)
	return c.Redirect("/me/security?done=password", fiber.StatusSeeOther)
}

func (s *Server) firstPassword(c *fiber.Ctx) error {
	token, err := s.auth.SetFirstPassword(c.UserContext(), *sessionOf(c), formValue(c, "password"))
	if err != nil {
		var f views.MeForm
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.passwordPage(c, f)
	}
	s.setCookie(c, token)
	return c.Redirect("/me/security?done=password", fiber.StatusSeeOther)
}

// removePassword has somebody log in without one.
func (s *Server) removePassword(c *fiber.Ctx) error {
	token, err := s.auth.RemovePassword(c.UserContext(), *sessionOf(c))
	if err != nil {
		return s.wayRefused(c, err)
	}
	s.setCookie(c, token)
	return c.Redirect("/me/security?done=nopassword", fiber.StatusSeeOther)
}

// wayRefused shows the page of security again, where a way in was not ended.
func (s *Server) wayRefused(c *fiber.Ctx, err error) error {
	errs, err := s.formErrors(c, err)
	if err != nil {
		return err
	}
	return s.security(c, views.MeForm{Errors: errs})
}

// sessions is the page of how one logs in, and where one is.
func (s *Server) sessions(c *fiber.Ctx) error { return s.security(c, views.MeForm{}) }

// endSession logs one session out, or all but the own.
func (s *Server) endSession(c *fiber.Ctx) error {
	if c.Params("session") == sessionOf(c).ID() {
		return s.logout(c)
	}
	if err := s.auth.EndOtherSession(c.UserContext(), *sessionOf(c), c.Params("session")); err != nil {
		return err
	}
	return c.Redirect("/me/security?done=ended", fiber.StatusSeeOther)
}
