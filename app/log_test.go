package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"parley/app"
	"parley/app/apptest"
)

// logging runs a server that logs everything.
func logging(t *testing.T, format string) (*apptest.Server, *apptest.Written) {
	t.Helper()
	was, w := slog.Default(), &apptest.Written{}
	t.Cleanup(func() { slog.SetDefault(was) })
	log, err := app.NewLog(w, "debug", format)
	if err != nil {
		t.Fatal(err)
	}
	return apptest.Start(t, func(c *app.Config) { c.Log = log }), w
}

// shout sends bytes that no client of HTTP would, and waits until the server has
// answered or hung up.
func shout(s *apptest.Server, request string) {
	s.T.Helper()
	c, err := net.Dial("tcp", s.App.Address.String())
	if err != nil {
		s.T.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, request)
	c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	io.Copy(io.Discard, c)
}

const evil = "\x1b]0;owned\a\u009b31m\u202egnp\u2028level=ERROR msg=forged"

// hostile is a visit of somebody who wants to be in the log, or others to be.
func hostile(t *testing.T, s *apptest.Server) (secrets []string) {
	ada := s.Signup("ada")
	_, token, _ := strings.Cut(ada.Cookie, "=")
	get := "GET /%0Alevel=ERROR%1b[2J HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	for _, lines := range []string{
		"User-Agent: one\nlevel=ERROR msg=forged\r\n", "User-Agent: " + evil + "\r\n", "X-Request-Id: a\tb\x1b[2J" + evil + "\r\n",
		"Cookie: " + ada.Cookie + "\r\n broken", "Cookie: " + ada.Cookie + "\x00\r\nNo colon here",
	} {
		shout(s, get+lines+"\r\n\r\n")
	}
	shout(s, "BREW /\x1b[2J HTTP/9\r\nCookie: "+ada.Cookie+"\r\n\r\n")
	shout(s, "GET / HTTP/1.1\r\nCookie: "+ada.Cookie+"; "+strings.Repeat("x", 20<<10)+"\r\n\r\n")
	ada.Post("/me", "name", "Ada "+evil, "title", "the hidden title")
	ada.Post("/rooms/1/messages", "cid", "c", "body", "the hidden words "+evil).Want(t, http.StatusSeeOther)
	s.Visitor().Post("/login", "username", "ada"+evil, "password", "a hidden guess")
	for _, path := range []string{"/join/short7", "/JOIN/short7", "/join/short7/x", "/reset/Ow3xSecretOfResets",
		"/rooms/1?q=the+hidden+question", "/x/" + token, "/%1b%5B2J%C2%9B%E2%80%AE"} {
		s.Visitor().Get(path)
		ada.Get(path)
	}
	ada.Get("/search?q=the+hidden+question")
	invite, reset := secretOf(t, s, "invite"), secretOf(t, s, "user", "reset", "ada")
	for _, path := range []string{"/join/" + invite, "/reset/" + reset} {
		s.Visitor().Get(path).Want(t, http.StatusOK)
		s.Visitor().Post(path, "username", "bea", "password", "hidden")
	}
	page := ada.Open()
	page.Say(`{"t":"typing","room":1,"x":"the hidden words"}`)
	page.Obeyed()
	if err := s.App.CloseStore(); err != nil { // now everything is a fault
		t.Fatal(err)
	}
	ada.Post("/rooms/1/messages", "cid", "d", "body", "the hidden words "+evil)
	r := ada.Get("/people?q=the+hidden+question").Want(t, http.StatusInternalServerError)
	if r.Header.Get("X-Request-Id") == "" {
		t.Error("a fault has no number")
	}
	for _, path := range []string{"/join/" + invite, "/reset/" + reset} {
		s.Visitor().Get(path).Want(t, http.StatusInternalServerError)
	}
	return []string{token, invite, reset, apptest.Password, "hidden", "short7", "Ow3xSecretOfResets", "gnp"}
}

// secretOf is the last part of a link that a command prints.
func secretOf(t *testing.T, s *apptest.Server, args ...string) string {
	t.Helper()
	link := strings.TrimSpace(apptest.Command(t, 0, "", append(args, "--data", s.Data)...))
	return link[strings.LastIndex(link, "/")+1:]
}

func TestTheLogHoldsNoSecretsAndOneLineForEachEvent(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			s, w := logging(t, format)
			secrets := hostile(t, s)
			s.App.Stop() // its file is closed already, and it says so
			s.App = nil
			log := w.String()
			for _, secret := range secrets {
				if at := strings.Index(log, secret); at >= 0 {
					t.Errorf("%q is in the log: …%q", secret, log[max(0, at-200):at+len(secret)])
				}
			}
			for line := range strings.Lines(log) {
				line = strings.TrimSuffix(line, "\n")
				if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("not printable: %q", line)
				}
				if format == "json" && !json.Valid([]byte(line)) || format == "text" && !strings.HasPrefix(line, "time=20") {
					t.Errorf("no event of ours: %q", line)
				}
				if strings.Contains(line, "forged") {
					t.Errorf("forged: %q", line)
				}
			}
			if !strings.Contains(log, "fault") || strings.Count(log, "\n") < 20 {
				t.Errorf("little is in the log\n%s", log)
			}
		})
	}
}

func TestARequestHasTheNameThatAProxyOfOursGaveIt(t *testing.T) {
	s, w := logging(t, "text")
	ada := s.Signup("ada")
	ada.Get("/rooms/1", "X-Request-Id", "from-anybody")
	_, trusted, _ := net.ParseCIDR("127.0.0.1/32")
	s.App.Trust(trusted)
	ada.Get("/rooms/1", "X-Request-Id", "from-the-proxy.7")
	ada.Get("/rooms/1", "X-Request-Id", "not=a name")
	log := w.String()
	if strings.Contains(log, "from-anybody") || !strings.Contains(log, "request=from-the-proxy.7 method=GET path=/rooms/1 status=200") ||
		strings.Contains(log, "not=a") {
		t.Error(log)
	}
}
