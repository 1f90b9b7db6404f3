package e2e

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"

	"parley/app/apptest"
	"parley/static"
)

const (
	pageBudget   = 12 << 10 // a room page of 50 messages, compressed
	visitBudget  = 48 << 10 // with everything that a first visit fetches
	brotliBudget = 44 << 10 // the same where the browser takes brotli
	scriptBudget = 36 << 10 // parley.js, as it is parsed
	visitCalls   = 7
)

// weigh answers with how many bytes an answer has on the wire, for who takes these
// encodings.
func weigh(b *apptest.Browser, path, takes string) int {
	b.Server.T.Helper()
	req, err := http.NewRequest(http.MethodGet, b.Server.Base+path, nil)
	if err != nil {
		b.Server.T.Fatal(err)
	}
	req.Header.Set("Cookie", b.Cookie)
	req.Header.Set("Accept-Encoding", takes) // by hand, so that it is not undone
	r, err := b.HTTP.Do(req)
	if err != nil {
		b.Server.T.Fatal(err)
	}
	defer r.Body.Close()
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil || r.StatusCode != http.StatusOK || n > 1<<10 && r.Header.Get("Content-Encoding") == "" {
		b.Server.T.Fatalf("%s: %s, %q, %v", path, r.Status, r.Header.Get("Content-Encoding"), err)
	}
	return int(n)
}

// busyRoom is a room of 50 messages by six people, in a workspace of 20 rooms.
func busyRoom(t testing.TB, s *apptest.Server) *apptest.Browser {
	t.Helper()
	var people []*apptest.Browser
	for _, name := range []string{"ada.okafor", "mei.tanaka", "jonas", "priya", "tomas", "sofia"} {
		people = append(people, s.Signup(name))
	}
	for i := range 19 {
		people[0].Post("/rooms", "name", fmt.Sprintf("project number %c", 'a'+i), "kind", "open").Want(t, http.StatusSeeOther)
	}
	for i := range 60 {
		people[(i/2)%6].Post("/rooms/1/messages", "body", apptest.Sentences[i%7]+" "+apptest.Sentences[(i*3+2)%7]).Want(t, http.StatusSeeOther)
	}
	return people[0]
}

var linked = regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)

func TestAFirstVisitStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := busyRoom(t, s)
	page := weigh(ada, "/rooms/1", "gzip")
	total, small, calls := page, weigh(ada, "/rooms/1", "gzip, br"), 1
	seen := map[string]bool{}
	for _, m := range linked.FindAllStringSubmatch(ada.Get("/rooms/1").Body, -1) {
		url := m[1]
		if seen[url] {
			continue
		}
		seen[url] = true
		n, br := weigh(ada, url, "gzip"), weigh(ada, url, "gzip, br")
		t.Logf("%6d, %6d  %s", n, br, url)
		total, small, calls = total+n, small+br, calls+1
	}
	t.Logf("%6d          the page; %d, with brotli %d, in %d requests in all", page, total, small, calls)
	if page > pageBudget {
		t.Errorf("the page weighs %d bytes, its budget is %d", page, pageBudget)
	}
	if total > visitBudget || small > brotliBudget || calls > visitCalls {
		t.Errorf("the first visit is %d bytes, with brotli %d, in %d requests; its budget is %d and %d in %d", total, small, calls,
			visitBudget, brotliBudget, visitCalls)
	}
	if n := len(static.Load().Find("parley.js").Plain); n > scriptBudget {
		t.Errorf("the script has %d bytes, its budget is %d", n, scriptBudget)
	}
}

// A selector that looks from a row or from around the timeline into its content
// is asked again at every message; measured, it doubles the cost of one.
func TestNoSelectorLooksIntoTheTimeline(t *testing.T) {
	t.Parallel()
	css := string(static.Load().Find("app.css").Plain)
	bad := regexp.MustCompile(`[^{},]*(?:\.msg|\.page|\.stream|\.main|\.app|body)\b[^{},]*:has\([^{},]*`)
	for _, m := range bad.FindAllString(css, -1) {
		t.Errorf("%q", m)
	}
}
