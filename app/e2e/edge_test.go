package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
)

// rawStatus sends bytes as they are, and answers with the status of what comes back.
func rawStatus(s *apptest.Server, lines ...string) int {
	s.T.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.Base, "http://"))
	if err != nil {
		s.T.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(apptest.Longest))
	if _, err := fmt.Fprint(c, strings.Join(lines, "\r\n")); err != nil {
		s.T.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		s.T.Fatal(err, lines)
	}
	r.Body.Close()
	return r.StatusCode
}

func TestMalformedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
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
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: YWJj", "Cookie: " + visitorOf(s, "ada").Cookie, "\r\n"},
	} {
		if status := rawStatus(s, lines...); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status := rawStatus(s, "GET /login HTTP/1.1", host, "X-Y:  a b\tc", end); status != http.StatusOK {
		t.Errorf("an ordinary request: status %d", status)
	}
}

// visitorOf is somebody who has an account, logged in anew.
func visitorOf(s *apptest.Server, name string) *apptest.Browser {
	s.T.Helper()
	b := s.Visitor()
	b.Post("/login", "username", name, "password", apptest.Password).Want(s.T, http.StatusSeeOther)
	return b
}

func TestFieldsComeFromTheBody(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("bea")
	ada.Post("/admin/people/2/role?role=admin", "role", "member").Want(t, http.StatusSeeOther)
	if s.Account("bea").Admin() {
		t.Error("a role in the address won")
	}
	ada.Post("/admin/people/2/role?role=admin").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/rooms/1/messages?body=from+the+address", "body", "", "cid", "x").Want(t, http.StatusUnprocessableEntity)
	for _, path := range []string{"/login?password=" + strings.ReplaceAll(apptest.Password, " ", "+"),
		"/signup?password=x", "/me/password?current=x"} {
		ada.Get(path).Want(t, http.StatusBadRequest)
		ada.Post(path, "username", "ada").Want(t, http.StatusBadRequest)
	}
}

func TestOneAddressPerPage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	said := ada.Post("/rooms/1/messages", "body", "hello", "cid", "one")
	said.Want(t, http.StatusSeeOther)
	id := regexp.MustCompile(`<li class="msg" id="m-(\d+)"`).FindStringSubmatch(ada.Get("/rooms/1").Body)[1]
	page := ada.Get("/rooms/1/@"+id).Want(t, http.StatusOK)
	for _, path := range []string{"/rooms/1/%40", "/rooms/%31/@", "/%72ooms/1/%40"} {
		if r := ada.Get(path+id).Want(t, http.StatusOK); len(r.Body) != len(page.Body) {
			t.Errorf("%s is another page", path)
		}
	}
	for _, path := range []string{"/rooms/", "/rooms/1/", "/search/", "/rooms%2F1", "/rooms/1%00"} {
		ada.Get(path).Want(t, http.StatusNotFound)
	}
}

func TestNamesAreTrimmedAtLogin(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("mei")
	for _, typed := range []string{"mei ", " mei", "Mei", "@mei", "\tmei\n"} {
		s.Visitor().Post("/login", "username", typed, "password", apptest.Password).Want(t, http.StatusSeeOther)
	}
	page := s.Visitor().Get("/login").Body
	for _, attribute := range []string{`autocapitalize="none"`, `autocorrect="off"`, `spellcheck="false"`} {
		if !strings.Contains(page, attribute) {
			t.Errorf("the field of the name has no %s", attribute)
		}
	}
}

func TestAConversationWithNobodySaysSo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("mei")
	room := ada.Post("/dm", "to", "2", "body", "hello", "cid", "one").Location()
	room, _, _ = strings.Cut(room, "?")
	ada.Get(room).Want(t, http.StatusOK)
	ada.Post("/admin/people/2/disable").Want(t, http.StatusSeeOther)
	page := ada.Get(room).Want(t, http.StatusOK).Body
	if !strings.Contains(page, "The account of mei is deactivated") || strings.Contains(page, `id="box"`) {
		t.Error("it does not say so, or has a box")
	}
	ada.Post(room+"/messages", "body", "anybody?", "cid", "two").Want(t, http.StatusForbidden)
	ada.Post("/admin/people/2/enable").Want(t, http.StatusSeeOther)
	ada.Post(room+"/messages", "body", "welcome back", "cid", "three").Want(t, http.StatusSeeOther)
}

func TestTheLastHopCounts(t *testing.T) {
	t.Parallel()
	_, loopback, _ := net.ParseCIDR("127.0.0.0/8")
	s := apptest.Start(t, func(c *app.Config) { c.Trusted = []*net.IPNet{loopback} })
	s.Signup("ada")
	if err := s.App.Chat.SetSetting(t.Context(), "limit.login.address", "2"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Who fails is counted under the last address of all lines, not of the first.
	for i := range 4 {
		status := rawStatus(s, "POST /login HTTP/1.1", "Host: 127.0.0.1", "Origin: http://127.0.0.1", fmt.Sprint("X-Forwarded-For: 10.0.0.", i),
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
	s := apptest.Start(t, func(c *app.Config) { c.URL = "https://chat.example.org" })
	b := s.Visitor()
	for origin, want := range map[string]int{"https://chat.example.org": http.StatusUnprocessableEntity,
		"http://chat.example.org": http.StatusForbidden, s.Base: http.StatusForbidden,
		"https://chat.example.org:8443": http.StatusForbidden, "null": http.StatusUnprocessableEntity, "https://evil.example": http.StatusForbidden} {
		r := b.Do(http.MethodPost, "/signup", "username=x", "Content-Type", "application/x-www-form-urlencoded", "Origin",
			origin, "Sec-Fetch-Site", "same-origin")
		if r.Status != want {
			t.Errorf("from %s: status %d, want %d", origin, r.Status, want)
		}
	}
	for _, site := range []string{"cross-site", "same-site", ""} { // who says null of himself is not believed alone
		headers := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "null"}
		if site != "" {
			headers = append(headers, "Sec-Fetch-Site", site)
		}
		b.Do(http.MethodPost, "/signup", "username=x", headers...).Want(t, http.StatusForbidden)
	}
}
