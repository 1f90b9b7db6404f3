package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/app/apptest"
)

// outside are pages for programs, visitors and people without an account.
func outside(t *testing.T, s *apptest.Server, ada, bea *apptest.Browser) []sight {
	t.Helper()
	ada.Post("/admin/settings", "workspace", "Lighthouse Studio", "signup", "open", "rooms.world", "1").Want(t, http.StatusSeeOther)
	world := ada.Found("world", "open")
	said := ada.Says(world, "We ship on **Monday**, see `harbour-api`")
	bea.Post(fmt.Sprintf("/rooms/%d/join", world)).Want(t, http.StatusSeeOther)
	bea.Post(fmt.Sprintf("/messages/%d/reactions", said), "e", "🎉").Want(t, http.StatusSeeOther)
	bea.Post(fmt.Sprintf("/rooms/%d/messages", world), "body", "aye", "reply_to", fmt.Sprint(said)).Want(t, http.StatusSeeOther)
	ada.Post(fmt.Sprintf("/rooms/%d/world", world), "world", "1").Want(t, http.StatusSeeOther)
	desk := ada.Found("desk", "private")
	at := fmt.Sprintf("/rooms/%d", desk)
	ada.Post(at+"/members", "people", "2").Want(t, http.StatusSeeOther)
	ada.Post(at+"/widget", "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC").Want(t, http.StatusSeeOther)
	for _, name := range []string{"Marta Weiss", "", "Elin"} {
		s.Visitor().Post("/widget/help/say", "name", name, "page", "https://tidewater.example/winter", "body", "Does the 06:10 run?").Want(t,
			http.StatusSeeOther)
	}
	ada.Post(at+"/cases/1/take").Want(t, http.StatusSeeOther)
	ada.Post(at+"/cases/1/say", "body", "On Saturdays the first boat is 08:40.").Want(t, http.StatusSeeOther)
	bea.Post(at+"/cases/2/take").Want(t, http.StatusSeeOther)
	return []sight{{name: "room for the world", path: fmt.Sprintf("/rooms/%d", world), who: s.Visitor()},
		{name: "chat of a visitor", path: "/widget/help", who: s.Visitor()},
		{name: "queue", path: at + "/cases", who: ada}, {name: "case", path: at + "/cases/1", who: ada},
		{name: "case that waits", path: at + "/cases/3", who: ada},
		{name: "case of another", path: at + "/cases/2", who: ada}, {name: "visitors of a room", path: at + "/widget", who: ada},
		{name: "settings of a room for the world", path: fmt.Sprintf("/rooms/%d/settings", world), who: ada}, {name: "programs of a room",
			path: at + "/integrations", who: ada}}
}

// A visitor opens the chat on a site, writes, and is answered by who took it, at once on
// both sides.
func TestAVisitorIsHelped(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline' "+s.Base+"; frame-src "+s.Base)
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Tidewater Ferries</title><script>addEventListener('message', e => { window.got = e.data.parley; window.by = e.origin; });</script>
			<script src="%s/widget.js" data-room="help" async></script>`, s.Base)
	}))
	t.Cleanup(site.Close)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("support", "private")
	at := fmt.Sprintf("/rooms/%d", room)
	ada.Post(at+"/members", "people", "2").Want(t, http.StatusSeeOther)
	ada.Post(at+"/widget", "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC", "origins", site.URL).Want(t,
		http.StatusSeeOther)
	c := openChromium(t)
	host := c.person("a site", site.URL)
	host.expect("favicon")
	host.open("/winter")
	host.until("the button", "!!window.parley && document.body.lastElementChild.localName === 'div'")
	host.until("the chat", "(parley.open(), true)")
	host.until("a frame that answers its site", "window.got === 'unread' && window.by === "+quote(s.Base))

	v, q, b := c.person("visitor", s.Base), c.person("ada", s.Base), c.person("bea", s.Base)
	v.size(390, 844)
	q.enter(ada)
	b.enter(bea)
	b.size(390, 844)
	q.open(at)
	q.sees(".q-talk", "Nobody waits now.")
	v.open("/widget/help?page=https://tidewater.example/winter")
	v.fill("#name", "Marta Weiss")
	v.fill("#body", "Does the 06:10 run on Saturday?")
	v.click(".wg-btn", "Send")
	v.sees("#log", "06:10")
	q.sees(".case", "Marta Weiss") // by itself
	q.click(".case", "Marta Weiss")
	q.sees("#q-lines", "on tidewater.example/winter")
	q.click("#q-foot button", "Take it")
	q.fill("#q-body", "No, the first boat is 08:40.")
	q.click(".q-answer button", "Send")
	v.sees("#log", "the first boat is 08:40")
	b.open(at + "/cases/1")
	b.sees("#q-foot", "ada has it.")
	v.fill("#body", "Two bikes, please")
	v.click(".wg-send", "")
	q.sees("#q-lines", "Two bikes")
	b.sees("#q-lines", "Two bikes")
	q.click("#q-head button", "Close")
	q.sees("#q-foot", "closed")
	v.sees("#log", "Write to start anew")
}

// Each side sees that the other one writes and has read; closing is undone by who closed.
func TestTheTeamSeesAVisitorAndUndoesClosing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	room := ada.Found("support", "private")
	at := fmt.Sprintf("/rooms/%d", room)
	ada.Post(at+"/widget", "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC").Want(t, http.StatusSeeOther)
	c := openChromium(t)
	v, q := c.person("visitor", s.Base), c.person("ada", s.Base)
	q.enter(ada)
	v.size(390, 844)
	v.open("/widget/help")
	v.fill("#name", "Marta Weiss")
	v.fill("#body", "Does the 06:10 run on Saturday?")
	v.click(".wg-btn", "Send")
	v.sees("#log", "You wrote at")
	v.until("the time of this device", `document.querySelector('#log time').textContent ===
		new Date(document.querySelector('#log time').dateTime).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })`)
	v.never("#log", "UTC")
	v.never("#log", "seen")
	q.open(at + "/cases/1")
	q.until("the room is marked beside it", fmt.Sprintf(`document.querySelector('#r-%d a').getAttribute('aria-current') === 'page'`, room))
	v.sees("#log", "· seen")
	q.click("#q-foot button", "Take it")
	v.sees("#log", "ada is with you")
	v.sees("#status", "ada is here")
	v.fill("#body", "And")
	q.sees("#q-typing", "Marta Weiss is typing")
	q.fill("#q-body", "N")
	v.sees("#typing", "ada is typing")
	q.fill("#q-body", "No, at 08:40.")
	q.click(".q-answer button", "Send")
	v.sees("#log", "at 08:40")
	v.loses("#typing", "typing")
	q.sees("#q-lines", "Seen by Marta Weiss")
	q.until("the keys are free", "(document.activeElement.blur(), true)")
	q.keys("e")
	q.sees(".toast", "The conversation was closed.")
	q.sees("#q-foot", "This conversation is closed.")
	q.click(".toast button", "Undo")
	q.sees(".q-answer", "")
	q.loses(".toast", "closed")
	v.sees("#log", "ada is with you")
}

// A site that may not show the chat gets a sentence and a link in its place, which can be closed.
func TestASiteThatMayNotShowTheChatLeadsToIt(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Another site</title><script src="%s/widget.js" data-room="help" async></script>`, s.Base)
	}))
	t.Cleanup(site.Close)
	ada := s.Signup("ada")
	room := ada.Found("support", "private")
	ada.Post(fmt.Sprintf("/rooms/%d/widget", room), "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC").Want(t,
		http.StatusSeeOther)
	p := openChromium(t).person("another site", site.URL)
	p.expect("favicon", "frame-ancestors", "Framing", "postMessage")
	p.begin(`{ const open = Element.prototype.attachShadow; Element.prototype.attachShadow = function () {
		return (window.inside = open.call(this, { mode: 'open' })) } }`)
	p.open("/")
	p.until("the button", "window.parley && inside.querySelector('button')")
	ask[any](p, "parley.open(), 1")
	p.until("a way to the chat", `inside.querySelector('section:not([hidden]) a')?.href.startsWith(`+quote(s.Base+"/widget/help?page=")+`)`)
	p.until("no grey page", `inside.querySelector('iframe').hidden`)
	p.shot("widget-refused")
	ask[any](p, "inside.querySelector('section button').click(), 1")
	p.until("the button again", `inside.querySelector('section').hidden && inside.querySelector('iframe').hidden && !inside.querySelector('button').hidden`)
	ask[any](p, "inside.querySelector('button').click(), 1")
	p.until("the way again", `!inside.querySelector('section').hidden && inside.querySelector('iframe').hidden`)
}

// When the team is back is said in the visitor's time as well.
func TestAVisitorReadsWhenTheTeamIsBack(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	room := ada.Found("support", "private")
	ada.Post(fmt.Sprintf("/rooms/%d/widget", room), "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "Asia/Tokyo",
		"hours", "mon-sun 00:00-00:01").Want(t, http.StatusSeeOther)
	p := openChromium(t).person("visitor", s.Base)
	p.size(390, 844)
	p.open("/widget/help")
	p.until("the moment in the time of this device", `(e => { const at = new Date(e.dataset.back); return e.textContent ===
		'Back on ' + at.toLocaleDateString('en', { weekday: 'long' }) + ' at ' + at.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })
		})(document.querySelector('#status'))`)
	p.fill("#body", "Does the 06:10 run?")
	p.fill("#mail", "marta@example.org")
	p.click(".wg-btn", "")
	p.sees("#log", "You wrote at")
	p.until("and in its own words after an answer", `/^Back on \w+ at \d+:\d\d.[AP]M$/.test(document.querySelector('#status').textContent)`)
	p.shot("visitor-away")
	p.scripts(false)
	p.open("/widget/help")
	p.sees("#status", "at 15:00 UTC")
	p.sees(".wg-sys", "UTC")
}
