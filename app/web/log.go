package web

import (
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// logRequest logs what became of a request, under the id that the browser gets, too. No
// header, query or form is in it.
func (s *Server) logRequest(c *fiber.Ctx, level slog.Level, what string, args ...any) {
	ctx := c.UserContext()
	if !s.log.Enabled(ctx, level) {
		return
	}
	id := s.requestID(c)
	c.Set(headerID, id)
	s.log.Log(ctx, level, what, append([]any{"request", id, "method", c.Method(), "path", loggable(c.Path())}, args...)...)
}

// logAnswer logs a request on the level debug.
func (s *Server) logAnswer(c *fiber.Ctx, took time.Duration) {
	if s.log.Enabled(c.UserContext(), slog.LevelDebug) {
		s.logRequest(c, slog.LevelDebug, "request", "status", c.Response().StatusCode(), "took", took)
	}
}

const (
	// longest is the length of a part of an address from which on it may be a secret.
	longest = 16
	// maxLogged bounds an address in the log.
	maxLogged = 200
	secret    = "…"
)

// loggable is a path without what would let somebody in who reads it in the log:
// what stands behind /join/ and /reset/, and everything that looks like a token.
func loggable(path string) string {
	parts := strings.Split(path[:min(len(path), maxLogged)], "/")
	for i, p := range parts {
		after := i > 0 && (strings.EqualFold(parts[i-1], "join") || strings.EqualFold(parts[i-1], "reset") ||
			strings.EqualFold(parts[i-1], "hooks") || strings.EqualFold(parts[i-1], "feeds"))
		if p != "" && (after || len(p) >= longest) {
			parts[i] = secret
		}
	}
	return strings.Join(parts, "/")
}
