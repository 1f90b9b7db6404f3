package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/oidc"
	"parley/views"
)

// stepCookie has the ticket of a log-in that waits for its second step.
func (s *Server) stepCookie(c *fiber.Ctx) string { return s.cookieName(c) + "-step" }

func (s *Server) setStepCookie(c *fiber.Ctx, token string) {
	name, life := s.stepCookie(c), int(auth.SecondLife.Seconds())
	if token == "" {
		life = -1
	}
	c.Cookie(&fiber.Cookie{Name: name, Value: token, Path: "/", MaxAge: life, HTTPOnly: true, SameSite: "Lax",
		Secure: strings.HasPrefix(name, "__Host-")})
}

// needsSecond says whether a log-in by password has a second step.
func (s *Server) needsSecond(c *fiber.Ctx, id chat.AccountID) (bool, error) {
	needs, err := s.auth.NeedsSecond(c.UserContext(), id)
	if err != nil || needs {
		return needs, err
	}
	a, err := s.chat.Person(c.UserContext(), id)
	if err != nil || !s.workspace().FactorRequired(a) {
		return false, err
	}
	keys, err := s.auth.Passkeys(c.UserContext(), a)
	return len(keys) > 0, err
}

// beginSecond leads to the second step of a log-in; there is no session before it.
func (s *Server) beginSecond(c *fiber.Ctx, id chat.AccountID, to string) error {
	if fragment(c) { // of the page that stands behind the dialog
		if code := formValue(c, "code"); code != "" {
			if err := s.auth.CheckSecond(c.UserContext(), id, code, s.address(c)); err != nil {
				c.Set("Parley-Second", "yes")
				return err
			}
			return s.enter(c, id, to)
		}
		c.Set("Parley-Second", "yes")
		return chat.Invalid("code", "Write the code of your app, too.")
	}
	token, err := s.auth.BeginSecond(c.UserContext(), id)
	if err != nil {
		return err
	}
	s.setStepCookie(c, token)
	at := "/login/second"
	if to != "/" {
		at += "?next=" + queryEscape(to)
	}
	return c.Redirect(at, fiber.StatusSeeOther)
}

func (s *Server) secondPage(c *fiber.Ctx) error { return s.secondForm(c, nil) }

func (s *Server) secondForm(c *fiber.Ctx, errs views.Errors) error {
	who, err := s.auth.SecondOf(c.UserContext(), c.Cookies(s.stepCookie(c)))
	if e, refused := chat.AsError(err); refused && e.Kind == chat.KindNotFound {
		return c.Redirect("/login", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	f := views.SecondForm{Logo: s.workspace().Logo(), Next: next(formValue(c, "next", c.Query("next"))), Recovery: c.Query("recovery") != "" ||
		formValue(c, "recovery") != "", Errors: errs}
	factor, err := s.auth.Factor(c.UserContext(), who)
	f.PasskeyOnly = factor.Confirmed.IsZero()
	if err != nil {
		return err
	}
	return s.html(c, views.Second(f))
}

// endSecond begins the session of a log-in whose second step was right.
func (s *Server) endSecond(c *fiber.Ctx) error {
	who, err := s.auth.EndSecond(c.UserContext(), c.Cookies(s.stepCookie(c)), formValue(c, "code"), s.address(c))
	if e, refused := chat.AsError(err); refused && e.Kind == chat.KindNotFound {
		return c.Redirect("/login", fiber.StatusSeeOther)
	}
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.secondForm(c, errs)
	}
	s.setStepCookie(c, "")
	to := next(formValue(c, "next"))
	if to == "" {
		to = "/"
	}
	return s.enter(c, who, to)
}

// factorAllowed are the pages that somebody may open who has to set a second factor up.
func factorAllowed(path string) bool {
	return path == "/logout" || path == "/me/security" || strings.HasPrefix(path, "/me/security/") || strings.HasPrefix(path, "/me/passkeys")
}

// requireFactor leads who has to set a second factor up to where that is done.
func (s *Server) requireFactor(c *fiber.Ctx, who *auth.Session) error {
	if who.Second || !s.workspace().FactorRequired(who.Account) || factorAllowed(c.Path()) {
		return nil
	}
	if c.Method() == fiber.MethodGet && !fragment(c) && c.Get(fiber.HeaderUpgrade) == "" && !wantsJSON(c) {
		return c.Redirect("/me/security/factor", fiber.StatusSeeOther)
	}
	return chat.Forbidden("Set up a second factor first: this workspace asks for one.")
}

// security is the page of how one logs in, and where one is.
func (s *Server) security(c *fiber.Ctx, f views.MeForm) error {
	me := sessionOf(c)
	all, err := s.auth.Sessions(c.UserContext(), me.Account.ID)
	if err != nil {
		return err
	}
	for _, o := range all {
		f.Sessions = append(f.Sessions, views.Session{ID: o.ID(), Agent: o.Agent, Since: o.Created, Seen: o.Seen, IsCurrent: o.ID() == me.ID(),
			IsNew: o.Created.After(me.Created) && o.ID() != me.ID()})
	}
	factor, err := s.auth.Factor(c.UserContext(), me.Account.ID)
	if err != nil {
		return err
	}
	none, err := s.lacksPassword(c)
	if err != nil {
		return err
	}
	f.Factor = views.FactorState{NoPassword: none, On: !factor.Confirmed.IsZero(), Since: factor.Confirmed, Codes: factor.Recovery,
		Required: s.workspace().FactorRequired(me.Account)}
	if f.Factor.CanPasskey = s.site(c).HasPasskeys(); f.Factor.CanPasskey {
		keys, err := s.auth.Passkeys(c.UserContext(), me.Account)
		if err != nil {
			return err
		}
		for _, k := range keys {
			f.Passkeys = append(f.Passkeys, views.Passkey{ID: k.ID, Name: k.Name, Made: k.Made, Used: k.Used})
		}
	}
	if err := s.showIdentities(c, me.Account, &f); err != nil {
		return err
	}
	return s.settingsOf(c, "Security", views.Security, f)
}

// showIdentities fills in by whom somebody is vouched for, and by whom that can be, too.
func (s *Server) showIdentities(c *fiber.Ctx, who chat.Account, f *views.MeForm) error {
	linked, err := s.auth.Identities(c.UserContext(), who)
	if err != nil {
		return err
	}
	var issuers []string
	for _, l := range linked {
		issuers = append(issuers, l.Issuer)
		one := views.Linked{Issuer: l.Issuer, Subject: l.Subject, Name: l.Issuer, Label: l.Label}
		if by, err := s.vouching(oidc.Identity{Issuer: l.Issuer}); err == nil {
			one.Name = by.name
		}
		f.Linked = append(f.Linked, one)
	}
	f.Providers = s.providers(issuers...)
	if s.Directory != nil && !slices.Contains(issuers, s.Directory.Issuer()) {
		f.Directory = s.Directory.Name
	}
	return nil
}

// factorPage sets a second factor up.
func (s *Server) factorPage(c *fiber.Ctx) error { return s.factorForm(c, nil) }

func (s *Server) factorForm(c *fiber.Ctx, errs views.Errors) error {
	me := sessionOf(c).Account
	factor, err := s.auth.BeginFactor(c.UserContext(), me)
	if err != nil {
		return err
	}
	if !factor.Confirmed.IsZero() {
		return c.Redirect("/me/security", fiber.StatusSeeOther)
	}
	f := views.MeForm{Errors: errs, Factor: views.FactorState{Secret: factor.Secret, Required: s.workspace().FactorRequired(me)}}
	if f.Factor.QR, err = picture(auth.FactorURL(s.workspace().Workspace(), me.Username, factor.Secret)); err != nil {
		return err
	}
	return s.settingsOf(c, "Second factor", views.SetFactor, f)
}

// setFactor turns the second factor on, and shows the recovery codes, for the only time.
func (s *Server) setFactor(c *fiber.Ctx) error {
	codes, err := s.auth.ConfirmFactor(c.UserContext(), sessionOf(c).Account, formValue(c, "code"))
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.factorForm(c, errs)
	}
	return s.settingsOf(c, "Recovery codes", views.Recovery, views.MeForm{Codes: codes})
}

func (s *Server) removeFactor(c *fiber.Ctx) error {
	if err := s.auth.RemoveFactor(c.UserContext(), sessionOf(c).Account); err != nil {
		return err
	}
	return c.Redirect("/me/security?done=factor", fiber.StatusSeeOther)
}

func (s *Server) newRecovery(c *fiber.Ctx) error {
	codes, err := s.auth.NewRecovery(c.UserContext(), sessionOf(c).Account)
	if err != nil {
		return err
	}
	return s.settingsOf(c, "Recovery codes", views.Recovery, views.MeForm{Codes: codes})
}

// resetFactor undoes the second factor of somebody who has lost it.
func (s *Server) resetFactor(c *fiber.Ctx) error {
	r, err := s.chat.AccountRecord(c.UserContext(), sessionOf(c).Account, personParam(c))
	if err != nil {
		return err
	}
	return s.recordChanged(c, "factor", s.auth.ResetFactors(c.UserContext(), sessionOf(c).Account, r.Account))
}
