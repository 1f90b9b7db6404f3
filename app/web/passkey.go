package web

import (
	"encoding/json"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

// site is the address to which passkeys belong.
func (s *Server) site(c *fiber.Ctx) auth.Site { return auth.Site(s.public(c)) }

// ceremony answers a script that deals with the browser's passkeys.
func ceremony(c *fiber.Ctx, options []byte, token string, err error) error {
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	b, err := json.Marshal(map[string]any{"ticket": token, "options": json.RawMessage(options)})
	if err != nil {
		return err
	}
	return c.Send(b)
}

func (s *Server) beginPasskey(c *fiber.Ctx) error {
	options, token, err := s.auth.BeginPasskey(c.UserContext(), s.site(c), sessionOf(c).Account)
	return ceremony(c, options, token, err)
}

func (s *Server) addPasskey(c *fiber.Ctx) error {
	name := formValue(c, "name")
	if name == "" {
		name = views.BrowserName(c.Get(fiber.HeaderUserAgent))
	}
	if err := s.auth.EndPasskey(c.UserContext(), s.site(c), sessionOf(c).Account, formValue(c, "ticket"), name,
		[]byte(formValue(c, "credential"))); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func passkeyParam(c *fiber.Ctx) int64 {
	n, _ := strconv.ParseInt(c.Params("passkey"), 10, 64) // 0 is nobody's
	return n
}

func (s *Server) renamePasskey(c *fiber.Ctx) error {
	if err := s.auth.RenamePasskey(c.UserContext(), sessionOf(c).Account, passkeyParam(c), formValue(c, "name")); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.security(c, views.MeForm{Errors: errs})
	}
	return c.Redirect("/me/security?done=saved", fiber.StatusSeeOther)
}

func (s *Server) removePasskey(c *fiber.Ctx) error {
	if err := s.auth.RemovePasskey(c.UserContext(), sessionOf(c).Account, passkeyParam(c)); err != nil {
		return s.wayRefused(c, err)
	}
	return c.Redirect("/me/security?done=passkey", fiber.StatusSeeOther)
}

func (s *Server) beginPasskeyLogin(c *fiber.Ctx) error {
	if err := s.chat.Limits.Take(chat.LimitPasskeys, s.address(c)); err != nil {
		return err
	}
	options, token, err := s.auth.BeginPasskeyLogin(c.UserContext(), s.site(c))
	return ceremony(c, options, token, err)
}

// passkeyLogin begins a session for whose passkey it is.
func (s *Server) passkeyLogin(c *fiber.Ctx) error {
	who, err := s.auth.EndPasskeyLogin(c.UserContext(), s.site(c), formValue(c, "ticket"), []byte(formValue(c, "credential")), s.address(c))
	if err != nil {
		s.logLogin(c, "", err)
		return err
	}
	return s.enter(c, who, "/")
}

func (s *Server) beginPasskeyProof(c *fiber.Ctx) error {
	options, token, err := s.auth.BeginPasskeyProof(c.UserContext(), s.site(c), sessionOf(c).Account)
	return ceremony(c, options, token, err)
}

func (s *Server) passkeyProof(c *fiber.Ctx) error {
	if err := s.auth.EndPasskeyProof(c.UserContext(), s.site(c), *sessionOf(c), formValue(c, "ticket"),
		[]byte(formValue(c, "credential"))); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
