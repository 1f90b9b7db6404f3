package browser

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// slow is ada's page of a room, on a line that the test holds up.
func slow(t *testing.T) (*apptest.Server, *gate, *apptest.Browser, *tab) {
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, http.StatusSeeOther)
	mei.Post("/rooms", "name", "market", "kind", "open").Want(t, http.StatusSeeOther)
	mei.Tell(1, "hello from mei")
	g := gated(t, s)
	p := openChromium(t).person("ada", g.url)
	p.enter(ada)
	return s, g, mei, p
}

// Everything that is pressed shows at once that it was heard, and what waits longer
// shows that, too.
func TestWhatIsPressedShowsThatItWasHeard(t *testing.T) {
	t.Parallel()
	_, g, _, p := slow(t)
	p.open("/rooms/1")
	p.live()
	c := g.stop("/rooms/2")
	p.click("#rooms a", "quay")
	p.until("the room marked", `document.querySelector('#r-2 a[aria-current=page]') && !document.querySelector('#r-1 a[aria-current]')`)
	p.until("the bar", `getComputedStyle(document.querySelector('.app'), '::before').height === '3px' &&
		getComputedStyle(document.querySelector('.main .stream')).opacity < .9`)
	g.let(c)
	p.sees(".bar h1", "quay")
	p.until("no bar", `!document.querySelector('.app').hasAttribute('data-wait')`)
	for _, at := range []struct{ path, held, selector, text string }{
		{"/rooms/1", "/jump", "#side .find", ""}, // its module
		{"/rooms/1", "/emoji", "#smile", ""},
		{"/rooms/1", "/over.js", ".bar [aria-label='Menu of this room']", ""},
	} {
		p.open(at.path)
		p.live()
		c := g.stop(at.held)
		p.click(at.selector, at.text)
		p.until("that "+at.selector+" was heard", `document.querySelector(`+quote(strings.ReplaceAll(at.selector, "'", `"`)+`[data-busy]`)+`) ||
			document.querySelector('.ahead:not(.vh), dialog[open], :popover-open')`)
		g.let(c)
		p.until("the end of waiting", `document.readyState === 'complete' && !document.querySelector('[data-busy], [data-wait], .ahead')`)
	}
	for _, at := range []struct{ path, selector, text string }{{"/rooms", ".line button", "Join"},
		{"/rooms/2/settings", "form .btn", "Leave the room"}} {
		p.open(at.path)
		p.live()
		ask[any](p, `addEventListener('pagehide', () => sessionStorage.heard = !!document.querySelector('button[data-busy]')), 1`)
		p.click(at.selector, at.text)
		p.until("that the button was heard", `sessionStorage.heard === 'true'`)
		ask[any](p, `sessionStorage.clear(), 1`)
	}
}

// The frame of the switcher, of the emoji and of a panel is there before what is in it.
func TestAFrameIsThereBeforeWhatIsInIt(t *testing.T) {
	t.Parallel()
	_, g, _, p := slow(t)
	p.open("/rooms/1")
	p.live()
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.until("the frame of the switcher", `document.querySelector('.ahead:not(.vh)')?.placeholder === 'Jump to or search'`)
	p.keys("qua")
	g.let(c)
	p.sees("#jump .opt[aria-selected=true]", "quay")
	p.keys(kb.Escape)
	c = g.stop("/emoji")
	p.click("#smile", "")
	p.until("the frame of the emoji", `document.querySelector('.ahead:not(.vh)')?.placeholder === 'Search emoji'`)
	p.keys("rocket")
	g.let(c)
	p.sees("#emoji .all", "🚀")
	p.until("what was typed", `document.querySelector('#emoji input').value === 'rocket'`)
	p.keys(kb.Escape)
	c = g.stop("/people")
	p.click(".stack", "")
	p.until("the frame of the panel", `document.querySelector('#panel').checkVisibility() &&
		document.querySelector('#panel h2').textContent === 'Loading…'`)
	g.let(c)
	p.sees("#panel", "mei")
	p.click("#panel header .ib", "")
	p.until("no panel", `!document.querySelector('#panel').checkVisibility()`)
	p.expect("502", "Bad Gateway", "ERR_EMPTY_RESPONSE", "Failed to fetch", "ERR_CONNECTION")
	c = g.stop("/people")
	p.click(".stack", "")
	p.until("the frame of the panel", `document.querySelector('#panel').checkVisibility()`)
	end := g.cut(c)
	p.sees(".toast", "did not load")
	end()
	g.hold.Store(nil)
	p.until("no panel", `!document.querySelector('#panel').checkVisibility() && !document.querySelector('#panel h2')`)
}

// What asks for oneself comes first, then what is unread, then what was open last.
func TestTheSwitcherBeginsWithWhatIsUrgent(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	for _, name := range []string{"aa calm", "bb read", "cc unread", "dd called"} {
		ada.Post("/rooms", "name", name, "kind", "open").Want(t, http.StatusSeeOther)
	}
	for n := 2; n < 6; n++ {
		mei.Post(fmt.Sprintf("/rooms/%d/join", n)).Want(t, http.StatusSeeOther)
	}
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	for _, name := range []string{"aa calm", "bb read", "general"} {
		p.click("#rooms a", name)
		p.sees(".bar h1", name)
	}
	mei.Tell(4, "something")
	mei.Tell(5, "@ada something")
	p.until("the badges", `document.querySelector('#b-4').dataset.n && document.querySelector('#b-5').dataset.at`)
	p.keys("k", chromedp.ModifierCtrl)
	p.sees("#jump .opt", "dd called")
	if got := ask[string](p, `[...document.querySelectorAll('#jump .opt .t')].map(e => e.textContent)
		.join()`); got != "dd called,cc unread,bb read,aa calm,general" {
		t.Error(got)
	}
}

func TestTheButtonOfASignBeginsASuggestion(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	for _, at := range []struct{ before, after string }{{"", "@"}, {"hello", "hello @"}, {"hello ", "hello @"}, {"你好", "你好@"}, {"(", "(@"}} {
		p.fill("#box", at.before)
		p.click("[data-insert='@']", "")
		p.until("the list after "+at.before, listed+` && box.value === `+quote(at.after)+` && document.activeElement === box`)
		p.keys("me" + kb.Tab)
		p.until("mei", `box.value === `+quote(at.after+"mei "))
	}
}

func TestSuggestionsComeNextToScriptsWithoutSpaces(t *testing.T) {
	t.Parallel()
	s, p := writer(t)
	s.Signup("tomas").Post("/rooms", "name", "ux team", "kind", "open").Want(t, http.StatusSeeOther)
	ask[any](p, `fetch('/rooms/2/join', { method: 'POST', body: new URLSearchParams({}) }).then(() => 1)`)
	p.open("/rooms/1")
	p.live()
	p.sees("#rooms a", "ux team")
	for before, after := range map[string]string{"你好@me": "你好@mei ", "مرحبا@me": "مرحبا@mei ", "שלום@me": "שלום@mei ",
		"交给@me": "交给@mei ", "สวัสดี@me": "สวัสดี@mei ", "안녕@me": "안녕@mei ",
		"、@me": "、@mei ", "看#ux": "看#ux team ", "好:rocke": "好🚀 "} {
		p.fill("#box", before)
		p.until("the list after "+before, listed)
		p.keys(kb.Tab)
		p.until(after, `box.value === `+quote(after))
	}
	for _, word := range []string{"mail@me", "привет@me", "a#ux", "12:rock"} {
		p.fill("#box", word)
		p.drawn()
		p.fill("#box", word+" @me")
		p.until("the list", listed+`?.textContent.includes('mei')`)
		p.fill("#box", word)
		p.until("no list after "+word, "!"+listed)
	}
}

// A message that failed says so, and does not look as if it were on its way.
func TestAFailedMessageShowsNoClock(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	p.expect("422")
	p.keys("/me")
	ask[any](p, `box.value = '/topic ' + 'x'.repeat(400), box.form.requestSubmit(), 1`)
	p.until("the failed row", `document.querySelector('.pend.fail[data-slow]')`)
	if got := ask[string](p, `getComputedStyle(document.querySelector('.pend.fail .hd'), '::after').content`); got != "none" &&
		got != "normal" {
		t.Errorf("it shows %s", got)
	}
	p.until("the sign of it", `document.querySelector('.pend.fail .err .i').checkVisibility()`)
}

// On a phone ‹ leads back the way one came.
func TestOnAPhoneTheArrowLeadsBackTheWayOneCame(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, http.StatusSeeOther)
	for i := range 80 {
		ada.Tell(2, fmt.Sprint("needle ", i))
	}
	p := openChromium(t).person("ada", s.Base)
	p.size(390, 844)
	p.enter(ada)
	p.open("/")
	p.live()
	n := ask[int](p, `history.length`)
	p.click("#rooms a", "quay")
	p.sees(".bar h1", "quay")
	p.click(".back", "")
	p.at("/")
	if ask[int](p, `history.length`) != n+1 {
		t.Error("going back is a step on")
	}
	p.click("#rooms a", "quay")
	p.sees(".bar h1", "quay")
	p.click(".bar [aria-label='Search in this room']", "")
	p.sees("#q", "")
	p.fill("#q", "needle")
	p.keys(kb.Enter)
	p.sees(".hit", "needle 5")
	p.click(".goto", "")
	p.sees("[data-target]", "needle")
	p.click(".back", "")
	p.sees(".hit", "needle 5")
	p.click(".back", "")
	p.sees(".bar h1", "quay")
	p.open("/rooms/2/people")
	p.sees("#panel", "ada")
	p.click("#panel header .ib", "")
	p.sees(".bar h1", "quay")
	p.open("/rooms/2")
	p.live()
	p.click(".back", "")
	p.at("/")
	p.click("#rooms a", "quay")
	p.sees(".bar h1", "quay")
	n = ask[int](p, `history.length`)
	ask[any](p, `document.querySelector('.stack').click(), 1`)
	p.sees("#panel", "ada")
	p.click("#panel header .ib", "")
	p.sees(".bar h1", "quay")
	p.click(".back", "")
	p.at("/")
	if got := ask[int](p, `history.length`); got != n+1 {
		t.Errorf("%d steps instead of 1", got-n)
	}
}

// Where rooms are listed, a private one has a lock and an open one a hash.
func TestPrivateRoomsHaveALockInEveryList(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	mei.Post("/rooms", "name", "secrets", "kind", "private", "people", "1").Want(t, http.StatusSeeOther)
	mei.Post("/rooms", "name", "square", "kind", "open").Want(t, http.StatusSeeOther)
	ada.Post("/rooms/3/join").Want(t, http.StatusSeeOther)
	mei.Tell(2, "a needle @ada")
	mei.Tell(3, "a needle @ada")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	for _, at := range []struct{ path, around string }{
		{"/", "#rooms li"}, {"/", ".catch h3"}, {"/jump?q=s", "#found li"}, {"/mentions", ".goto"}, {"/search?q=needle", ".goto"},
		{"/people/2", ".pro ~ .group .room-link"}, {"/people/2", "#rooms li"},
	} {
		p.open(at.path)
		for name, sign := range map[string]string{"secrets": "#lock", "square": "#hash"} {
			p.until(sign+" in "+at.around+" of "+at.path, `(e => e?.querySelector('use')?.getAttribute('href').endsWith(`+
				quote(sign)+`))(`+found(at.around, name)+`)`)
		}
	}
	p.open("/search")
	p.until("the lock in the filter", `[...document.querySelectorAll('#s-in option')].some(o => o.textContent.includes('🔒') &&
		o.textContent.includes('secrets'))`)
	p.open("/rooms")
	p.until("the hash of open rooms", `(`+found(".rows .line", "square")+`)?.querySelector('use')?.getAttribute('href').endsWith('#hash')`)
	p.keys("k", chromedp.ModifierCtrl)
	p.until("the lock in the switcher", `(`+found("#jump .opt", "secrets")+`)?.querySelector('use')?.getAttribute('href').endsWith('#lock')`)
}

// Boxes where people write take the direction of what is written.
func TestBoxesTakeTheDirectionOfWhatIsWritten(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	ada.Tell(1, "a message")
	for _, path := range []string{"/rooms/1", "/messages/1", "/messages/1/edit", "/messages/1/report", "/me", "/rooms", "/rooms/new",
		"/rooms/1/settings", "/rooms/1/add", "/dm/new", "/jump", "/search", "/people", "/admin", "/admin/settings", "/admin/people",
		"/admin/rooms", "/admin/invites", "/admin/log"} {
		p.open(path)
		bad := ask[string](p, `[...document.querySelectorAll('textarea,input')].filter(e => /^(text|search|textarea)$/.test(e.type) &&
			e.dir !== 'auto'
			&& !e.readOnly && e.inputMode !== 'numeric' && e.autocomplete !== 'username' && !e.name.match(/^(after|before)$/))
				.map(e => e.outerHTML.slice(0, 100)).join()`)
		if bad != "" {
			t.Errorf("%s: %s", path, bad)
		}
	}
}
