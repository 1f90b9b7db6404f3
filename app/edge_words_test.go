package app

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
)

func TestWhatIsTooLargeIsGivenBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "body", "first", "cid", "first").want(t, http.StatusSeeOther)
	words := strings.Repeat("字", 29_999) + "尾"
	for _, to := range []string{"/rooms/1/messages", "/messages/1/edit", "/dm"} {
		page := ada.post(to, "body", words, "cid", "long").want(t, http.StatusRequestEntityTooLarge).body
		if !strings.Contains(page, words) || !strings.Contains(page, "10,000 characters") {
			t.Errorf("%s does not give the words back, or does not say what is wrong", to)
		}
	}
	script := ada.announce("/rooms/1/messages", 270_000, "HX-Request: true")
	if script.want(t, http.StatusRequestEntityTooLarge); strings.Contains(script.body, words) {
		t.Error("a script, which has the words, is sent them")
	}
	far := ada.announce("/rooms", 140<<10, "X-None: 1")
	if far.want(t, http.StatusRequestEntityTooLarge); !strings.Contains(far.body, "Go back") {
		t.Error("nothing says what to do:", far.body)
	}
	other := ada.do(http.MethodPost, "/rooms/1/messages", url.Values{"body": {words}}.Encode(), "Content-Type",
		"application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	other.want(t, http.StatusForbidden)
}

// announce posts the head of a form of so many bytes and waits for the answer: who goes
// on to send what is refused already may see nothing but a connection that was reset.
func (b *browser) announce(path string, size int, header string) answer {
	b.s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.s.base, "http://"))
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\n%s\r\nContent-Length: %d\r\n\r\n",
		path, conn.RemoteAddr(), b.cookie, header, size)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	return answer{r.StatusCode, r.Header, string(text)}
}

func TestProxiesOfOursAreSkippedFromTheRight(t *testing.T) {
	log := &written{}
	s := start(t, func(c *Config) {
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
		s.visitor().do(http.MethodPost, "/login", "username=ada&password=x", "Content-Type", "application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "same-origin", "X-Forwarded-For", header)
		if line := strings.TrimPrefix(log.String(), before); !strings.Contains(line, " address="+want+" ") {
			t.Errorf("%s: the log says %s", header, line)
		}
	}
}

func TestMethodsThatNobodyHereKnowsAreAnsweredInWords(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	for _, method := range []string{"PROPFIND", "PURGE", "MKCOL", "get", "BREW"} {
		r := ada.do(method, "/rooms/1", "")
		if r.want(t, http.StatusMethodNotAllowed); !strings.Contains(r.body, "<h1") ||
			!strings.Contains(r.body, "That is not how this address is used.") {
			t.Errorf("%s is answered with %q", method, r.body)
		}
		checkHeaders(t, method, r.header)
	}
}

func TestAnAddressHasOneSpelling(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "body", "first", "cid", "first").want(t, http.StatusSeeOther)
	for _, path := range []string{"/rooms/01", "/rooms/+1", "/rooms/%2B1", "/rooms/1/@01", "/people/01", "/messages/+1",
		"/rooms/-1", "/rooms/0x1", "/rooms/0"} {
		if r := ada.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, r.status)
		}
	}
}

func TestALogInNameIsTrimmedOfWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("mei")
	for _, typed := range []string{"mei\u200b", "\ufeffmei", "\u200e mei \u200f", "@\u2060mei", "\u00a0mei\u00ad"} {
		if r := s.visitor().post("/login", "username", typed, "password", password); r.status != http.StatusSeeOther {
			t.Errorf("%s: status %d", fmt.Sprintf("%q", typed), r.status)
		}
	}
	s.visitor().post("/login", "username", "m\u200bei", "password", password).want(t, http.StatusUnprocessableEntity)
}
