package e2e

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"parley/app/apptest"
)

// promised are the headers of every answer.
var promised = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

func checkHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, value := range promised {
		if h.Get(name) != value {
			t.Errorf("%s: %s is %q", what, name, h.Get(name))
		}
	}
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self' 'nonce-", "frame-ancestors 'none'",
		"base-uri 'none'", "form-action 'self'", "connect-src 'self'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: the CSP lacks %q: %q", what, part, csp)
		}
	}
	for _, off := range []string{"camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"} {
		if !strings.Contains(h.Get("Permissions-Policy"), off) {
			t.Errorf("%s: Permissions-Policy lacks %s", what, off)
		}
	}
	if h.Get("Server") != "" {
		t.Errorf("%s: it says Server: %s", what, h.Get("Server"))
	}
	if h.Get("Strict-Transport-Security") != "" {
		t.Errorf("%s: HSTS without https", what)
	}
}

func TestEveryAnswerCarriesThePromisedHeaders(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, out := s.Signup("ada"), s.Visitor()
	asset := ada.Get("/favicon.ico").Location()
	var large apptest.Answer // announced, and not sent: the answer closes the connection, which a client that still writes may not read
	large.Status, large.Header, large.Body = rawRequest(s, "POST /rooms/1/messages HTTP/1.1\r\nHost: x\r\nCookie: "+ada.Cookie+
		"\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048576\r\n\r\n")
	for _, a := range []struct {
		what   string
		answer apptest.Answer
		status int
		cache  string
	}{
		{"a page", ada.Get("/"), 200, "private, no-store"},
		{"a room", ada.Get("/rooms/1"), 200, "private, no-store"},
		{"what is not there", ada.Get("/rooms/77"), 404, "private, no-store"},
		{"no such route", ada.Get("/nowhere"), 404, "private, no-store"},
		{"forbidden", ada.Post("/rooms/1/leave"), 403, "private, no-store"},
		{"a foreign form", ada.Do("POST", "/rooms/1/messages", "body=x", "Sec-Fetch-Site", "cross-site"), 403, "private, no-store"},
		{"a refused form", ada.Post("/rooms", "name", ""), 422, "private, no-store"},
		{"too long an address", ada.Get("/?" + strings.Repeat("a", 3000)), 414, "private, no-store"},
		{"too large a form", large, 413, "private, no-store"},
		{"too large a header", ada.Get("/", "X-Long", strings.Repeat("a", 17<<10)), 431, "private, no-store"},
		{"logged out", out.Get("/rooms/1"), 303, "private, no-store"},
		{"a fragment logged out", out.Get("/rooms/1", "HX-Request", "true"), 401, "private, no-store"},
		{"the log-in page", out.Get("/login"), 200, "private, no-store"},
		{"health", out.Get("/healthz"), 200, "private, no-store"},
		{"an asset", out.Get(asset), 200, "public, max-age=31536000, immutable"},
		{"an asset of another build", out.Get("/static/0000000000/icon.svg"), 200, "public, max-age=60"},
		{"no such asset", out.Get("/static/0000000000/nothing.css"), 404, "private, no-store"},
		{"a socket without upgrade", ada.Get("/ws"), 426, "private, no-store"},
	} {
		a.answer.Want(t, a.status)
		checkHeaders(t, a.what, a.answer.Header)
		if got := a.answer.Header.Get("Cache-Control"); got != a.cache {
			t.Errorf("%s: Cache-Control %q, want %q", a.what, got, a.cache)
		}
	}
}

// rawRequest sends bytes as they are and reads one answer.
func rawRequest(s *apptest.Server, request string) (status int, h http.Header, body string) {
	s.T.Helper()
	conn, err := net.Dial("tcp", s.App.Address.String())
	if err != nil {
		s.T.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		s.T.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.T.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		s.T.Fatal(err)
	}
	return r.StatusCode, r.Header, string(b)
}

// A request that HTTP itself refuses reaches no route: its answer needs care of
// its own, and a nil route once ended the process.
func TestRequestsThatAreNoneAreAnsweredAndTheServerLives(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	for name, request := range map[string]string{
		"garbage":               "GARBAGE\r\n\r\n",
		"no such version":       "GET / HTTP/9\r\nHost: x\r\n\r\n",
		"a body without length": "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\n",
		"a strange host":        "GET / HTTP/1.1\r\nHost: a\"b<c\r\n\r\n",
		"no host":               "GET / HTTP/1.0\r\n\r\n",
		"a huge body":           "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n",
		"a huge header":         "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 20<<10) + "\r\n\r\n",
		"a huge chunk": "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strconv.FormatInt(200<<10, 16) +
			"\r\n" + strings.Repeat("a", 200<<10) + "\r\n0\r\n\r\n",
	} {
		status, h, body := rawRequest(s, request)
		if status < 300 || status >= 500 {
			t.Errorf("%s: status %d\n%s", name, status, body)
		}
		checkHeaders(t, name, h)
	}
	s.Visitor().Get("/healthz").Want(t, 200)
}

func TestTheSessionCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	set := ada.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303).Header.Get("Set-Cookie")
	for _, part := range []string{"__Host-parley=", "; path=/", "; HttpOnly", "; secure", "; SameSite=Lax"} {
		if !strings.Contains(strings.ToLower(set), strings.ToLower(part)) {
			t.Errorf("the cookie lacks %q: %s", part, set)
		}
	}
	if strings.Contains(strings.ToLower(set), "domain=") {
		t.Error("the cookie names a domain: " + set)
	}
	gone := ada.Post("/logout").Want(t, 303).Header.Get("Set-Cookie")
	if !strings.HasPrefix(gone, "__Host-parley=;") {
		t.Error("logging out leaves the cookie: " + gone)
	}
}
