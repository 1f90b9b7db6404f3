package web

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
)

// headerUser is whom the proxy in front has logged in, "" where it says nobody. Of anybody but
// a trusted proxy the header counts for nothing; one that comes twice is refused.
func (s *Server) headerUser(c *fiber.Ctx) (string, error) {
	if s.AuthHeader == "" || !s.proxied(c) {
		return "", nil
	}
	lines := c.Request().Header.PeekAll(s.AuthHeader)
	if len(lines) > 1 {
		return "", fiber.ErrBadRequest
	}
	if len(lines) == 0 {
		return "", nil
	}
	return strings.TrimSpace(string(lines[0])), nil
}

// byHeader says whether the session of a request is that of whom the proxy names; else it
// begins one, and has the page asked for again. done: the request is answered.
func (s *Server) byHeader(c *fiber.Ctx, session *auth.Session) (done bool, err error) {
	name, err := s.headerUser(c)
	if err != nil || name == "" || session != nil && chat.FoldName(session.Account.Username) == chat.FoldName(name) {
		return false, err
	}
	if c.Method() != fiber.MethodGet || fragment(c) || c.Get(fiber.HeaderUpgrade) != "" || wantsJSON(c) {
		return false, fiber.NewError(fiber.StatusUnauthorized, "Open the page again: somebody else is logged in at the proxy by now.")
	}
	account, err := s.headerAccount(c.UserContext(), name)
	if err != nil {
		return false, err
	}
	if account.Disabled || account.IsBot() {
		return false, chat.Forbidden("This account may not log in.")
	}
	return true, s.enter(c, account.ID, c.OriginalURL())
}

// headerAccount finds the account of whom the proxy names, or makes one: the proxy vouches.
func (s *Server) headerAccount(ctx context.Context, name string) (chat.Account, error) {
	account, err := s.chat.AccountNamed(ctx, chat.TypedName(name))
	if !errors.Is(err, chat.ErrNotFound) {
		return account, err
	}
	j, err := s.auth.SignUp(ctx, auth.SignUp{Username: name, Password: rand.Text() + strings.ToLower(rand.Text())})
	return j.Account, err
}
