package browser

import (
	"fmt"
	"strings"
	"testing"

	"parley/app/apptest"
)

// bare is somebody whose browser runs no scripts.
func (c *chromium) bare(name string, s *apptest.Server) *tab {
	p := c.person(name, s.Base)
	p.scripts(false)
	return p
}

// narrow checks that a page fits a small phone, and goes back to the desk.
func (p *tab) narrow() {
	p.t.Helper()
	p.size(320, 640)
	p.until("a whole page", `document.body && document.readyState === 'complete'`)
	if n := ask[int](p, `Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)`); n > 320 {
		p.t.Errorf("%s is %d px wide at 320 px", ask[string](p, `location.pathname`), n)
	}
	p.size(1280, 800)
}

// bottom checks that the newest message is to be seen.
func (p *tab) bottom(text string) {
	p.t.Helper()
	p.until("at the bottom "+text, `(rows => { const s = document.getElementById('stream')
		.getBoundingClientRect(), r = rows[rows.length - 1].getBoundingClientRect();
		return rows[rows.length - 1].textContent.includes(`+quote(text)+`) && r.bottom <= s.bottom + 1 && r.top >= s.top - 1 &&
			r.bottom > s.bottom - 200 })(document.querySelectorAll('#stream .msg'))`)
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

func TestWithoutJavaScriptSomebodySignsUpTalksAndPages(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i := 1; i <= 120; i++ {
		ada.Post("/rooms/1/messages", "body", fmt.Sprintf("line %d of ada", i), "cid", fmt.Sprintf("seed%08d", i)).Want(t, 303)
	}
	bea := openChromium(t).bare("bea", s)
	bea.open("/")
	bea.at("/login")
	bea.narrow()
	bea.click("a", "Sign up")
	bea.narrow()
	bea.fill("[name=username]", "bea")
	bea.fill("[name=password]", apptest.Password)
	bea.click(".form .btn.primary", "")
	bea.at("/rooms/1")
	bea.bottom("line 120 of ada")
	bea.never(".js", "")
	bea.narrow()
	bea.fill("#box", "I have no *scripts*")
	bea.click("button.send", "")
	bea.until("the address of the message", `location.hash.startsWith('#m-') && document.querySelector(location.hash)`)
	bea.sees(".msg em", "scripts")
	bea.bottom("I have no")

	long := strings.Repeat("line\n", 500) + "the last one"
	bea.expect("status of 422")
	bea.fill("#box", long)
	bea.click("button.send", "")
	bea.sees("[role=alert]", "500")
	if v := ask[string](bea, `document.getElementById('box').value`); v != long {
		t.Errorf("of the refused text %d of %d characters are left", len(v), len(long))
	}
	bea.narrow()
	bea.open("/rooms/1")

	newest := bea.lines()
	bea.click("#older a", "")
	bea.until("an older page", `location.search.startsWith('?before=') && document.querySelector('#newer')`)
	middle := bea.lines()
	bea.click("#older a", "")
	bea.until("the beginning", `document.querySelector('.beginning') && !document.querySelector('#older')`)
	all := append(append(bea.lines(), middle...), newest...)
	for i, want := 0, 1; i < len(all); i++ {
		var n int
		if _, err := fmt.Sscanf(all[i], "line %d of ada", &n); err == nil {
			if n != want {
				t.Fatalf("line %d where %d should be", n, want)
			}
			want++
		} else if i == len(all)-1 && want != 121 {
			t.Errorf("the pages end with line %d", want-1)
		}
	}
	bea.click("#newer a", "")
	bea.until("a newer page", `location.search.startsWith('?after=') && document.querySelector('.foot')`)
	if got := bea.lines(); got[0] != middle[0] || got[len(got)-1] != middle[len(middle)-1] {
		t.Error("the newer page is not the one that was left")
	}
	bea.click(".msg:nth-of-type(9) a.ts", "")
	bea.until("the permalink", `location.pathname.includes('/@') && document.querySelector('[data-target]')`)
	bea.until("the target in view", `(r => r.top > 50 &&
		r.bottom < innerHeight)(document.querySelector('[data-target]').getBoundingClientRect())`)
	bea.narrow()
}

// A page that Back brings is asked for anew: with the client id of the message that was
// sent from it, other words would be taken for a repeat of that one.
func TestWithoutJavaScriptBackSendsOtherWordsAsAnotherMessage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	bea := openChromium(t).bare("bea", s)
	bea.enter(s.Signup("bea"))
	bea.open("/rooms/1")
	for _, words := range []string{"the first words", "quite other words", "and the last"} {
		bea.at("/rooms/1")
		bea.fill("#box", words)
		bea.click("button.send", "")
		bea.sees(".msg .body", words)
		ask[any](bea, `history.back(), 1`)
		bea.until("the page before", `!location.hash && document.readyState === 'complete' && document.getElementById('box')`)
	}
	page := s.Visitor()
	page.Cookie = s.Signup("cid").Cookie
	for _, words := range []string{"the first words", "quite other words", "and the last"} {
		if n := strings.Count(page.Get("/rooms/1").Body, words); n == 0 {
			t.Errorf("%q was not stored", words)
		}
	}
}

func (p *tab) lines() []string {
	return ask[[]string](p, `[...document.querySelectorAll('.msg .body')].map(e => e.textContent.trim())`)
}

func TestWithoutJavaScriptRoomsAndConversationsWork(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	cid := s.Signup("cid")
	ada.Post("/rooms", "name", "design", "kind", "open").Want(t, 303)
	bea := openChromium(t).bare("bea", s)
	bea.enter(s.Signup("bea"))

	bea.open("/rooms")
	bea.narrow()
	bea.click("button[aria-label='Join design']", "")
	bea.at("/rooms/2")
	bea.click("a[aria-label='Menu of this room']", "")
	bea.click(`.menu a[href$="/settings"]`, "")
	bea.narrow()
	bea.fill("[name=topic]", "Colours and **shapes**")
	bea.click("form[action$='/settings'] button", "Save")
	bea.sees("#saved", "Saved")
	bea.open("/rooms/2")
	bea.sees(".topic", "Colours and **shapes**")
	bea.open("/rooms/2/settings")
	bea.click("button", "Leave the room")
	bea.at("/")
	bea.narrow()
	bea.never("#rooms a", "design")

	bea.click("a[aria-label='New room']", "")
	bea.narrow()
	bea.fill("[name=name]", "harbour")
	bea.click("label.choice", "Private")
	bea.click("button", "Create room")
	bea.at("/rooms/3")
	bea.click(".beginning a", "Add people")
	bea.narrow()
	bea.click("label.pick", "cid")
	bea.click("button", "Add")
	bea.at("/rooms/3")
	cid.Get("/rooms/3").Want(t, 200)
	bea.click("header a.stack", "")
	bea.at("/rooms/3/people")
	bea.sees("#panel", "cid")
	bea.narrow()
	bea.click("#panel header a", "")
	bea.at("/rooms/3")
	bea.open("/rooms/3/settings")
	bea.click("a[aria-label='Menu for cid']", "")
	bea.narrow()
	bea.click("button", "Remove from room")
	bea.sees(".notice", "Removed from the room.")
	cid.Get("/rooms/3").Want(t, 404)

	bea.click("a[aria-label='New message']", "")
	bea.at("/dm/new")
	bea.narrow()
	bea.click("label.pick", "ada")
	bea.click("button", "Go on")
	bea.at("/dm/new?q=&to=1")
	bea.narrow()
	bea.fill("#box", "Hello Ada")
	bea.click("button.send", "")
	bea.at("/rooms/4")
	bea.bottom("Hello Ada")
	bea.open("/dm/new")
	bea.click("label.pick", "ada")
	bea.fill("#q", "cid") // who is ticked stays so while one looks for the next
	bea.click("button", "Find")
	bea.at("/dm/new?q=cid&find=1&to=1")
	bea.sees("label.pick:has(:checked)", "ada")
	bea.click("label.pick", "cid")
	bea.click("button", "Go on")
	bea.fill("#box", "Hello both")
	bea.click("button.send", "")
	bea.at("/rooms/5")
	bea.bottom("Hello both")
	bea.sees("#dms a", "ada")
	if n := ask[int](bea, `document.querySelectorAll('#dms a.room:not(.quiet)').length`); n != 2 {
		t.Errorf("%d conversations in the sidebar, not 2", n)
	}
}

func TestWithoutJavaScriptReadMarksAndOnesOwnAccountWork(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	bea := openChromium(t).bare("bea", s)
	bea.enter(s.Signup("bea"))
	ada.Post("/rooms/1/messages", "body", "something to read", "cid", "seed00000001").Want(t, 303)
	bea.open("/")
	bea.sees(".catch", "something to read")
	bea.sees("#b-1", "1")
	bea.click(".catch h3 a", "general")
	bea.sees(".unread", "New")
	bea.open("/")
	bea.sees("h2", "You're all caught up.")
	bea.never("#b-1", "1")
	ada.Post("/rooms/1/messages", "body", "and more", "cid", "seed00000002").Want(t, 303)
	bea.open("/")
	bea.click("button", "Mark all read")
	bea.sees("h2", "You're all caught up.")

	bea.click("#side a", "People")
	bea.narrow()
	bea.fill("[name=q]", "ad")
	bea.click("button", "Find")
	bea.at("/people?q=ad")
	bea.never("a.grow", "bea")
	bea.click("a.grow", "ada")
	bea.sees(".pro h2", "ada")
	bea.narrow()
	bea.click("#side a[aria-label='Your account']", "")
	bea.narrow()
	bea.fill("[name=name]", "Bea Ünal")
	bea.click("button", "Save")
	bea.sees(".me", "Bea Ünal")
	bea.open("/me/password")
	bea.narrow()
	bea.expect("status of 422")
	bea.fill("[name=current]", "wrong wrong wrong")
	bea.fill("[name=password]", "a different horse 17")
	bea.click("button", "Change password")
	bea.sees(".why", "")
	bea.fill("[name=current]", apptest.Password)
	bea.fill("[name=password]", "a different horse 17")
	bea.click("button", "Change password")
	bea.sees(".notice", "Your password was changed")
	bea.open("/me")
	bea.click("button", "Log out")
	bea.at("/login")
	bea.open("/rooms/1")
	bea.at("/login?next=%2Frooms%2F1")
	bea.fill("[name=username]", "bea")
	bea.fill("[name=password]", "a different horse 17")
	bea.click("button", "Log in")
	bea.at("/rooms/1")
}

func TestWithoutJavaScriptSomebodyAnswersReactsEditsDeletesAndUndoes(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Says(1, "what is new")
	bea := openChromium(t).bare("bea", s)
	bea.enter(s.Signup("bea"))
	bea.open("/rooms/1")
	bea.click(".msg .more", "")
	bea.sees("h1", "Conversation in #general")
	bea.narrow()
	bea.fill("#answer", "an *answer*")
	bea.click("button", "Reply")
	bea.sees(".re", "ada what is new")
	bea.sees(".replies", "1 reply")
	bea.sees(".msg em", "answer")
	bea.click(".replies", "1 reply")
	bea.sees(".alone .msg em", "answer")
	bea.click("#react button[value='🎉']", "")
	bea.sees(".rc", "1")
	bea.click(".rc.add", "")
	bea.until("the place to react", `location.hash === '#react'`)
	bea.fill("#f-e", ":sailboat:")
	bea.click("button", "React")
	bea.sees(".rc", "⛵")
	bea.click(".rc[value='🎉']", "")
	bea.loses(".rc", "🎉")
	bea.sees(".replies", "1 reply") // the page that follows is there
	bea.expect("status of 422")
	bea.open(ask[string](bea, `document.querySelector('.replies').href.replace(location.origin, '')`))
	bea.fill("#f-e", "no emoji")
	bea.click("button", "React")
	bea.sees(".why", "one emoji")

	bea.open("/rooms/1")
	own := ask[string](bea, `[...document.querySelectorAll('.msg[data-u="2"]')].pop().querySelector('.more')
		.href.replace(location.origin, '')`)
	bea.open(own)
	bea.click("a.btn", "Edit")
	bea.sees("h1", "Edit your message")
	bea.narrow()
	bea.fill(".edit textarea", "a better answer")
	bea.click("button", "Save")
	bea.sees(".msg", "a better answer(edited)")
	bea.open(own + "/edit")
	bea.fill(".edit textarea", strings.Repeat("x\n", 600))
	bea.click("button", "Save")
	bea.sees(".why", "500 lines")
	bea.open(own)
	bea.sees(".boxed", "Earlier versions")
	bea.click("summary", "Delete the message")
	bea.click("button", "Delete it")
	bea.sees(".undo", "The message was deleted")
	bea.never(".msg", "a better answer")
	bea.never(".replies", "")
	bea.narrow()
	bea.click("button", "Bring it back")
	bea.sees(".msg", "a better answer")
	bea.sees(".replies", "1 reply")
}

// A browser that ran scripts before, and does not any more, is like one that never did.
func TestWhoTurnsScriptsOffIsShownTheNewest(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).member(s, "mei", "/rooms/1")
	p.live()
	p.open("/people")
	for i := range 120 {
		ada.Tell(1, fmt.Sprint("line ", i))
	}
	p.scripts(false)
	p.open("/rooms/1")
	p.at("/rooms/1?latest=plain")
	p.bottom("line 119")
	p.open("/people")
	p.until("what was shown is read", `!document.querySelector('#b-1').dataset.n`)
}
