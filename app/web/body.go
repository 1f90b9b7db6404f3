package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net"

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

// headerRefused marks a request whose body was too large to be read.
const headerRefused = "Parley-Refused"

// refuseSize sees the head of each request before anything else is read of it. A body
// that says that it is too large is not read at all.
func (s *Server) refuseSize(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	h.Del(headerRefused)
	most := int64(maxOf(h))
	if brings(h) {
		most = s.maxUpload()
	}
	if int64(h.ContentLength()) > most {
		h.Set(headerRefused, "1")
		h.SetContentLength(0)
		h.SetConnectionClose()
	}
	return c
}

// brings says whether a request may bring files.
func brings(h *fasthttp.RequestHeader) bool {
	return len(h.MultipartFormBoundary()) > 0 && takesFiles(h)
}

// readBody reads the forms that requests bring: the server hands bodies on as they come,
// of any size. Where files are expected it reads only as far as the first of them; the
// rest is the handler's, see upload.
func (s *Server) readBody(c *fiber.Ctx) error {
	req := c.Request()
	if c.Get(headerRefused) != "" {
		if brings(&req.Header) {
			return fiber.NewError(fiber.StatusRequestEntityTooLarge, "That is more than a message takes: "+s.uploadLimits()+". Nothing was sent.")
		}
		return fiber.ErrRequestEntityTooLarge
	}
	stream := req.BodyStream()
	if stream == nil { // what is small has come already
		stream = bytes.NewReader(req.Body())
	}
	boundary := string(req.Header.MultipartFormBoundary())
	if boundary == "" && bytes.HasPrefix(req.Header.ContentType(), []byte(fiber.MIMEMultipartForm)) {
		return fiber.NewError(fiber.StatusBadRequest, "The form does not say what parts it.")
	}
	if brings(&req.Header) {
		if err := s.beginUpload(c, stream, boundary); err != nil {
			c.Context().SetConnectionClose()
			return err
		}
		return c.Next()
	}
	if !req.IsBodyStream() && boundary == "" {
		return c.Next()
	}
	most := maxOf(&req.Header)
	body, err := io.ReadAll(io.LimitReader(stream, int64(most)+1))
	if err != nil || len(body) > most {
		c.Context().SetConnectionClose()
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
			return fiber.ErrRequestTimeout
		}
		if err != nil {
			return fiber.ErrBadRequest
		}
		return fiber.ErrRequestEntityTooLarge
	}
	req.SetBodyRaw(body)
	if boundary != "" {
		if err := readFields(c, multipart.NewReader(bytes.NewReader(body), boundary)); err != nil {
			return err
		}
	}
	return c.Next()
}

// readFields takes the fields of a form in parts that expects no file; what else is in it
// is passed over.
func readFields(c *fiber.Ctx, form *multipart.Reader) error {
	for {
		part, err := form.NextRawPart()
		if err == io.EOF { // wrapped, it is a form that breaks off
			return nil
		}
		if err != nil {
			return fiber.ErrBadRequest
		}
		if part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return fiber.ErrBadRequest
		}
		c.Request().PostArgs().AddBytesV(part.FormName(), value)
	}
}

// writesMessage says whether a form at this address brings what somebody wrote.
func writesMessage(h *fasthttp.RequestHeader) bool {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	return h.IsPost() && (bytes.HasSuffix(path, []byte("/messages")) || bytes.HasSuffix(path, []byte("/edit")) ||
		bytes.Equal(path, []byte("/dm")))
}

// maxOf lets plain forms in which somebody wrote a message be read though they are
// too large: a page cannot tell, and a browser shows no answer while it still sends.
func maxOf(h *fasthttp.RequestHeader) int {
	if writesMessage(h) && len(h.Peek("HX-Request")) == 0 {
		return maxRefused
	}
	return maxForm
}

// checkSize refuses what is larger than a group of routes takes; of a form, it was read only to
// be given back.
func checkSize(c *fiber.Ctx, most int) error {
	if c.Request().IsBodyStream() { // an upload, which counts itself
		return nil
	}
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
