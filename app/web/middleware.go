package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
)

// storeTimeout bounds what one request may wait for the store.
const storeTimeout = 10 * time.Second

// localCancel is where renewTime leaves what ends its time.
const localCancel = "cancel"

// renewTime gives the rest of a request as long as a whole one: what it read took its own time.
func (s *Server) renewTime(c *fiber.Ctx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), storeTimeout)
	c.Locals(localCancel, cancel)
	c.SetUserContext(ctx)
	c.Context().SetWriteDeadline(time.Now().Add(writeTimeout))
}

// requestScope is around every request: it bounds what the request may wait for, answers
// errors while there is still time to ask the store, and has the request counted.
func (s *Server) requestScope(c *fiber.Ctx) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	defer func() {
		if cancel, ok := c.Locals(localCancel).(context.CancelFunc); ok {
			cancel()
		}
	}()
	s.noticeHTTPS(c)
	err := s.recovered(c)
	if err != nil {
		err = s.writeError(c, err)
	}
	took := time.Since(began)
	s.countRequest(c, route(c), took)
	s.logAnswer(c, took)
	return err
}

// recovered turns a panic into an ordinary fault, logged with its stack.
func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.logRequest(c, slog.LevelError, "panic", "panic", p, "stack", string(debug.Stack()))
			err = fiber.ErrInternalServerError
		}
	}()
	return c.Next()
}

// headers go on every answer, errors included.
func (s *Server) headers(c *fiber.Ctx) error {
	if err := s.securityHeaders(c); err != nil {
		return err
	}
	return c.Next()
}

// securityHeaders sets the headers of every answer. A host that could break out of them
// is left out and refused.
func (s *Server) securityHeaders(c *fiber.Ctx) (err error) {
	nonce := rand.Text()
	c.Locals("nonce", nonce)
	ws := " ws://" + c.Hostname()
	if s.secure(c) {
		ws = " wss://" + c.Hostname()
	}
	if strings.ContainsFunc(c.Hostname(), notHost) {
		ws, err = "", fiber.ErrBadRequest
	}
	h := &c.Response().Header
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+
		"'; img-src 'self' blob: data:; media-src 'self'; font-src 'self'; connect-src 'self'"+ws+
		"; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "private, no-store")
	if s.secure(c) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return err
}

func notHost(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".:-[]_", r))
}

// checkRequest refuses what no page of ours would send.
func (s *Server) checkRequest(c *fiber.Ctx) error {
	if err := wellFormed(c); err != nil {
		return err
	}
	c.Path(plainPath(c.Path()))
	if len(c.Request().RequestURI()) > 2<<10 {
		return fiber.ErrRequestURITooLong
	}
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fiber.NewError(fiber.StatusUnsupportedMediaType, "Send the form as it is, not compressed.")
	}
	for name := range c.Context().QueryArgs().All() {
		if slices.ContainsFunc(secretFields, func(secret string) bool { return strings.EqualFold(string(name), secret) }) {
			return fiber.NewError(fiber.StatusBadRequest,
				"A password does not belong in an address. Choose another one: this one may be in a log by now.")
		}
	}
	if err := requireUTF8(c); err != nil {
		return err
	}
	return c.Next()
}

// sameOrigin holds what other sites make a browser send. Chromium omits
// Sec-Fetch-Site on sockets and on plain http to a host name, but always sends Origin.
func (s *Server) sameOrigin(c *fiber.Ctx) bool {
	socket := strings.EqualFold(c.Get(fiber.HeaderUpgrade), "websocket")
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		if !socket {
			return true
		}
	}
	// Pages whose policy is no-referrer say null of themselves; then the other header decides.
	if given := c.Get(fiber.HeaderOrigin); s.origin != nil && given != "" && (given != "null" || c.Get("Sec-Fetch-Site") == "") {
		o, err := ParseOrigin(given)
		return err == nil && *o == *s.origin
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin":
		return true
	case "none":
		if !socket {
			return true
		}
	case "":
	default:
		return false
	}
	o, err := ParseOrigin(c.Get(fiber.HeaderOrigin))
	if err != nil {
		return false
	}
	asked, err := ParseOrigin(o.Scheme + "://" + c.Hostname()) // some proxies add the port
	return err == nil && o.Host == asked.Host
}

// session finds who asks. Others are sent to log in.
func (s *Server) session(c *fiber.Ctx) error {
	who, err := s.auth.SessionByToken(c.UserContext(), c.Cookies(s.cookieName(c)))
	if e, refused := chat.AsError(err); s.AuthHeader != "" && (err == nil || refused && e.Kind == chat.KindNotFound) {
		of := &who
		if err != nil {
			of = nil
		}
		if done, fault := s.byHeader(c, of); done || fault != nil {
			return fault
		}
	}
	if err == nil && belongsToAnother(c, who.ID()) {
		return s.refuseStale(c)
	}
	if err == nil {
		c.Locals("session", &who)
		if err := s.requireFactor(c, &who); err != nil || c.Response().StatusCode() == fiber.StatusSeeOther {
			return err
		}
		return c.Next()
	}
	if e, refused := chat.AsError(err); !refused || e.Kind != chat.KindNotFound {
		return err
	}
	if may, err := s.worldMayRead(c); may || err != nil {
		return err
	}
	if fragment(c) || c.Get(fiber.HeaderUpgrade) != "" || wantsJSON(c) {
		return fiber.NewError(fiber.StatusUnauthorized, "Log in first.")
	}
	if c.Path() == "/" {
		return c.Redirect("/login", fiber.StatusSeeOther)
	}
	if c.Method() != fiber.MethodGet {
		if words := refusedWords(c); len(words) > 0 && markOf(c) != "" {
			return s.refuseEnded(c, words)
		}
		return c.Redirect("/login", fiber.StatusSeeOther)
	}
	return c.Redirect("/login?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
}

// sessionOf is the session of a request that passed the session middleware.
func sessionOf(c *fiber.Ctx) *auth.Session { return c.Locals("session").(*auth.Session) }

// fragment says whether a script asks, which wants a piece of a page.
func fragment(c *fiber.Ctx) bool { return c.Get("HX-Request") == "true" }

// target says whether a script asks for one element of the page.
func target(c *fiber.Ctx, element string) bool {
	return fragment(c) && c.Get("HX-Target") == element && c.Get("HX-History-Restore-Request") == ""
}

// secure says whether the browser came by https.
func (s *Server) secure(c *fiber.Ctx) bool {
	return s.origin != nil && s.origin.Scheme == "https" || c.Context().IsTLS()
}

// cookieName is __Host-parley wherever browsers accept that: over https, and on
// the loopback interface. Elsewhere a plain name, because login would not work.
func (s *Server) cookieName(c *fiber.Ctx) string {
	if s.secure(c) || loopback(c.Hostname()) {
		return "__Host-parley"
	}
	return "parley"
}

func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

func (s *Server) setCookie(c *fiber.Ctx, token string) {
	name := s.cookieName(c)
	life := int(auth.SessionLife.Seconds())
	if token == "" {
		life = -1
	}
	c.Cookie(&fiber.Cookie{Name: name, Value: token, Path: "/", MaxAge: life, HTTPOnly: true, SameSite: "Lax", Secure: name != "parley"})
}

// address is the browser's: the first of the hops from here that is no trusted proxy, as
// each of them says where it had a request from. Whoever may connect to a socket in the
// file system is one.
func (s *Server) address(c *fiber.Ctx) string {
	address := c.Context().RemoteIP().String()
	if !s.proxied(c) {
		return address
	}
	lines := c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) // several are one list
	for list, more := string(bytes.Join(lines, []byte(","))), true; more; {
		i := strings.LastIndexByte(list, ',')
		given := forwardedAddress(list[i+1:])
		if !given.IsValid() {
			break
		}
		address = given.String()
		if more = i >= 0 && s.trusts(given.AsSlice()); more {
			list = list[:i]
		}
	}
	return address
}

func (s *Server) trusts(ip net.IP) bool {
	return slices.ContainsFunc(s.Trusted, func(n *net.IPNet) bool { return n.Contains(ip) })
}

// forwardedAddress is the address of an entry of X-Forwarded-For; some proxies add the port.
func forwardedAddress(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		s = strings.TrimSuffix(inner, "]")
	}
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().Unmap().WithZone("")
	}
	a, _ := netip.ParseAddr(s) // else it is invalid
	return a.Unmap().WithZone("")
}

// proxied says whether a proxy of ours passed a request on.
func (s *Server) proxied(c *fiber.Ctx) bool {
	return c.Context().RemoteAddr().Network() == "unix" || s.trusts(c.Context().RemoteIP())
}
