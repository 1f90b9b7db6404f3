package web

import (
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
)

// group is a part of the routes with rules of its own; routes.go says which.
type group struct {
	s    *Server
	body int // bytes that a request may bring; more is a 413
	who  credential
}

// credential is how a request says who asks.
type credential int

const (
	nobody        credential = iota
	keyInAddress             // of a hook, whose handler asks
	sessionCookie            // or, of a program, its key; else the request is sent to log in
)

// admit lets a request into a group.
func (g *group) admit(c *fiber.Ctx) error {
	byKey := g.who == sessionCookie && keyShown(c)
	if !byKey && g.who != keyInAddress && !g.s.sameOrigin(c) {
		return chat.Forbidden("This request came from another site.")
	}
	if err := checkSize(c, g.body); err != nil {
		return err
	}
	if g.who != keyInAddress && !(byKey && bareWords(c)) {
		if err := requireEscapes(c); err != nil {
			return err
		}
	}
	if byKey {
		return g.s.key(c)
	}
	if g.who == sessionCookie {
		return g.s.session(c)
	}
	return c.Next()
}

func (g *group) get(path string, handle fiber.Handler) { g.s.App.Get(path, g.admit, handle) }

func (g *group) post(path string, handle fiber.Handler) { g.s.App.Post(path, g.admit, handle) }

// alias is another way to say a change, for programs.
func (g *group) alias(method, path string, handle fiber.Handler) {
	g.s.App.Add(method, path, g.admit, handle)
}

// page adds a question whose answer has data, too: programs get it under the same
// address, or with .json at its end.
func (g *group) page(path string, handle func(*fiber.Ctx) (page, error)) {
	g.get(path, g.s.asPage(handle))
	g.get(path+".json", g.s.asPage(handle))
}
