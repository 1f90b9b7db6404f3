package web

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

// fieldProof has the password with which somebody proves again who he is.
const fieldProof = "prove"

// proved lets a form through from a session that proved lately who it is. Others are asked
// first; what the form said is kept meanwhile, and sent with the proof.
func (s *Server) proved(handle fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		me := sessionOf(c)
		if _, byKey := keyOf(c); byKey || s.auth.Proved(*me) {
			return handle(c)
		}
		password := formValue(c, fieldProof)
		if password == "" {
			return s.askProof(c, nil)
		}
		elsewhere, err := s.proofInDirectory(c, *me, password)
		if err != nil {
			return err
		}
		if err := s.auth.ProveOr(c.UserContext(), *me, password, s.address(c), elsewhere); err != nil {
			s.logLogin(c, me.Account.Username, err)
			errs, err := s.formErrors(c, err)
			if err != nil {
				return err
			}
			return s.askProof(c, errs)
		}
		return handle(c)
	}
}

// askProof asks who it is, with the form that goes on afterwards.
func (s *Server) askProof(c *fiber.Ctx, errs views.Errors) error {
	if fragment(c) || wantsJSON(c) {
		return chat.Forbidden("It is a while since you proved who you are. Open the page of security and log in again there, then try once more.")
	}
	if errs == nil {
		c.Status(fiber.StatusForbidden)
	}
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f := views.ProofForm{Action: c.OriginalURL(), Errors: errs}
	if f.NoPassword, err = s.lacksPassword(c); err != nil {
		return err
	}
	linkedThere, err := s.linkedInDirectory(c, v.Me)
	if err != nil {
		return err
	}
	if f.NoPassword && linkedThere != "" {
		f.NoPassword, f.Directory = false, s.Directory.Name
	}
	for name, value := range c.Context().PostArgs().All() {
		if !slices.Contains([]string{fieldProof, fieldMark}, string(name)) {
			f.Fields = append(f.Fields, views.Option{Value: string(name), Label: string(value)})
		}
	}
	linked, err := s.auth.Identities(c.UserContext(), v.Me)
	if err != nil {
		return err
	}
	for i, p := range s.Providers {
		if slices.ContainsFunc(linked, func(l auth.Identity) bool { return l.Issuer == p.Issuer }) {
			f.Providers = append(f.Providers, views.Provider{Number: i + 1, Name: p.Name})
		}
	}
	if s.site(c).HasPasskeys() {
		keys, err := s.auth.Passkeys(c.UserContext(), v.Me)
		if err != nil {
			return err
		}
		f.Passkey = len(keys) > 0
	}
	return s.page(c, v, views.PageShell{Title: "Is it you?", View: "page"}, views.Proof(v, f), nil)
}
