package app

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// rawStatus sends bytes as they are, and answers with the status of what comes back.
func (s *server) rawStatus(lines ...string) int {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(longest))
	if _, err := fmt.Fprint(c, strings.Join(lines, "\r\n")); err != nil {
		s.t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		s.t.Fatal(err, lines)
	}
	r.Body.Close()
	return r.StatusCode
}

func TestMalformedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("ada")
	const host, end = "Host: 127.0.0.1", "Connection: close\r\n\r\n"
	for name, lines := range map[string][]string{
		"a space in the name of a header": {"GET /login HTTP/1.1", host, "X Y: a", end},
		"a tab in the name of a header":   {"GET /login HTTP/1.1", host, "X\tY: a", end},
		"a header that goes on":           {"GET /login HTTP/1.1", host, "X: a", " b", end},
		"version 2.0":                     {"GET /login HTTP/2.0", host, end},
		"version 1.9":                     {"GET /login HTTP/1.9", host, end},
		"both lengths": {"POST /login HTTP/1.1", host, "Origin: http://127.0.0.1", "Content-Length: 5",
			"Transfer-Encoding: chunked", "Connection: close", "", "0\r\n\r\n"},
		"both lengths, the other way": {"POST /login HTTP/1.1", host, "Origin: http://127.0.0.1", "Transfer-Encoding: chunked",
			"content-length: 5", "Connection: close", "", "0\r\n\r\n"},
		"two lengths": {"POST /login HTTP/1.1", host, "Content-Length: 5", "Content-Length: 6", "Connection: close", "",
			"abcdef"},
		"a WebSocket key that is too short": {"GET /ws HTTP/1.1", host, "Origin: http://127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: YWJj", "Cookie: " + s.visitorOf("ada").cookie, "\r\n"},
	} {
		if status := s.rawStatus(lines...); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status := s.rawStatus("GET /login HTTP/1.1", host, "X-Y:  a b\tc", end); status != http.StatusOK {
		t.Errorf("an ordinary request: status %d", status)
	}
}

// visitorOf is somebody who has an account, logged in anew.
func (s *server) visitorOf(name string) *browser {
	s.t.Helper()
	b := s.visitor()
	b.post("/login", "username", name, "password", password).want(s.t, http.StatusSeeOther)
	return b
}

func TestFieldsComeFromTheBody(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	s.signup("bea")
	ada.post("/admin/people/2/role?role=admin", "role", "member").want(t, http.StatusSeeOther)
	if s.account("bea").Admin() {
		t.Error("a role in the address won")
	}
	ada.post("/admin/people/2/role?role=admin").want(t, http.StatusUnprocessableEntity)
	ada.post("/rooms/1/messages?body=from+the+address", "body", "", "cid", "x").want(t, http.StatusUnprocessableEntity)
	for _, path := range []string{"/login?password=" + strings.ReplaceAll(password, " ", "+"),
		"/signup?password=x", "/me/password?current=x"} {
		ada.get(path).want(t, http.StatusBadRequest)
		ada.post(path, "username", "ada").want(t, http.StatusBadRequest)
	}
}

func TestOneAddressPerPage(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	said := ada.post("/rooms/1/messages", "body", "hello", "cid", "one")
	said.want(t, http.StatusSeeOther)
	id := regexp.MustCompile(`<li class="msg" id="m-(\d+)"`).FindStringSubmatch(ada.get("/rooms/1").body)[1]
	page := ada.get("/rooms/1/@"+id).want(t, http.StatusOK)
	for _, path := range []string{"/rooms/1/%40", "/rooms/%31/@", "/%72ooms/1/%40"} {
		if r := ada.get(path+id).want(t, http.StatusOK); len(r.body) != len(page.body) {
			t.Errorf("%s is another page", path)
		}
	}
	for _, path := range []string{"/rooms/", "/rooms/1/", "/search/", "/rooms%2F1", "/rooms/1%00"} {
		ada.get(path).want(t, http.StatusNotFound)
	}
}

func TestNamesAreTrimmedAtLogin(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("mei")
	for _, typed := range []string{"mei ", " mei", "Mei", "@mei", "\tmei\n"} {
		s.visitor().post("/login", "username", typed, "password", password).want(t, http.StatusSeeOther)
	}
	page := s.visitor().get("/login").body
	for _, attribute := range []string{`autocapitalize="none"`, `autocorrect="off"`, `spellcheck="false"`} {
		if !strings.Contains(page, attribute) {
			t.Errorf("the field of the name has no %s", attribute)
		}
	}
}

func TestAConversationWithNobodySaysSo(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	s.signup("mei")
	room := ada.post("/dm", "to", "2", "body", "hello", "cid", "one").location()
	room, _, _ = strings.Cut(room, "?")
	ada.get(room).want(t, http.StatusOK)
	ada.post("/admin/people/2/disable").want(t, http.StatusSeeOther)
	page := ada.get(room).want(t, http.StatusOK).body
	if !strings.Contains(page, "The account of mei is deactivated") || strings.Contains(page, `id="box"`) {
		t.Error("it does not say so, or has a box")
	}
	ada.post(room+"/messages", "body", "anybody?", "cid", "two").want(t, http.StatusForbidden)
	ada.post("/admin/people/2/enable").want(t, http.StatusSeeOther)
	ada.post(room+"/messages", "body", "welcome back", "cid", "three").want(t, http.StatusSeeOther)
}

func TestTheLastHopCounts(t *testing.T) {
	t.Parallel()
	_, loopback, _ := net.ParseCIDR("127.0.0.0/8")
	s := start(t, func(c *Config) { c.Trusted = []*net.IPNet{loopback} })
	s.signup("ada")
	if err := s.app.Chat.SetSetting(t.Context(), "limit.login.address", "2"); err != nil {
		t.Fatal(err)
	}
	if err := s.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Who fails is counted under the last address of all lines, not of the first.
	for i := range 4 {
		status := s.rawStatus("POST /login HTTP/1.1", "Host: 127.0.0.1", "Origin: http://127.0.0.1", fmt.Sprint("X-Forwarded-For: 10.0.0.", i),
			"X-Forwarded-For: 10.9.9.9",
			"Content-Type: application/x-www-form-urlencoded", "Content-Length: 35", "Connection: close", "",
			fmt.Sprintf("username=nobody%02d&password=aaaaaaaa", i))
		want := http.StatusUnprocessableEntity
		if i >= 2 {
			want = http.StatusTooManyRequests
		}
		if status != want {
			t.Errorf("try %d: status %d, want %d", i+1, status, want)
		}
	}
}

func TestThePublicOriginIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *Config) { c.URL = "https://chat.example.org" })
	b := s.visitor()
	for origin, want := range map[string]int{"https://chat.example.org": http.StatusUnprocessableEntity,
		"http://chat.example.org": http.StatusForbidden, s.base: http.StatusForbidden,
		"https://chat.example.org:8443": http.StatusForbidden, "null": http.StatusForbidden, "https://evil.example": http.StatusForbidden} {
		r := b.do(http.MethodPost, "/signup", "username=x", "Content-Type", "application/x-www-form-urlencoded", "Origin",
			origin, "Sec-Fetch-Site", "same-origin")
		if r.status != want {
			t.Errorf("from %s: status %d, want %d", origin, r.status, want)
		}
	}
}
