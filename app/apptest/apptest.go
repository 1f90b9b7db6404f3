// Package apptest runs Parley for tests: servers on ports of their own, in the process of
// the test or in one that can be killed, people who ask them by HTTP and over sockets, and
// the command line. Only tests import it.
package apptest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/app"
	"parley/app/chat"
)

// Server is a whole Parley on a port of its own, with the rates off.
type Server struct {
	T    testing.TB
	App  *app.App
	Base string
	Data string
	Via  http.RoundTripper // how its visitors reach it; nil: as usual

	store func() app.Store // see stored
}

// Password is everybody's.
const Password = "correct horse battery 9"

// Start runs a server until the test ends.
func Start(t testing.TB, change ...func(*app.Config)) *Server {
	t.Helper()
	s := &Server{T: t, Data: NewData(t)}
	s.Run(change...)
	s.Unlimited()
	t.Cleanup(func() { s.Stop() })
	return s
}

// Unlimited turns the rates off.
func (s *Server) Unlimited() {
	s.T.Helper()
	for _, l := range chat.AllLimits {
		if strings.HasPrefix(l.Key, "limit.files.") { // no rates
			continue
		}
		if err := s.App.Chat.SetSetting(context.Background(), l.Key, "0"); err != nil {
			s.T.Fatal(err)
		}
	}
	if err := s.App.Reload(context.Background()); err != nil {
		s.T.Fatal(err)
	}
}

// Stored is the data file, opened beside the server as a command does.
func (s *Server) Stored() app.Store {
	s.T.Helper()
	if s.store == nil {
		d, err := app.OpenExisting(context.Background(), s.Data)
		if err != nil {
			s.T.Fatal(err)
		}
		s.T.Cleanup(func() { d.Close() })
		s.store = func() app.Store { return d }
	}
	return s.store()
}

// Account finds somebody by name.
func (s *Server) Account(name string) chat.Account {
	s.T.Helper()
	a, err := s.App.Chat.AccountNamed(context.Background(), name)
	if err != nil {
		s.T.Fatal(err)
	}
	return a
}

// Run starts the server, or starts it again.
func (s *Server) Run(change ...func(*app.Config)) {
	s.T.Helper()
	c := app.Config{Data: s.Data, Listen: "127.0.0.1:0", NoPreviews: true, Shutdown: 5 * time.Second,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, f := range change {
		f(&c)
	}
	a, err := app.Start(context.Background(), c)
	if err != nil {
		s.T.Fatal(err)
	}
	s.App, s.Base = a, "http://"+a.Address.String()
}

// Stop ends the server, if it runs.
func (s *Server) Stop() {
	if s.App == nil {
		return
	}
	if err := s.App.Stop(); err != nil {
		s.T.Error("stop:", err)
	}
	s.App = nil
}

// Browser is somebody with a cookie, who follows no redirect.
type Browser struct {
	Server *Server
	Cookie string
	Step   string // the cookie of a log-in that waits for its second step
	State  string // likewise, that is at a provider
	HTTP   http.Client
	live   *Socket // of SendLive
}

// Visitor is somebody who is not logged in.
func (s *Server) Visitor() *Browser {
	return &Browser{Server: s, HTTP: http.Client{Transport: s.Via, CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// Signup makes an account and is logged in as it.
func (s *Server) Signup(name string) *Browser {
	s.T.Helper()
	b := s.Visitor()
	r := b.Post("/signup", "workspace", "Lighthouse Studio", "username", name, "password", Password)
	if r.Status != http.StatusSeeOther {
		s.T.Fatalf("sign-up of %s: status %d\n%s", name, r.Status, r.Body)
	}
	return b
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Location is where the answer leads.
func (a Answer) Location() string { return a.Header.Get("Location") }

// Get asks for a page.
func (b *Browser) Get(path string, headers ...string) Answer {
	b.Server.T.Helper()
	return b.Do(http.MethodGet, path, "", headers...)
}

// Post sends a form of name, value, name, value.
func (b *Browser) Post(path string, fields ...string) Answer {
	b.Server.T.Helper()
	return b.Do(http.MethodPost, path, Fields(fields...), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

// Fields writes a form of name, value, name, value.
func Fields(fields ...string) string {
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v.Encode()
}

// Do sends a request as it is told to.
func (b *Browser) Do(method, path, body string, headers ...string) Answer {
	b.Server.T.Helper()
	req, err := http.NewRequest(method, b.Server.Base+path, strings.NewReader(body))
	if err != nil {
		b.Server.T.Fatal(err)
	}
	if b.Cookie != "" {
		req.Header.Set("Cookie", b.Cookie)
	}
	for _, c := range []string{b.Step, b.State} {
		if c != "" {
			req.Header.Add("Cookie", c)
		}
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	r, err := b.HTTP.Do(req)
	for try := 0; errors.Is(err, syscall.ECONNRESET) && len(body) > 64<<10 &&
		try < 5; try++ { // refused before it was read, and the answer lost
		req.Body = io.NopCloser(strings.NewReader(body))
		r, err = b.HTTP.Do(req)
	}
	if err != nil {
		b.Server.T.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.Server.T.Fatal(err)
	}
	for _, c := range r.Cookies() {
		if strings.HasSuffix(c.Name, "parley") {
			b.Cookie = c.Name + "=" + c.Value
		}
		if strings.HasSuffix(c.Name, "parley-step") {
			b.Step = c.Name + "=" + c.Value
		}
		if strings.HasSuffix(c.Name, "parley-state") {
			b.State = c.Name + "=" + c.Value
		}
	}
	return Answer{r.StatusCode, r.Header, string(text)}
}

// Want fails the test unless the answer has the status.
func (a Answer) Want(t testing.TB, status int) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d\n%s", a.Status, status, a.Body)
	}
	return a
}
