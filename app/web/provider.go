package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/oidc"
	"parley/views"
)

// begunLogin is a log-in at a provider that is under way.
type begunLogin struct {
	oidc.Request
	Next string `json:"next"`
}

// provider is the one that an address names.
func (s *Server) provider(c *fiber.Ctx) (*oidc.Provider, int, error) {
	n, err := strconv.Atoi(c.Params("provider"))
	if err != nil || n < 1 || n > len(s.Providers) {
		return nil, 0, chat.NotFound()
	}
	return s.Providers[n-1], n, nil
}

// providers are the buttons of a page; which are linked already are left out.
func (s *Server) providers(linked ...string) (list []views.Provider) {
	for i, p := range s.Providers {
		if !slices.Contains(linked, p.Issuer) {
			list = append(list, views.Provider{Number: i + 1, Name: p.Name})
		}
	}
	return list
}

// redirectURL is where a provider sends a browser back to: one for each, so that the answer of
// one is not taken for that of another.
func (s *Server) redirectURL(c *fiber.Ctx, n int) string {
	return s.public(c) + "/login/provider/" + strconv.Itoa(n) + "/callback"
}

func (s *Server) stateCookie(c *fiber.Ctx) string { return s.cookieName(c) + "-state" }

func (s *Server) setStateCookie(c *fiber.Ctx, token string) {
	name, life := s.stateCookie(c), 15*60
	if token == "" {
		life = -1
	}
	c.Cookie(&fiber.Cookie{Name: name, Value: token, Path: "/", MaxAge: life, HTTPOnly: true, SameSite: "Lax",
		Secure: strings.HasPrefix(name, "__Host-")})
}

// viaCookie notes by which provider a browser logged in, for the end of it.
func (s *Server) viaCookie(c *fiber.Ctx) string { return s.cookieName(c) + "-via" }

func (s *Server) setViaCookie(c *fiber.Ctx, n int) {
	name, life, value := s.viaCookie(c), int(auth.SessionLife.Seconds()), strconv.Itoa(n)
	if n == 0 {
		life, value = -1, ""
	}
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", MaxAge: life, HTTPOnly: true, SameSite: "Lax",
		Secure: strings.HasPrefix(name, "__Host-")})
}

// cameBy notes the provider of an identity as the one of this browser, if it ends log-ins.
func (s *Server) cameBy(c *fiber.Ctx, who oidc.Identity) {
	for i, p := range s.Providers {
		if p.Issuer == who.Issuer && p.Logout {
			s.setViaCookie(c, i+1)
		}
	}
}

// endAtProvider leads who was logged out here on to the provider by which he came; false: there
// is none that ends log-ins.
func (s *Server) endAtProvider(c *fiber.Ctx) (bool, error) {
	n, err := strconv.Atoi(c.Cookies(s.viaCookie(c)))
	if err != nil || n < 1 || n > len(s.Providers) {
		return false, nil
	}
	s.setViaCookie(c, 0)
	p := s.Providers[n-1]
	to := p.LogoutURL(c.UserContext(), s.public(c)+"/login")
	if to == "" {
		return false, nil
	}
	return true, s.html(c, views.ToProvider(p.Name, to, true))
}

// providerLogin leads to a provider; who is logged in links that account to his.
func (s *Server) providerLogin(c *fiber.Ctx) error { return s.toProvider(c, 0) }

func (s *Server) linkProvider(c *fiber.Ctx) error { return s.toProvider(c, sessionOf(c).Account.ID) }

func (s *Server) toProvider(c *fiber.Ctx, by chat.AccountID) error {
	p, n, err := s.provider(c)
	if err != nil {
		return err
	}
	if err := s.chat.Limits.Take(chat.LimitPasskeys, s.address(c)); err != nil {
		return err
	}
	state := auth.NewToken()
	to, request, err := p.Begin(c.UserContext(), s.redirectURL(c, n), state)
	if err != nil {
		return s.providerFault(c, p, err)
	}
	if err := s.auth.KeepTicketAs(c.UserContext(), auth.TicketProvider, by, state,
		begunLogin{request, next(formValue(c, "next"))}); err != nil {
		return err
	}
	s.setStateCookie(c, state)
	return s.html(c, views.ToProvider(p.Name, to, false)) // a page: the policy of forms lets none lead elsewhere
}

// providerFault says in words why a log-in at a provider did not go.
func (s *Server) providerFault(c *fiber.Ctx, p *oidc.Provider, err error) error {
	s.log.Warn("a log-in at a provider did not go", "issuer", p.Issuer, "error", err)
	switch {
	case errors.Is(err, oidc.ErrAway):
		return chat.Busy(p.Name+" does not answer. Try again in a while, or log in in another way.", 0)
	case errors.Is(err, oidc.ErrNotIn):
		return chat.Forbidden("This account of " + p.Name + " may not log in here. Ask an administrator.")
	case errors.Is(err, oidc.ErrRefused):
		return fiber.NewError(fiber.StatusBadRequest, p.Name+" did not let you in. Log in anew.")
	}
	return err
}

// providerCallback is where a provider sends a browser back to.
func (s *Server) providerCallback(c *fiber.Ctx) error {
	p, n, err := s.provider(c)
	if err != nil {
		return err
	}
	state := c.Query("state")
	if state == "" || state != c.Cookies(s.stateCookie(c)) { // of another browser
		return fiber.NewError(fiber.StatusBadRequest, "This log-in was begun in another browser, or long ago. Begin anew.")
	}
	s.setStateCookie(c, "")
	var begun begunLogin
	by, err := s.auth.UseTicket(c.UserContext(), auth.TicketProvider, state, &begun)
	if err != nil {
		return overLink(err, "This log-in took too long. Begin anew.")
	}
	who, err := p.End(c.UserContext(), begun.Request, s.redirectURL(c, n), c.Query("code"), c.Query("iss"))
	if err != nil {
		return s.providerFault(c, p, err)
	}
	if by != 0 {
		return s.endLink(c, by, who)
	}
	return s.endProvider(c, who, begun.Next)
}

// endLink links an account at a provider to the one that began it, if that is still who is
// logged in here: so both are proved.
func (s *Server) endLink(c *fiber.Ctx, by chat.AccountID, who oidc.Identity) error {
	session, err := s.cookieSession(c)
	if err != nil {
		return err
	}
	if session == nil || session.Account.ID != by {
		return fiber.NewError(fiber.StatusBadRequest, "Somebody else is logged in here by now. Begin anew.")
	}
	if err := s.auth.LinkIdentity(c.UserContext(), session.Account, who.Issuer, who.Subject, who.Label()); err != nil {
		if e, refused := chat.AsError(err); refused {
			return fiber.NewError(fiber.StatusConflict, e.Sentence)
		}
		return err
	}
	return c.Redirect("/me/security?done=linked", fiber.StatusSeeOther)
}

// endProvider logs in whose account at the provider it is; who has none here may make one, or
// link his after he logged in by what he has. A mail address proves nothing of that. Of who
// came by a password a second factor is asked as of everybody; providers have their own.
func (s *Server) endProvider(c *fiber.Ctx, who oidc.Identity, to string) error {
	account, err := s.auth.IdentityAccount(c.UserContext(), who.Issuer, who.Subject)
	if err == nil {
		if to == "" {
			to = "/"
		}
		s.followRole(c.UserContext(), account, who)
		if s.ofDirectory(who.Issuer) {
			if second, err := s.needsSecond(c, account.ID); err != nil || second {
				if err == nil {
					err = s.beginSecond(c, account.ID, to)
				}
				return err
			}
		}
		s.cameBy(c, who)
		err = s.enter(c, account.ID, to)
		s.logLogin(c, account.Username, err)
		return err
	}
	if e, refused := chat.AsError(err); !refused || e.Kind != chat.KindNotFound {
		return err
	}
	if fragment(c) {
		return chat.Forbidden("There is no account for you here yet. Open the page of log-in.")
	}
	token, err := s.auth.KeepTicket(c.UserContext(), auth.TicketProviderAccount, 0, who)
	if err != nil {
		return err
	}
	s.setStateCookie(c, token)
	return c.Redirect("/login/provider/new", fiber.StatusSeeOther)
}

// followRole gives somebody the role that the provider says, where it says roles. The last
// administrator stays one, and a guest a guest who does not become one.
func (s *Server) followRole(ctx context.Context, account chat.Account, who oidc.Identity) {
	role := chat.RoleMember
	if who.Admin {
		role = chat.RoleAdmin
	}
	if !who.Roles || account.Role == role || account.IsGuest() && !who.Admin { // what is said is who administers
		return
	}
	if err := s.chat.SetRole(ctx, chat.Operator, account.ID, role); err != nil {
		s.log.Warn("a role was not taken over from the provider", "account", account.Username, "error", err)
	}
}
