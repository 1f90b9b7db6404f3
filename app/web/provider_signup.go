package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/oidc"
	"parley/views"
)

// voucher is a provider, or the directory of the house.
type voucher struct {
	name   string
	signup bool // who has no account may make one, whatever the workspace says of others
}

// vouching is by whom an identity is.
func (s *Server) vouching(who oidc.Identity) (voucher, error) {
	if s.ofDirectory(who.Issuer) {
		return voucher{s.Directory.Name, s.Directory.Rules.Signup}, nil
	}
	for _, p := range s.Providers {
		if p.Issuer == who.Issuer {
			return voucher{p.Name, p.Rules.Signup}, nil
		}
	}
	return voucher{}, chat.NotFound()
}

// mayVouch says whether somebody may make an account by it.
func (s *Server) mayVouch(p voucher) bool {
	return p.signup || s.workspace().Signup() == chat.SignupOpen
}

// providerNew is the page of somebody who has an account at a provider, and none here.
func (s *Server) providerNew(c *fiber.Ctx) error {
	var who oidc.Identity
	if err := s.auth.SeeTicket(c.UserContext(), auth.TicketProviderAccount, c.Cookies(s.stateCookie(c)), &who); err != nil {
		return overLink(err, "This log-in took too long. Begin anew.")
	}
	p, err := s.vouching(who)
	if err != nil {
		return err
	}
	f := views.ProviderAccount{Workspace: s.workspace().Workspace(), Provider: p.name, Label: who.Label(), Name: who.Name, May: s.mayVouch(p)}
	if f.Username, err = s.chat.SuggestUsername(c.UserContext(), firstOf(who.Username, who.Name, who.Mail)); err != nil {
		return err
	}
	return s.html(c, views.NewByProvider(f))
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s, _, _ = strings.Cut(s, "@"); s != "" {
			return s
		}
	}
	return "guest"
}

// providerSignup makes an account for whom a provider vouches.
func (s *Server) providerSignup(c *fiber.Ctx) error {
	token := c.Cookies(s.stateCookie(c))
	var who oidc.Identity
	if err := s.auth.SeeTicket(c.UserContext(), auth.TicketProviderAccount, token, &who); err != nil {
		return overLink(err, "This log-in took too long. Begin anew.")
	}
	p, err := s.vouching(who)
	if err != nil {
		return err
	}
	if !s.mayVouch(p) {
		return chat.Forbidden("New accounts are not made here by " + p.name + ". Ask an administrator for an invite.")
	}
	f := views.ProviderAccount{Workspace: s.workspace().Workspace(), Provider: p.name, Label: who.Label(), Name: formValue(c, "name"),
		Username: formValue(c, "username"), May: true}
	j, err := s.auth.SignUpBy(c.UserContext(), auth.SignUp{Username: f.Username, Name: strings.TrimSpace(f.Name), Address: s.address(c)},
		auth.Identity{Issuer: who.Issuer, Subject: who.Subject, Label: who.Label()}, p.signup)
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.html(c, views.NewByProvider(f))
	}
	if _, err := s.auth.UseTicket(c.UserContext(), auth.TicketProviderAccount, token, &who); err != nil {
		s.log.Info("a ticket was used up by another request", "account", j.Account.Username)
	}
	s.setStateCookie(c, "")
	s.followRole(c.UserContext(), j.Account, who)
	s.cameBy(c, who)
	return s.enter(c, j.Account.ID, "/")
}

func (s *Server) unlinkProvider(c *fiber.Ctx) error {
	if err := s.auth.UnlinkIdentity(c.UserContext(), sessionOf(c).Account, formValue(c, "issuer"), formValue(c, "subject")); err != nil {
		return s.wayRefused(c, err)
	}
	return c.Redirect("/me/security?done=unlinked", fiber.StatusSeeOther)
}
