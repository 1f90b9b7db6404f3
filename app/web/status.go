package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// statusEnd is when a status ends that is to last so long, where somebody is.
func statusEnd(how, date string, now time.Time, zone *time.Location) (time.Time, bool) {
	local := now.In(zone)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	switch how {
	case "":
		return time.Time{}, true
	case "30m":
		return now.Add(30 * time.Minute), true
	case "45m":
		return now.Add(45 * time.Minute), true
	case "1h":
		return now.Add(time.Hour), true
	case "4h":
		return now.Add(4 * time.Hour), true
	case "today":
		return midnight.AddDate(0, 0, 1), true
	case "week":
		return midnight.AddDate(0, 0, 7-(int(local.Weekday())+6)%7), true
	case "date":
		day, err := time.ParseInLocation(time.DateOnly, date, zone)
		return day.AddDate(0, 0, 1), err == nil
	}
	return time.Time{}, false
}

func (s *Server) statusPage(c *fiber.Ctx) error {
	prefs := sessionOf(c).Account.Prefs
	now := prefs.StatusNow(time.Now())
	f := views.StatusForm{Emoji: now.Emoji, Text: now.Text, Quiet: !now.Until.IsZero() && prefs.Until.Equal(now.Until)}
	if !now.Until.IsZero() {
		f.End = "keep"
	}
	return s.statusForm(c, f)
}

func (s *Server) statusForm(c *fiber.Ctx, f views.StatusForm) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	if f.Now = v.Me.Prefs.StatusNow(v.Now); !f.Now.Until.IsZero() {
		f.Ends = v.UntilWords(f.Now)
	}
	return s.page(c, v, views.PageShell{Title: "Status", View: "page"}, views.SetStatus(v, f), nil)
}

// setStatus says what one is at, or takes it away.
func (s *Server) setStatus(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	f := views.StatusForm{Emoji: formValue(c, "emoji"), Text: formValue(c, "text"), End: formValue(c, "end"), Date: formValue(c, "date"),
		Quiet: formValue(c, "quiet") != ""}
	if formValue(c, "clear") != "" {
		f = views.StatusForm{}
	}
	zone, known := zone(me.Prefs.Zone)
	if !known {
		zone, _ = zoneOf(c)
	}
	until, ok := statusEnd(f.End, f.Date, time.Now(), zone)
	if now := me.Prefs.StatusNow(time.Now()); f.End == "keep" && !now.Until.IsZero() {
		until, ok = now.Until, true
	}
	err := error(nil)
	if !ok {
		err = chat.Invalid("until", "Choose an end of the list, or a day.")
	} else {
		err = s.chat.SetStatus(c.UserContext(), me, f.Emoji, f.Text, until, f.Quiet)
	}
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.statusForm(c, f)
	}
	return c.Redirect("/me/status", fiber.StatusSeeOther)
}

func zoneOf(c *fiber.Ctx) (*time.Location, bool) { return zone(c.Cookies("tz")) }

// block keeps somebody from reaching the one who asks, or lets him again.
func (s *Server) block(c *fiber.Ctx) error {
	if err := s.chat.SetBlocked(c.UserContext(), sessionOf(c).Account, personParam(c), formValue(c, "off") == ""); err != nil {
		return err
	}
	return c.Redirect(views.PersonURL(personParam(c)), fiber.StatusSeeOther)
}
