package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
	"parley/db"
)

// server is a whole Parley on a port of its own, with the rates off.
type server struct {
	t    testing.TB
	app  *App
	base string
	data string
	via  http.RoundTripper // how its visitors reach it; nil: as usual

	store func() *db.DB // see stored
}

const password = "correct horse battery 9"

// start runs a server until the test ends.
func start(t testing.TB, change ...func(*Config)) *server {
	t.Helper()
	s := &server{t: t, data: filepath.Join(t.TempDir(), "parley.db")}
	s.run(change...)
	s.unlimited()
	t.Cleanup(func() { s.stop() })
	return s
}

// unlimited turns the rates off.
func (s *server) unlimited() {
	s.t.Helper()
	for _, l := range chat.AllLimits {
		if strings.HasPrefix(l.Key, "limit.files.") { // no rates
			continue
		}
		if err := s.app.Chat.SetSetting(context.Background(), l.Key, "0"); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := s.app.Reload(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// stored is the data file, opened beside the server as a command does.
func (s *server) stored() *db.DB {
	s.t.Helper()
	if s.store == nil {
		d, err := db.Open(context.Background(), s.data)
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { d.Close() })
		s.store = func() *db.DB { return d }
	}
	return s.store()
}

// account finds somebody by name.
func (s *server) account(name string) chat.Account {
	s.t.Helper()
	a, err := s.app.Chat.AccountNamed(context.Background(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *server) run(change ...func(*Config)) {
	s.t.Helper()
	c := Config{Data: s.data, Listen: "127.0.0.1:0", Shutdown: 5 * time.Second, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, f := range change {
		f(&c)
	}
	a, err := Start(context.Background(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.app, s.base = a, "http://"+a.Address.String()
}

func (s *server) stop() {
	if s.app == nil {
		return
	}
	if err := s.app.Stop(); err != nil {
		s.t.Error("stop:", err)
	}
	s.app = nil
}

// browser is somebody with a cookie, who follows no redirect.
type browser struct {
	s      *server
	cookie string
	http   http.Client
}

func (s *server) visitor() *browser {
	return &browser{s: s, http: http.Client{Transport: s.via, CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// signup makes an account and is logged in as it.
func (s *server) signup(name string) *browser {
	s.t.Helper()
	b := s.visitor()
	r := b.post("/signup", "workspace", "Lighthouse Studio", "username", name, "password", password)
	if r.status != http.StatusSeeOther {
		s.t.Fatalf("sign-up of %s: status %d\n%s", name, r.status, r.body)
	}
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) location() string { return a.header.Get("Location") }

func (b *browser) get(path string, headers ...string) answer {
	b.s.t.Helper()
	return b.do(http.MethodGet, path, "", headers...)
}

// post sends a form of name, value, name, value.
func (b *browser) post(path string, fields ...string) answer {
	b.s.t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, v.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

// do sends a request as it is told to.
func (b *browser) do(method, path, body string, headers ...string) answer {
	b.s.t.Helper()
	req, err := http.NewRequest(method, b.s.base+path, strings.NewReader(body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	if b.cookie != "" {
		req.Header.Set("Cookie", b.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	r, err := b.http.Do(req)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for _, c := range r.Cookies() {
		if strings.HasSuffix(c.Name, "parley") {
			b.cookie = c.Name + "=" + c.Value
		}
	}
	return answer{r.StatusCode, r.Header, string(text)}
}

// want fails the test unless the answer has the status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d\n%s", a.status, status, a.body)
	}
	return a
}

// says posts a message and answers with its id.
func (b *browser) says(room int, body string) int {
	b.s.t.Helper()
	return id(b.s.t, b.post(fmt.Sprintf("/rooms/%d/messages", room), "body", body).want(b.s.t, 303).location())
}

// found makes a room and answers with its id.
func (b *browser) found(name, kind string) int {
	b.s.t.Helper()
	return id(b.s.t, b.post("/rooms", "name", name, "kind", kind).want(b.s.t, 303).location())
}

func id(t testing.TB, path string) int {
	t.Helper()
	n, err := strconv.Atoi(lastNumber.FindString(path))
	if err != nil {
		t.Fatalf("no id in %q", path)
	}
	return n
}

// send posts once, without a word about what goes wrong; id is "" when no answer
// came or the server was too busy.
func (b *browser) send(room int, cid, body string) (id string) {
	form := url.Values{"cid": {cid}, "body": {body}}.Encode()
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/rooms/%d/messages", b.s.base, room), strings.NewReader(form))
	if err != nil {
		return ""
	}
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := b.http.Do(req)
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	if m := postedAs.FindStringSubmatch(r.Header.Get("Location")); r.StatusCode == http.StatusSeeOther && m != nil {
		return m[1]
	}
	return ""
}

// tell posts as somebody without a page.
func (b *browser) tell(room int, text string) {
	b.s.t.Helper()
	b.post(fmt.Sprintf("/rooms/%d/messages", room), "body", text,
		"cid", fmt.Sprintf("t%011d", time.Now().UnixNano()%1e11)).want(b.s.t, http.StatusSeeOther)
}

// invite makes an invite and answers with where it leads.
func (b *browser) invite(t testing.TB, uses, role string) (path string) {
	t.Helper()
	to := b.post("/admin/invites", "uses", uses, "expires", "7d", "role", role).want(t, http.StatusSeeOther).location()
	m := inviteLink.FindStringSubmatch(b.get(to).want(t, http.StatusOK).body)
	if m == nil {
		t.Fatal("no link at", to)
	}
	return m[1]
}

// Links that are shown once.
var (
	inviteLink = regexp.MustCompile(`value="[^"]*(/join/[A-Z0-9]+)"`)
	resetLink  = regexp.MustCompile(`value="[^"]*(/reset/[A-Za-z0-9_-]+)"`)
)

// sentences are what people write, more or less.
var sentences = []string{
	"The harbour map loads in half the time now, and the labels stay put when you turn the phone.",
	"Who has the tablet? I would like to see the beam on it before we ship on Monday.",
	"I moved the **release notes** to the handbook; please read them and shout if something is missing.",
	"That one is mine: `tiles.go` asked for the same picture twice. Fixed, and there is a test for it.",
	"Lunch at one? The new place by the bridge has soup, and they take larger groups.",
	"Looks good to me. The second picture is a little dark, but nobody will notice on a small screen.",
	"See https://handbook.example.org/harbour/notes for what we agreed on, and what we left for later.",
}
