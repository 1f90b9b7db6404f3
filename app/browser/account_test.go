package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// stored is everything that a page of this address can read of what was stored here.
const stored = `JSON.stringify({ ...localStorage, ...sessionStorage })`

// logIn logs somebody in by the form, in a tab that nobody is logged in in.
func (p *tab) logIn(name string) {
	p.t.Helper()
	p.open("/login")
	p.fill("#f-username", name)
	p.fill("#f-password", apptest.Password)
	p.keys(kb.Enter)
	p.at("/")
}

func (p *tab) logOut() {
	p.t.Helper()
	p.open("/me")
	p.click("button", "Log out")
	p.at("/login")
}

// A page that was drawn for ada sends nothing when the browser is mei's: neither what
// is written now, nor what waited, nor a form; and nothing of ada's is left to read.
func TestAPageOfAnotherSessionSendsNothing(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"mei", "ada"} { // a login of the same person is another session, too
		t.Run(who, func(t *testing.T) {
			s := apptest.Start(t)
			ada := s.Signup("ada")
			s.Signup("mei")
			b := s.Signup("bo")
			c := openChromium(t)
			one := c.person("ada", s.Base)
			one.enter(ada)
			one.open("/rooms/1")
			one.live()
			two := one.tab("the other tab")
			one.expect(broken...)
			two.expect("status of 401")
			one.say("sent before")
			one.once("sent before")
			one.click("#box", "")
			one.write("half a thought of ada")
			one.until("it is stored", stored+`.includes('half a thought')`)
			one.offline(true)
			one.keys(kb.Enter)
			one.sees(".pend", "half a thought of ada")
			two.front()
			two.logOut()
			if left := ask[string](two, stored); strings.Contains(left, "thought") {
				t.Error("after the logout this is stored:", left)
			}
			two.logIn(who)
			two.open("/rooms/1")
			two.live()
			two.until("an empty box", `box.value === ''`)
			one.front()
			one.click("#box", "")
			one.write("and another thought")
			one.keys(kb.Enter)
			one.sees(".pend", "and another thought")
			one.offline(false)
			one.sees("#net", "Somebody logged in anew in this browser.")
			one.fill("#box", "written afterwards")
			one.keys(kb.Enter)
			one.sees(".toast", "Somebody logged in anew in this browser.")
			one.until("the words are still there", `box.value === 'written afterwards'`)
			if left := ask[string](one, stored); strings.Contains(left, "thought") || strings.Contains(left, "afterwards") {
				t.Error("a page of a session that ended stored", left)
			}
			body := b.Get("/rooms/1").Body
			if strings.Contains(body, "another thought") || strings.Contains(body, "afterwards") || !strings.Contains(body, "sent before") {
				t.Error("something was sent")
			}
			for _, row := range strings.Split(body, "<li ")[1:] { // her own tab, in which she logged out, may have sent it
				if strings.Contains(row, "half a thought") && !strings.Contains(row, `data-u="1"`) {
					t.Error("the words of ada are another's:", row)
				}
			}
			two.front()
			two.say("still works")
			two.once("still works")
		})
	}
}

// Without a script, and for every program that says which page it is, the server
// itself refuses.
func TestAFormOfAnotherSessionIsRefusedAndShownAgain(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	p := openChromium(t).person("ada", s.Base)
	p.expect("status of 409")
	p.scripts(false)
	p.enter(ada)
	p.open("/rooms/1?latest=plain")
	p.fill("#box", "words of ada")
	p.enter(mei)
	p.click(".send", "")
	p.sees("h1", "Nothing was sent.")
	if got := ask[string](p, `document.querySelector('textarea').value`); got != "words of ada" {
		t.Errorf("what was typed is %q", got)
	}
	mark := sessionMark(ada)
	for path, form := range map[string][]string{
		"/rooms/1/messages": {"body", "words of ada"}, "/me": {"name", "Ada"}, "/me/appearance": {"theme", "dark"}, "/logout": nil,
		"/rooms/1/read": {"upto", "1"}, "/rooms/1/typing": nil, "/read-all": nil,
	} {
		r := mei.Post(path, append(form, "session", mark)...).Want(t, http.StatusConflict)
		if form != nil && form[0] == "body" && !strings.Contains(r.Body, "words of ada") {
			t.Error("the words are not shown")
		}
		mei.Do("POST", path, "x=1", "Content-Type", "application/x-www-form-urlencoded", "Origin", s.Base, "HX-Request", "true",
			"Parley-Session", mark).Want(t, http.StatusConflict)
	}
	mei.Do("GET", "/rooms/1/changes", "", "HX-Request", "true", "Parley-Session", mark).Want(t, http.StatusConflict)
	mei.Do("GET", "/ws?session="+mark, "", "Upgrade", "websocket", "Connection", "Upgrade", "Origin", s.Base, "Sec-WebSocket-Key",
		"AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version", "13").Want(t, http.StatusConflict)
	if strings.Contains(mei.Get("/rooms/1").Body, "words of ada") {
		t.Error("something was sent")
	}
	r := s.Visitor().Post("/rooms/1/messages", "body", "words of ada", "session", mark).Want(t, http.StatusUnauthorized)
	if !strings.Contains(r.Body, "words of ada") {
		t.Error("the words are lost with the session")
	}
	mei.Post("/rooms/1/messages", "body", "without a mark").Want(t, http.StatusSeeOther)
	mei.Post("/rooms/1/messages", "body", "with the right one", "session", sessionMark(mei)).Want(t, http.StatusSeeOther)
}

// sessionMark is what a page of this person says with everything that it asks.
func sessionMark(b *apptest.Browser) string {
	_, after, _ := strings.Cut(b.Get("/me").Body, `data-session="`)
	mark, _, _ := strings.Cut(after, `"`)
	if mark == "" {
		b.Server.T.Fatal("the page says not whose it is")
	}
	return mark
}

// Every form that changes something says which session it is of.
func TestEveryFormSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	id := ada.Send(1, "one", "hello")
	for _, path := range []string{"/rooms/1", "/rooms", "/rooms/new", "/rooms/1/settings", "/rooms/1/add", "/messages/" + id,
		"/messages/" + id + "/edit", "/me", "/me/appearance",
		"/me/notifications", "/me/sessions", "/me/password", "/admin/people/1", "/admin/invites", "/admin/settings", "/dm/new?to=1"} {
		body := ada.Get(path).Body
		for _, form := range strings.Split(body, `method="post"`)[1:] {
			if tag, rest, _ := strings.Cut(form, ">"); !strings.Contains(tag, "/reactions") && !strings.Contains(tag, "/login") &&
				!strings.HasPrefix(rest, `<input type="hidden" name="session"`) {
				t.Errorf("%s: a form without it: %s", path, tag)
			}
		}
	}
}

// A session that merely ends takes along what was stored; its open page keeps the
// words, and stores them again for the same person.
func TestWhatWasStoredGoesWithTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.expect(broken...)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#box", "")
	p.write("half a thought")
	p.until("it is stored", stored+`.includes('half a thought')`)
	other := s.Visitor()
	other.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303)
	other.Post("/me/sessions/end").Want(t, 303)
	p.sees("#signin", "Log in again")
	p.until("nothing is stored", `!`+stored+`.includes('thought')`)
	p.until("the words are there", `box.value === 'half a thought'`)
	p.fill("#signin-password", apptest.Password)
	p.keys(kb.Enter)
	p.until("closed", `!document.getElementById('signin').open`)
	p.live()
	p.click("#box", "")
	p.keys(kb.Enter)
	p.once("half a thought")

	other.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303)
	other.Post("/me/sessions/end").Want(t, 303)
	p.sees("#signin", "Log in again")
	p.fill("#signin-password", apptest.Password)
	p.keys(kb.Enter)
	p.until("closed", `!document.getElementById('signin').open`)
	p.live()
	if left := ask[string](p, stored); strings.Contains(left, "thought") {
		t.Error("what was sent is stored once more:", left)
	}
}

// Two tabs of one room: what was written in one is not lost by the other, and what
// was sent in one does not come back from the other.
func TestTwoTabsOfOneRoomShareADraft(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	one := openChromium(t).member(s, "ada", "/rooms/1")
	one.live()
	one.click("#box", "")
	two := one.tab("the other tab")
	two.open("/rooms/1")
	two.live()
	two.click("#box", "")
	one.front()
	one.write("half a thought")
	two.until("both show it", `box.value === 'half a thought'`)
	one.open("/healthz")
	two.front()
	two.open("/rooms/1")
	two.until("it is there", `box.value === 'half a thought'`)
	one.open("/rooms/1")
	one.until("and here", `box.value === 'half a thought'`)
	one.front()
	one.live()
	one.click("#box", "")
	one.keys(kb.Enter)
	one.once("half a thought")
	two.until("gone there", `box.value === ''`)
	two.front()
	two.open("/healthz")
	two.open("/rooms/1")
	two.until("an empty box", `document.getElementById('box').value === '' && document.readyState === 'complete'`)
	if left := ask[string](two, stored); strings.Contains(left, "thought") {
		t.Error("it came back:", left)
	}
}

// Whoever logs in without logging the other out takes the browser over as well; an
// open page says so at once.
func TestALoginInAnotherTabIsNoticedAtOnce(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	id := ada.Send(1, "one", "a message")
	s.Signup("mei")
	one := openChromium(t).person("ada", s.Base)
	one.expect(broken...)
	one.enter(ada)
	one.open("/rooms/1")
	one.live()
	one.click("#box", "")
	one.write("half a thought")
	one.until("it is stored", stored+`.includes('half a thought')`)
	two := one.tab("the other tab")
	two.expect("status of 409")
	two.logIn("mei")
	one.front()
	one.sees("#net", "Somebody logged in anew in this browser.")
	one.hover("a message")
	one.click("#tools [value='👍']", "")
	one.sees(".toast", "Nothing was sent")
	one.until("the words are still there", `box.value === 'half a thought'`)
	one.open("/me")
	two.open("/me/appearance")
	two.sees("h2", "Appearance")
	two.logIn("ada") // the form of an open page is of another session, too
	one.fill("#f-bio", "a long story")
	one.keys(kb.Tab)
	one.sees(".toast", "Nothing was sent")
	one.until("the words", `document.querySelector('textarea').value === 'a long story'`)
	if strings.Contains(s.Visitor().Get("/messages/"+id).Body, "👍") || strings.Contains(ada.Get("/messages/"+id).Body, "👍 <b>") {
		t.Error("a reaction was sent")
	}
}
