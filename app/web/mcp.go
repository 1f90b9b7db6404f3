package web

import (
	"bytes"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"parley/app/assistant"
	"parley/app/chat"
)

// mcp is the endpoint of the Model Context Protocol, for who shows a key of a bot or a token.
func (s *Server) mcp(c *fiber.Ctx) error {
	session, k, err := s.auth.ResumeKey(c.UserContext(), bearer(c))
	if e, refused := chat.AsError(err); refused && e.Kind == chat.KindNotFound {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="Parley"`)
		return fiber.NewError(fiber.StatusUnauthorized, "This is no key, or not any more.")
	}
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(c.UserContext(), c.Method(), "/mcp", bytes.NewReader(c.Body()))
	if err != nil {
		return err
	}
	for _, name := range []string{fiber.HeaderContentType, fiber.HeaderAccept, "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"} {
		if v := c.Get(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	w := &answerWriter{header: http.Header{}, status: http.StatusOK}
	s.assistant.Serve(w, r, assistant.Caller{Account: session.Account, Writes: k.Writes, Host: s.public(c)})
	for name, values := range w.header {
		for _, v := range values {
			c.Response().Header.Set(name, v)
		}
	}
	c.Status(w.status)
	return c.Send(w.body.Bytes())
}

// answerWriter keeps an answer of net/http.
type answerWriter struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (w *answerWriter) Header() http.Header { return w.header }

func (w *answerWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
}

func (w *answerWriter) Write(b []byte) (int, error) {
	w.wrote = true
	return w.body.Write(b)
}

// Flush implements http.Flusher: all is sent at the end.
func (w *answerWriter) Flush() {}
