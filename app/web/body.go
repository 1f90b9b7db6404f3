package web

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const (
	maxForm = 128 << 10 // bytes of a form
	// maxRefused is how much of a form with a message is read that is refused then, so
	// that its words can be given back: three times what a message may have, in a script
	// of which a letter takes nine bytes of a form.
	maxRefused = 3 * 9 * 10_000 * 5 / 4
)

// bodyLimit lets plain forms in which somebody wrote a message be read though they are
// too large: a page cannot tell, and a browser shows no answer while it still sends.
func bodyLimit(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	message := bytes.HasSuffix(path, []byte("/messages")) || bytes.HasSuffix(path, []byte("/edit")) || bytes.Equal(path, []byte("/dm"))
	if message && h.IsPost() && len(h.Peek("HX-Request")) == 0 {
		c.MaxRequestBodySize = maxRefused
	}
	return c
}

// checkSize refuses what is larger than a group of routes takes; of a form, it was read only to
// be given back.
func checkSize(c *fiber.Ctx, most int) error {
	switch size := len(c.Request().Body()); {
	case size > most && most < maxForm:
		return fiber.ErrRequestEntityTooLarge
	case size > maxForm:
		return fiber.NewError(fiber.StatusRequestEntityTooLarge, "This is too long: a message has at most 10,000 characters. Nothing was sent.")
	}
	return nil
}

// knownMethods answers methods that the router has never heard of as one that an address
// does not take.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	known := map[string]bool{}
	for _, method := range s.App.Config().RequestMethods {
		known[method] = true
	}
	return func(rc *fasthttp.RequestCtx) {
		if known[string(rc.Method())] {
			next(rc)
			return
		}
		c := s.App.AcquireCtx(rc)
		defer s.App.ReleaseCtx(c)
		if err := s.writeError(c, fiber.ErrMethodNotAllowed); err != nil {
			rc.Error("", fiber.StatusInternalServerError)
		}
	}
}
