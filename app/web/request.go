package web

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// plainPath writes an address as our pages do: mail programs and wikis encode signs
// such as @, which makes no other address of it. A slash, a backslash, a percent sign
// and control characters stay as they are.
func plainPath(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			n, err := strconv.ParseUint(path[i+1:i+3], 16, 8)
			if c := byte(n); err == nil && c > ' ' && c < 0x7F && c != '/' && c != '\\' && c != '%' && c != '?' && c != '#' {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

// formValue is a field of a form: of the body alone, since what stands in an address
// was put there by whoever made the link. Empty, it is otherwise.
func formValue(c *fiber.Ctx, name string, otherwise ...string) string {
	value := string(c.Request().PostArgs().Peek(name))
	if value == "" && len(otherwise) > 0 {
		return otherwise[0]
	}
	return value
}

// requireEscapes refuses a form in which a percent sign begins no escape: half of it would
// be read as something else.
func requireEscapes(c *fiber.Ctx) error {
	if !bytes.HasPrefix(c.Request().Header.ContentType(), []byte(fiber.MIMEApplicationForm)) || c.Request().IsBodyStream() {
		return nil
	}
	rest := c.Request().Body()
	for {
		at := bytes.IndexByte(rest, '%')
		if at < 0 {
			return nil
		}
		if rest = rest[at+1:]; len(rest) < 2 || !isHex(rest[0]) || !isHex(rest[1]) {
			return fiber.NewError(fiber.StatusBadRequest, "In a form a percent sign is written as %25, and begins an escape otherwise.")
		}
	}
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// requireIDs refuses fields of a form that are to name something by its number, and hold
// anything else. One that is not there, or empty, names nothing.
func requireIDs(c *fiber.Ctx, names ...string) error {
	for _, name := range names {
		for _, value := range c.Request().PostArgs().PeekMulti(name) {
			if s := string(value); s != "" && s != "0" && id[int64](s) == 0 {
				return fiber.NewError(fiber.StatusBadRequest, "The field "+name+" is not the number of anything.")
			}
		}
	}
	return nil
}

// secretFields are fields that must not stand in an address, which is kept in
// histories and logs.
var secretFields = []string{"password", "current"}

// wellFormed refuses what HTTP does not allow and the server below lets through.
func wellFormed(c *fiber.Ctx) error {
	h := &c.Request().Header
	raw := h.RawHeaders()
	switch protocol := string(h.Protocol()); {
	case protocol != "HTTP/1.1" && protocol != "HTTP/1.0",
		bytes.Contains(raw, []byte("\n ")), bytes.Contains(raw, []byte("\n\t")): // a header that goes on in the next line
		return fiber.ErrBadRequest
	}
	lengths := 0
	for line := range bytes.Lines(raw) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		if bytes.ContainsAny(name, " \t") {
			return fiber.ErrBadRequest
		}
		if bytes.EqualFold(name, []byte("Content-Length")) || bytes.EqualFold(name, []byte("Transfer-Encoding")) {
			lengths++
		}
	}
	if lengths > 1 {
		return fiber.ErrBadRequest
	}
	return nil
}

// errNoText refuses what would be stored as something else than it was meant.
var errNoText = fiber.NewError(fiber.StatusBadRequest, "The text is not valid UTF-8.")

// requireUTF8 holds addresses and forms that are no text.
func requireUTF8(c *fiber.Ctx) error {
	if _, err := url.QueryUnescape(string(c.Request().URI().QueryString())); err != nil {
		return fiber.ErrBadRequest
	}
	all := []*fasthttp.Args{c.Request().URI().QueryArgs(), c.Request().PostArgs()}
	if strings.HasPrefix(c.Path(), "/hooks/") { // which answers bodies in words of its own
		all = all[:1]
	}
	ok := true
	for _, args := range all {
		for k, v := range args.All() {
			ok = ok && utf8.Valid(k) && utf8.Valid(v)
		}
	}
	if !ok {
		return errNoText
	}
	return nil
}
