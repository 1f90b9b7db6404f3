package e2e

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

func TestWhatIsTooLargeIsGivenBack(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "body", "first", "cid", "first").Want(t, http.StatusSeeOther)
	words := strings.Repeat("字", 29_999) + "尾"
	for _, to := range []string{"/rooms/1/messages", "/messages/1/edit", "/dm"} {
		page := ada.Post(to, "body", words, "cid", "long").Want(t, http.StatusRequestEntityTooLarge).Body
		if !strings.Contains(page, words) || !strings.Contains(page, "10,000 characters") {
			t.Errorf("%s does not give the words back, or does not say what is wrong", to)
		}
	}
	script := announce(ada, "/rooms/1/messages", 270_000, "HX-Request: true")
	if script.Want(t, http.StatusRequestEntityTooLarge); strings.Contains(script.Body, words) {
		t.Error("a script, which has the words, is sent them")
	}
	far := announce(ada, "/rooms", 140<<10, "X-None: 1")
	if far.Want(t, http.StatusRequestEntityTooLarge); !strings.Contains(far.Body, "Go back") {
		t.Error("nothing says what to do:", far.Body)
	}
	other := ada.Do(http.MethodPost, "/rooms/1/messages", url.Values{"body": {words}}.Encode(), "Content-Type",
		"application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	other.Want(t, http.StatusForbidden)
}

// announce posts the head of a form of so many bytes and waits for the answer: who goes
// on to send what is refused already may see nothing but a connection that was reset.
func announce(b *apptest.Browser, path string, size int, header string) apptest.Answer {
	b.Server.T.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.Server.Base, "http://"))
	if err != nil {
		b.Server.T.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\n%s\r\nContent-Length: %d\r\n\r\n",
		path, conn.RemoteAddr(), b.Cookie, header, size)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		b.Server.T.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.Server.T.Fatal(err)
	}
	return apptest.Answer{Status: r.StatusCode, Header: r.Header, Body: string(text)}
}

func TestProxiesOfOursAreSkippedFromTheRight(t *testing.T) {
	log := &apptest.Written{}
	s := apptest.Start(t, func(c *app.Config) {
		c.Log = slog.New(slog.NewTextHandler(log, nil))
		for _, cidr := range []string{"127.0.0.1/32", "10.0.0.0/8", "fd00::/8"} {
			_, n, _ := net.ParseCIDR(cidr)
			c.Trusted = append(c.Trusted, n)
		}
	})
	for header, want := range map[string]string{"1.2.3.4, 10.0.0.5": "1.2.3.4", "6.6.6.6, 1.2.3.4, 10.0.0.5, [fd00::1]:443": "1.2.3.4",
		"10.0.0.9, 10.0.0.5": "10.0.0.9",
		"1.2.3.4":            "1.2.3.4", "1.2.3.4, x, 10.0.0.5": "10.0.0.5", "1.2.3.4, x": "127.0.0.1", "": "127.0.0.1"} {
		before := log.String()
		s.Visitor().Do(http.MethodPost, "/login", "username=ada&password=x", "Content-Type", "application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "same-origin", "X-Forwarded-For", header)
		if line := strings.TrimPrefix(log.String(), before); !strings.Contains(line, " address="+want+" ") {
			t.Errorf("%s: the log says %s", header, line)
		}
	}
}

func TestMethodsThatNobodyHereKnowsAreAnsweredInWords(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for _, method := range []string{"PROPFIND", "PURGE", "MKCOL", "get", "BREW"} {
		r := ada.Do(method, "/rooms/1", "")
		if r.Want(t, http.StatusMethodNotAllowed); !strings.Contains(r.Body, "<h1") ||
			!strings.Contains(r.Body, "That is not how this address is used.") {
			t.Errorf("%s is answered with %q", method, r.Body)
		}
		checkHeaders(t, method, r.Header)
	}
}

func TestAnAddressHasOneSpelling(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "body", "first", "cid", "first").Want(t, http.StatusSeeOther)
	for _, path := range []string{"/rooms/01", "/rooms/+1", "/rooms/%2B1", "/rooms/1/@01", "/people/01", "/messages/+1",
		"/rooms/-1", "/rooms/0x1", "/rooms/0"} {
		if r := ada.Get(path); r.Status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, r.Status)
		}
	}
}

func TestALogInNameIsTrimmedOfWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("mei")
	for _, typed := range []string{"mei\u200b", "\ufeffmei", "\u200e mei \u200f", "@\u2060mei", "\u00a0mei\u00ad"} {
		if r := s.Visitor().Post("/login", "username", typed, "password", apptest.Password); r.Status != http.StatusSeeOther {
			t.Errorf("%s: status %d", fmt.Sprintf("%q", typed), r.Status)
		}
	}
	s.Visitor().Post("/login", "username", "m\u200bei", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
}
