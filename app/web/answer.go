package web

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// RequestMetric is a request that was answered, for who counts them. Its words are of a
// bounded number: no address that somebody made up is among them.
type RequestMetric struct {
	Route  string // as the table of contents has it
	Class  string // page, change, message, login, poll, socket, static, health or other
	Method string
	Status int
	Took   time.Duration
}

const (
	routeOther = "other"  // there is no such address, or not for who asked
	routeNone  = "unread" // what came was no request
	headerID   = "X-Request-Id"
)

// route is what the table of contents calls the address that was asked for.
func route(c *fiber.Ctx) string {
	path := c.Route().Path
	if path == "/" && c.Path() != "/" { // of what is around every request
		return routeOther
	}
	return strings.ReplaceAll(path, "<int>", "")
}

// class sorts routes by what their answers take.
func class(method, route string) string {
	switch {
	case route == routeOther || route == routeNone:
		return "other"
	case strings.HasPrefix(route, "/static/") || route == "/favicon.ico" || route == "/emoji":
		return "static"
	case route == "/healthz" || route == "/readyz":
		return "health"
	case route == "/ws":
		return "socket"
	case strings.HasSuffix(route, "/changes"), strings.HasSuffix(route, "/lines"), strings.HasSuffix(route, "/live"):
		return "poll"
	case method != fiber.MethodPost:
		return "page"
	case strings.HasSuffix(route, "/messages"):
		return "message"
	case route == "/login" || route == "/signup" || route == "/me/password" || strings.HasPrefix(route, "/join/") ||
		strings.HasPrefix(route, "/reset/"): // a password is hashed
		return "login"
	}
	return "change"
}

// countRequest tells who counts of a request.
func (s *Server) countRequest(c *fiber.Ctx, route string, took time.Duration) {
	if s.Answered == nil {
		return
	}
	method := c.Method()
	if route == routeNone { // it may be anything
		method = ""
	}
	s.Answered(RequestMetric{Route: route, Class: class(method, route), Method: method, Status: c.Response().StatusCode(), Took: took})
}

// requests numbers requests, for the log.
var requests atomic.Uint64

// requestID is what the log calls a request: what a trusted proxy calls it, else a
// number of ours, which says nothing to others.
func (s *Server) requestID(c *fiber.Ctx) string {
	if id, ok := c.Locals(headerID).(string); ok {
		return id
	}
	id := ""
	if s.proxied(c) {
		id = c.Get(headerID)
	}
	if len(id) == 0 || len(id) > 64 || strings.ContainsFunc(id, notID) {
		id = s.begun + "-" + strconv.FormatUint(requests.Add(1), 36)
	}
	c.Locals(headerID, id)
	return id
}

func notID(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
}
