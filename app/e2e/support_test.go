package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

// guest is somebody on a web site, who keeps the cookie of the chat.
type guest struct {
	*apptest.Browser
	t *testing.T
}

func (v guest) says(body string, more ...string) apptest.Answer {
	v.t.Helper()
	a := v.Post("/widget/help/say", append([]string{"body", body}, more...)...)
	if cookie := a.Header.Get("Set-Cookie"); cookie != "" {
		v.Browser.Cookie, _, _ = strings.Cut(cookie, ";")
	}
	return a
}

// desk starts a server with a room that answers visitors.
func desk(t *testing.T, settings ...string) (s *apptest.Server, ada, bea *apptest.Browser, room int) {
	t.Helper()
	s = apptest.Start(t)
	ada, bea = s.Signup("ada"), s.Signup("bea")
	room = ada.Found("desk", "private")
	ada.Post(fmt.Sprintf("/rooms/%d/members", room), "people", "2").Want(t, http.StatusSeeOther)
	ada.Post(fmt.Sprintf("/rooms/%d/widget", room), append([]string{"on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC",
		"origins", "https://www.tidewater.example"}, settings...)...).Want(t, http.StatusSeeOther)
	return s, ada, bea, room
}

// A room that visitors write to opens with them; what its people said to each other, and go on to
// say, is one press away.
func TestTheTalkOfARoomWithVisitorsStays(t *testing.T) {
	t.Parallel()
	_, ada, _, room := desk(t)
	at := fmt.Sprintf("/rooms/%d", room)
	talk := at + "?talk=1"
	if to := ada.Get(at).Want(t, http.StatusSeeOther).Location(); to != at+"/cases" {
		t.Error("the room opens at", to)
	}
	if page := ada.Get(at+"/cases").Want(t, http.StatusOK).Body; !strings.Contains(page, `href="`+talk+`"`) {
		t.Error("no way to the talk")
	}
	to := ada.Post(at+"/messages", "body", "among ourselves", "cid", "talk00000001").Want(t, http.StatusSeeOther).Location()
	if !strings.HasPrefix(to, talk+"#m-") {
		t.Error("what was said is shown at", to)
	}
	if page := ada.Get(talk).Want(t, http.StatusOK).Body; !strings.Contains(page, "among ourselves") || !strings.Contains(page, `href="`+at+`/cases"`) {
		t.Error(page)
	}
}

func TestVisitorsAreAnswered(t *testing.T) {
	t.Parallel()
	s, ada, bea, room := desk(t, "greeting", "Ahoy!")
	at := fmt.Sprintf("/rooms/%d", room)
	cid := s.Signup("cid")
	page := s.Visitor().Get("/widget/help?page=https%3A%2F%2Fwww.tidewater.example%2Fwinter&from=https%3A%2F%2Fwww.tidewater.example").Want(t,
		http.StatusOK)
	for _, part := range []string{"Ahoy!", "Tidewater Ferries", `data-from="https://www.tidewater.example"`, "name=\"name\""} {
		if !strings.Contains(page.Body, part) {
			t.Error("the chat lacks", part)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	if policy != "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors https://www.tidewater.example" || page.Header.Get("Set-Cookie") != "" {
		t.Error("its policy is", policy)
	}
	if strings.Contains(s.Visitor().Get("/widget/help?from=https%3A%2F%2Fevil.example").Body, "evil") {
		t.Error("a site that may not show it is talked to")
	}
	marta, other := guest{s.Visitor(), t}, guest{s.Visitor(), t}
	first := marta.says("Does the *06:10* run? <script>", "name", "Marta Weiss", "page",
		"https://www.tidewater.example/winter?session=secret").Want(t, http.StatusSeeOther)
	if cookie := first.Header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-visitor=") ||
		!strings.Contains(cookie, "HttpOnly; Secure; SameSite=None; Partitioned") {
		t.Error("the cookie is", cookie)
	}
	other.says("Is there a boat on Christmas day?").Want(t, http.StatusSeeOther)
	if mine := marta.Get("/widget/help").Body; !strings.Contains(mine, "<em>06:10</em>") || strings.Contains(mine, "Christmas") ||
		strings.Contains(mine, "<script>") && strings.Contains(mine, "run? <script>") {
		t.Error("the visitor reads", mine)
	}

	// Who is in the room is told, and nobody else.
	if to := ada.Get(at).Want(t, http.StatusSeeOther).Location(); to != at+"/cases" {
		t.Error("the room leads to", to)
	}
	list := ada.Get(at+"/cases").Want(t, http.StatusOK).Body
	for _, part := range []string{"Marta Weiss", "Waiting", "Is there a boat on Christmas day?"} {
		if !strings.Contains(list, part) {
			t.Error("the queue lacks", part)
		}
	}
	if log := bea.Get(at + ".json").Body; !strings.Contains(log, "Marta Weiss") || !strings.Contains(log, "/cases/1") {
		t.Error("the room was not told")
	}
	for _, path := range []string{"/cases", "/cases/1", "/cases/live", "/widget"} {
		cid.Get(at+path).Want(t, http.StatusNotFound)
	}
	for _, path := range []string{"/cases/1/take", "/cases/1/say", "/cases/1/close", "/cases/1/transfer", "/cases/1/reopen", "/widget"} {
		cid.Post(at+path, "body", "x", "to", "3", "slug", "help", "title", "x").Want(t, http.StatusNotFound)
	}
	ada.Get("/rooms/1/cases/1").Want(t, http.StatusNotFound) // it is of another room
	ada.Post("/rooms/1/cases/1/take").Want(t, http.StatusNotFound)
	if page := ada.Get(at+"/cases/1").Want(t, http.StatusOK).Body; !strings.Contains(page, "tidewater.example/winter") ||
		strings.Contains(page, "session=secret") || !strings.Contains(page, "Take it") {
		t.Error("the conversation is", page)
	}

	// It is taken once, answered by who has it, handed on and closed.
	bea.Post(at+"/cases/1/say", "body", "x").Want(t, http.StatusForbidden)
	bea.Post(at+"/cases/1/take").Want(t, http.StatusSeeOther)
	if a := ada.Post(at + "/cases/1/take"); a.Status != http.StatusConflict && a.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(a.Body, "bea has it.") {
		t.Error("who comes second gets", a.Status)
	}
	waits := make(chan apptest.Answer)
	rev := revOf(marta.Get("/widget/help").Body)
	go func() { waits <- marta.Get("/widget/help/lines?rev=" + rev) }()
	bea.Post(at+"/cases/1/say", "body", "On Saturdays the first boat is **08:40**.").Want(t, http.StatusSeeOther)
	if a := <-waits; a.Status != http.StatusOK || !strings.Contains(a.Body, "<strong>08:40</strong>") || a.Header.Get("X-State") != "talk" {
		t.Error("the answer came as", a.Status, a.Body)
	}
	ada.Post(at+"/cases/1/say", "body", "x").Want(t, http.StatusForbidden)
	bea.Post(at+"/cases/1/transfer", "to", "3").Want(t, http.StatusUnprocessableEntity)
	bea.Post(at+"/cases/1/transfer", "to", "1").Want(t, http.StatusSeeOther)
	ada.Post(at+"/cases/1/say", "body", "Ada here.").Want(t, http.StatusSeeOther)
	ada.Post(at+"/cases/1/close").Want(t, http.StatusSeeOther)
	if mine := marta.Get("/widget/help").Body; !strings.Contains(mine, "Ada here.") || !strings.Contains(mine, "was closed") {
		t.Error("the visitor reads", mine)
	}
	ada.Post(at+"/cases/1/reopen").Want(t, http.StatusSeeOther)
	ada.Post(at+"/cases/1/say", "body", "One more thing.").Want(t, http.StatusSeeOther)
	ada.Post(at+"/cases/1/close").Want(t, http.StatusSeeOther)
	marta.says("Another question").Want(t, http.StatusSeeOther)
	if list := ada.Get(at + "/cases").Body; strings.Count(list, `class="case"`) != 3 {
		t.Error("a closed conversation does not begin anew:", list)
	}

	// The visitor is forgotten; the cookie of another opens nothing of it.
	cookie := marta.Browser.Cookie
	if gone := marta.Post("/widget/help/forget").Want(t, http.StatusSeeOther).Header.Get("Set-Cookie"); !strings.Contains(gone, "Max-Age=0") {
		t.Error("the cookie stays:", gone)
	}
	marta.Browser.Cookie = cookie
	if again := marta.Get("/widget/help").Body; strings.Contains(again, "06:10") {
		t.Error("who was forgotten is known")
	}
	if page := ada.Get(at + "/cases/1").Body; strings.Contains(page, "Marta") && strings.Contains(page, "<b dir=\"auto\">Marta") {
		t.Error("the team still reads the name")
	}
	// A visitor is nobody here.
	for _, path := range []string{"/", at, at + "/cases", "/people", "/me"} {
		if a := other.Get(path); a.Status != http.StatusSeeOther {
			t.Errorf("%s answers a visitor with %d", path, a.Status)
		}
	}
	// It ends with its setting, and with its bot.
	ada.Post(at+"/widget", "slug", "help", "title", "T").Want(t, http.StatusSeeOther)
	other.Get("/widget/help").Want(t, http.StatusNotFound)
	other.says("x").Want(t, http.StatusNotFound)
}

// revOf is where the page of a chat stands.
func revOf(page string) string {
	_, rest, _ := strings.Cut(page, `data-rev="`)
	rev, _, _ := strings.Cut(rest, `"`)
	return rev
}

func TestVisitorsAreHeldToTheirRates(t *testing.T) {
	t.Parallel()
	s, ada, _, room := desk(t)
	v := guest{s.Visitor(), t}
	for _, wrong := range [][]string{{" "}, {strings.Repeat("x", 2001)}, {"x", "name", strings.Repeat("n", 65)}, {"x", "mail", "no address"}} {
		if a := v.says(wrong[0], wrong[1:]...); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "wg-why") {
			t.Errorf("%.10q: status %d", wrong, a.Status)
		}
	}
	s.Visitor().Do("POST", "/widget/help/say", "body=x", "Content-Type", "application/x-www-form-urlencoded", "Origin",
		"https://www.tidewater.example", "Sec-Fetch-Site", "cross-site").Want(t, http.StatusForbidden)
	ada.Post("/admin/limits", "limit.visitor", "2", "limit.visitor.address", "3").Want(t, http.StatusSeeOther)
	v.says("one").Want(t, http.StatusSeeOther)
	v.says("two").Want(t, http.StatusSeeOther)
	if a := v.says("three"); a.Status != http.StatusTooManyRequests || !strings.Contains(a.Body, "a little fast") ||
		!strings.Contains(a.Body, ">three<") {
		t.Error("the third gets", a.Status, a.Body)
	}
	for range 2 {
		guest{s.Visitor(), t}.says("hello").Want(t, http.StatusSeeOther)
	}
	guest{s.Visitor(), t}.says("hello").Want(t, http.StatusTooManyRequests)
	if n := strings.Count(ada.Get(fmt.Sprintf("/rooms/%d/cases", room)).Body, `class="case"`); n != 3 {
		t.Errorf("%d conversations were begun", n)
	}
}

func TestWidgetsAreSetUp(t *testing.T) {
	t.Parallel()
	s, ada, bea, room := desk(t, "hours", "mon-sun 00:00-00:01", "colour", "#fed")
	at := fmt.Sprintf("/rooms/%d/widget", room)
	bea.Get(at).Want(t, http.StatusForbidden)
	bea.Post(at, "slug", "mine", "title", "x").Want(t, http.StatusForbidden)
	if page := ada.Get(at).Want(t, http.StatusOK).Body; !strings.Contains(page, "data-room=&#34;help&#34;") &&
		!strings.Contains(page, `data-room="help"`) {
		t.Error("the page does not say what to put on the site")
	}
	for _, wrong := range [][]string{{"slug", "A b"}, {"slug", ""}, {"title", ""}, {"origins", "https://a.example/path"},
		{"origins", "a.example"}, {"origins", "https://*"}, {"hours", "always"}, {"zone", "Mars"}, {"greeting", strings.Repeat("x", 501)}} {
		fields := append([]string{}, wrong...)
		for name, value := range map[string]string{"slug": "help", "title": "T"} {
			if name != wrong[0] {
				fields = append(fields, name, value)
			}
		}
		ada.Post(at, fields...).Want(t, http.StatusUnprocessableEntity)
	}
	ada.Post("/rooms/1/widget", "slug", "all", "title", "T").Want(t, http.StatusForbidden)
	second := ada.Found("second", "private")
	ada.Post(fmt.Sprintf("/rooms/%d/widget", second), "slug", "help", "title", "T").Want(t, http.StatusUnprocessableEntity)
	css := s.Visitor().Get("/widget/help/brand.css").Want(t, http.StatusOK)
	if css.Body != ":root{--brand:#ffeedd;--on:#10181c}" || !strings.HasPrefix(css.Header.Get("Content-Type"), "text/css") {
		t.Error("the colour is", css.Body)
	}
	script := s.Visitor().Get("/widget.js").Want(t, http.StatusOK)
	if script.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || len(script.Body) > 4<<10 { // of 15 kB that the chat may have in all
		t.Error("the script has", len(script.Body), script.Header)
	}
	page := s.Visitor().Get("/widget/help").Body
	if !strings.Contains(page, "We are away") || !strings.Contains(page, `type="email"`) {
		t.Error("out of hours it says", page)
	}
	size := len(script.Body)
	for _, name := range []string{"widget.css", "visitor.js"} {
		_, rest, _ := strings.Cut(page, "/static/")
		build, _, _ := strings.Cut(rest, "/")
		size += len(s.Visitor().Get("/static/"+build+"/"+name).Want(t, http.StatusOK).Body)
	}
	if size+len(page) > 15_000 {
		t.Errorf("the chat has %d bytes", size+len(page))
	}
	ada.Post(at, "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC", "colour", "#ffeedd", "whole", "1").Want(t,
		http.StatusSeeOther)
	if page := ada.Get(at).Body; !strings.Contains(page,
		`data-room=&#34;help&#34; data-colour=&#34;#ffeedd&#34; data-ink=&#34;#10181c&#34; data-query async`) {
		t.Error("what is put on a site does not say the colour, or that the query is told")
	}
	bot := ada.Get("/bots").Body
	if !strings.Contains(bot, "Tidewater Ferries visitors") {
		t.Error("the bot of the widget is not among the bots")
	}
}

// Who left an address is mailed what was answered, once, and not what was read since.
func TestVisitorsAreMailedWhatTheyAreAnswered(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada := s.Signup("ada")
	room := ada.Found("desk", "private")
	at := fmt.Sprintf("/rooms/%d", room)
	ada.Post(at+"/widget", "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC", "hours", "mon-sun 00:00-00:01").Want(t,
		http.StatusSeeOther)
	if page := s.Visitor().Get("/widget/help").Body; !strings.Contains(page, "by mail if you like") {
		t.Error("the chat does not say that answers go by mail")
	}
	marta, quiet := guest{s.Visitor(), t}, guest{s.Visitor(), t}
	marta.says("Is there a boat?", "mail", "marta@example.org", "page", "https://tidewater.example/winter").Want(t, http.StatusSeeOther)
	quiet.says("And for me?").Want(t, http.StatusSeeOther)
	for _, id := range []string{"1", "2"} {
		ada.Post(at+"/cases/"+id+"/take").Want(t, http.StatusSeeOther)
		ada.Post(at+"/cases/"+id+"/say", "body", "At 08:40.").Want(t, http.StatusSeeOther)
		ada.Post(at+"/cases/"+id+"/say", "body", "Bring your bike.").Want(t, http.StatusSeeOther)
	}
	hurry := func() {
		t.Helper()
		due, err := s.Stored().DueMails(t.Context(), time.Now().Add(time.Hour), 10)
		for _, m := range due {
			m.Next = m.Made
			if err == nil {
				err = s.Stored().SetMail(t.Context(), m)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	nothingWaits := func() { // what was sent is noted, too
		t.Helper()
		apptest.Within(t, "nothing waits", func() bool {
			due, err := s.Stored().DueMails(t.Context(), time.Now().Add(time.Hour), 10)
			return err == nil && len(due) == 0
		})
	}
	hurry()
	got := box.Waits(1)[0]
	if got.To != "marta@example.org" || got.Subject != "Tidewater Ferries answered you" || strings.Count(got.Text, "At 08:40.") != 1 ||
		!strings.Contains(got.Text, "Bring your bike.") ||
		!strings.Contains(got.Text, "https://tidewater.example/winter") {
		t.Errorf("%+v", got)
	}
	nothingWaits()
	ada.Post(at+"/cases/1/say", "body", "One more.").Want(t, http.StatusSeeOther)
	marta.says("Thank you").Want(t, http.StatusSeeOther) // it was read
	hurry()
	nothingWaits()
	if n := len(box.Got()); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}
