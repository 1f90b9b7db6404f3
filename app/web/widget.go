package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// widgetScript is what sites load: the button, which opens the chat in a frame. Its address
// stays, so that it is asked for again after an hour.
func (s *Server) widgetScript(c *fiber.Ctx) error {
	if err := s.asset(c, "widget.js", ""); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return nil
}

// visitorCookie is the name of the cookie by which a visitor comes back.
func (s *Server) visitorCookie(c *fiber.Ctx) string {
	if s.secure(c) || loopback(c.Hostname()) {
		return "__Host-visitor"
	}
	return "visitor"
}

const visitorLife = 30 * 24 * time.Hour

// setVisitor gives a visitor a cookie for this server's frames, in the part of the store
// of cookies that belongs to the site around it; "" takes it back.
func (s *Server) setVisitor(c *fiber.Ctx, token string) {
	name, life := s.visitorCookie(c), int(visitorLife.Seconds())
	if token == "" {
		life = 0
	}
	attributes := "SameSite=Lax"
	if name != "visitor" {
		attributes = "Secure; SameSite=None; Partitioned"
	}
	c.Append(fiber.HeaderSetCookie, fmt.Sprintf("%s=%s; Path=/; Max-Age=%d; HttpOnly; %s", name, token, life, attributes))
}

func (s *Server) visitor(c *fiber.Ctx) chat.Visitor {
	return chat.Visitor{Token: c.Cookies(s.visitorCookie(c)), Address: s.address(c)}
}

// widget finds the widget of an address, and lets its sites show it in a frame.
func (s *Server) widget(c *fiber.Ctx) (chat.Widget, error) {
	w, err := s.chat.OpenWidget(c.UserContext(), c.Params("slug"))
	if err != nil {
		return w, err
	}
	frames := "'none'"
	if len(w.Origins) > 0 {
		frames = strings.Join(w.Origins, " ")
	}
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors "+frames)
	h.Set("Cross-Origin-Opener-Policy", "unsafe-none")
	return w, nil
}

// widgetPage is the chat of a visitor.
func (s *Server) widgetPage(c *fiber.Ctx) error { return s.visitorPage(c, views.VisitorForm{}) }

func (s *Server) visitorPage(c *fiber.Ctx, f views.VisitorForm) error {
	w, err := s.widget(c)
	if err != nil {
		return err
	}
	if f.Case, f.Lines, err = s.chat.VisitorCase(c.UserContext(), w, s.visitor(c)); err != nil {
		return err
	}
	if err := s.chat.SeeCase(c.UserContext(), &f.Case, f.Lines, true); err != nil {
		return err
	}
	f.Widget, f.Now = w, time.Now()
	_, f.Typing = s.chat.WhoTypes(f.Case.ID)
	f.Open, f.Until = w.OpenAt(f.Now)
	f.Here = s.announcer.PresenceWord(f.Case.TakenBy.ID) != ""
	f.Mails = s.chat.VisitorMail != nil
	if f.Page == "" {
		f.Page = c.Query("page")
	}
	if from := c.Query("from"); slices.Contains(w.Origins, from) {
		f.From = from
	}
	return s.html(c, views.VisitorPage(f))
}

// widgetBrand is the colour of a widget as a sheet: its pages may have no other style.
func (s *Server) widgetBrand(c *fiber.Ctx) error {
	w, err := s.widget(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable") // its address has the colour
	return c.SendString(views.BrandCSS(w.Colour))
}

// visitorSays takes what a visitor says.
func (s *Server) visitorSays(c *fiber.Ctx) error {
	w, err := s.widget(c)
	if err != nil {
		return err
	}
	v := s.visitor(c)
	fresh := v.Token == ""
	if fresh {
		v.Token = rand.Text()
	}
	d := chat.VisitorDraft{Body: formValue(c, "body"), Name: formValue(c, "name"), Mail: formValue(c, "mail"), Page: formValue(c, "page")}
	if _, err := s.chat.VisitorSays(c.UserContext(), w, v, d, s.public(c)); err != nil {
		if fragment(c) {
			return err
		}
		e, refused := chat.AsError(err)
		if !refused {
			return err
		}
		status, _ := s.errorPage(c, err)
		c.Status(status)
		return s.visitorPage(c, views.VisitorForm{Body: d.Body, Name: d.Name, Mail: d.Mail, Page: d.Page, Error: e.Sentence})
	}
	s.setVisitor(c, v.Token)
	if fragment(c) {
		return s.visitorLog(c, w, v)
	}
	return c.Redirect("/widget/"+w.Slug, fiber.StatusSeeOther)
}

// visitorLog answers a script with the conversation as it now is.
func (s *Server) visitorLog(c *fiber.Ctx, w chat.Widget, v chat.Visitor) error {
	one, lines, err := s.chat.VisitorCase(c.UserContext(), w, v)
	if err != nil {
		return err
	}
	_, typing := s.chat.WhoTypes(one.ID)
	c.Set("X-Rev", liveRev(one.Rev, typing != ""))
	c.Set("X-Typing", url.PathEscape(typing))
	f := views.VisitorForm{Widget: w, Case: one, Here: s.announcer.PresenceWord(one.TakenBy.ID) != ""}
	f.Open, f.Until = w.OpenAt(time.Now())
	c.Set("X-Status", url.PathEscape(f.Status()))
	c.Set("X-Back", f.Back())
	c.Set("X-State", views.VisitorState(one))
	return s.html(c, views.VisitorLines(one, lines, f.Here))
}

// supportWait is how long a question for news is held; supportLook is how often the store is
// asked for what other nodes changed.
const (
	supportWait = 20 * time.Second
	supportLook = 2 * time.Second
)

// waitSupport waits until changed says so, or for supportWait.
func (s *Server) waitSupport(c *fiber.Ctx, changed func(context.Context) (bool, error)) (bool, error) {
	for end := time.Now().Add(supportWait); ; {
		wake := s.chat.SupportChanged()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), storeTimeout)
		is, err := changed(ctx)
		cancel()
		if is || err != nil || time.Now().After(end) || s.draining.Load() {
			s.renewTime(c)
			return is, err
		}
		select {
		case <-wake:
		case <-time.After(supportLook):
		}
	}
}

// visitorLines waits for what a visitor is answered.
func (s *Server) visitorLines(c *fiber.Ctx) error {
	w, err := s.widget(c)
	if err != nil {
		return err
	}
	v, rev := s.visitor(c), c.Query("rev")
	if v.Token == "" {
		return c.SendStatus(fiber.StatusNoContent)
	}
	if !s.addresses.acquire(v.Address, 2*s.chat.Limits.Value(chat.LimitSocketsAddr)) {
		return chat.TooOften("Too many pages are open from this address. Try again in a minute.", time.Minute)
	}
	defer s.addresses.release(v.Address)
	if c.Query("seen") != "" {
		if err := s.visitorSees(c, w, v, rev); err != nil {
			return err
		}
	}
	is, err := s.waitSupport(c, func(ctx context.Context) (bool, error) {
		one, err := s.chat.VisitorRev(ctx, w, v)
		_, typing := s.chat.WhoTypes(one.ID)
		return liveRev(one.Rev, typing != "") != rev, err
	})
	if err != nil {
		return err
	}
	if !is {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return s.visitorLog(c, w, v)
}

// liveRev is where a page stands: the rev of what it shows, and whether somebody writes there.
func liveRev(rev int64, typing bool) string {
	at := strconv.FormatInt(rev, 10)
	if typing {
		at += "t"
	}
	return at
}

// visitorSees notes that a visitor has before the eyes what a page shows that stands at a
// rev, which is all there is.
func (s *Server) visitorSees(c *fiber.Ctx, w chat.Widget, v chat.Visitor, rev string) error {
	one, lines, err := s.chat.VisitorCase(c.UserContext(), w, v)
	if err != nil || strings.TrimSuffix(rev, "t") != strconv.FormatInt(one.Rev, 10) {
		return err
	}
	return s.chat.SeeCase(c.UserContext(), &one, lines, true)
}

// visitorTypes shows the team that a visitor is writing.
func (s *Server) visitorTypes(c *fiber.Ctx) error {
	w, err := s.widget(c)
	if err == nil {
		err = s.chat.VisitorTypes(c.UserContext(), w, s.visitor(c))
	}
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// visitorAt notes where a visitor is now.
func (s *Server) visitorAt(c *fiber.Ctx) error {
	w, err := s.widget(c)
	if err == nil {
		err = s.chat.VisitorPage(c.UserContext(), w, s.visitor(c), formValue(c, "page"))
	}
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// forgetVisitor takes back the cookie, and removes who the visitor was.
func (s *Server) forgetVisitor(c *fiber.Ctx) error {
	w, err := s.widget(c)
	if err == nil {
		err = s.chat.ForgetVisitor(c.UserContext(), s.visitor(c))
	}
	if err != nil {
		return err
	}
	s.setVisitor(c, "")
	return c.Redirect("/widget/"+w.Slug, fiber.StatusSeeOther)
}
