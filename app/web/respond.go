package web

import (
	"encoding/json"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// page is what a handler answers a question with: data first, and how people see it.
// respond decides how it is written.
type page struct {
	to          string // goes on at another address; all else is empty
	viewer      views.Viewer
	shell       views.PageShell
	main, panel templ.Component
	fragment    templ.Component // instead of all that, when a script asks for a piece; nil: there is none
	data        func() any      // what programs get; nil: the page is for people alone
}

// asPage makes a handler of one that answers with a page.
func (s *Server) asPage(handle func(*fiber.Ctx) (page, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := handle(c)
		if err != nil {
			return err
		}
		return s.respond(c, p)
	}
}

// respond writes a page: as JSON where a program asks for that, as one element or the
// stage where a script does, else as a whole document. It is drawn into a buffer first:
// half a page is never sent.
func (s *Server) respond(c *fiber.Ctx, p page) error {
	if p.to != "" {
		return c.Redirect(p.to, fiber.StatusSeeOther)
	}
	if wantsJSON(c) && p.data != nil {
		c.Set(fiber.HeaderVary, fiber.HeaderAccept)
		return writeJSON(c, fiber.MIMEApplicationJSON, p.data())
	}
	c.Set(fiber.HeaderVary, "Accept, HX-Request, HX-Target")
	switch {
	case p.fragment != nil:
		return s.html(c, p.fragment)
	case target(c, "div#stage"):
		return s.html(c, views.StagePage(p.shell, p.main, p.panel))
	}
	return s.html(c, views.Page(p.viewer, p.shell, p.main, p.panel))
}

// wantsJSON says whether a program asks: by the end of the address, by a key, or by what
// it accepts. Browsers say that they accept HTML.
func wantsJSON(c *fiber.Ctx) bool {
	if strings.HasSuffix(c.Path(), ".json") {
		return true
	}
	accept := c.Get(fiber.HeaderAccept)
	if keyShown(c) {
		return !strings.Contains(accept, "text/html")
	}
	return (strings.Contains(accept, "application/json") || strings.Contains(accept, "application/problem+json")) &&
		!strings.Contains(accept, "text/html")
}

func writeJSON(c *fiber.Ctx, kind string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, kind)
	return send(c, b)
}

// made answers a program whose question made something, and tells where it is.
func made(c *fiber.Ctx, location string, data any) error {
	c.Status(fiber.StatusCreated)
	c.Location(location)
	return writeJSON(c, fiber.MIMEApplicationJSON, data)
}

// madeMessage is made of a message; one that was there before is not made again.
func madeMessage(c *fiber.Ctx, m chat.Message) error {
	if m.Again {
		c.Location(views.MessageURL(m.Room, m.ID))
		return writeJSON(c, fiber.MIMEApplicationJSON, messageJSON(m))
	}
	return made(c, views.MessageURL(m.Room, m.ID), messageJSON(m))
}

// problem is an error as programs get it: RFC 9457, with the words that people read.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}
