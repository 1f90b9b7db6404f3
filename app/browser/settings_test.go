package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// Settings are saved field by field, at once, and say so; what is refused says why beside
// its field, and nothing typed is lost.
func TestSettingsSaveThemselves(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/me/appearance")
	p.live()
	p.shot("appearance")
	p.click(".look", "Dark")
	p.until("dark at once", `document.documentElement.dataset.theme === 'dark'`)
	p.sees("#saved", "Saved")
	p.click(".setting", "Moving pictures")
	p.until("pictures stand still", `document.documentElement.dataset.still === 'on'`)
	p.open("/me/appearance")
	p.until("both were kept", `document.querySelector('[name=theme][value=dark]').checked && !document.querySelector('[name=moving][type=checkbox]').checked`)
	p.open("/me")
	p.live()
	p.fill("#f-title", "Studio lead")
	p.keys(kb.Tab)
	p.sees("#saved", "Saved")
	p.fill("#f-name", "")
	p.write("Ada Okafor")
	p.keys(kb.Tab)
	// Not what another page shows: that may be newer than what is acknowledged, and older a moment later.
	p.until("both are saved", `performance.getEntriesByType('resource').filter(e => e.responseStatus === 204 && /\/me$/.test(e.name)).length === 2`)
	p.open("/me")
	p.live()
	p.sees(".me b", "Ada Okafor")
	p.expect("422")
	p.fill("#f-name", "\u200b")
	p.keys(kb.Enter)
	p.sees(".setting .why", "")
	p.until("the field says so", `document.getElementById('f-name').getAttribute('aria-invalid') === 'true'`)
	p.open("/me/notifications")
	p.live()
	ask[any](p, `(set => { set('f-quiet_from', '00:00'); set('f-quiet_to', '23:59') })((id, v) => { const f = document.getElementById(id); f.value = v;
		f.dispatchEvent(new Event('change', { bubbles: true })) }), document.body.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })), 1`)
	p.sees("#saved", "Saved")
	p.open("/me/notifications")
	p.sees(".me .dnd", "Quiet until")
	p.shot("notifications-quiet")
}

// A field that was changed before the script of the settings had come is saved, too.
func TestSettingsAreSavedHoweverLateTheirScriptComes(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	g := gated(t, s)
	p := openChromium(t).person("ada", g.url)
	p.enter(ada)
	p.open("/me/writing")
	c := g.stop("/settings.js")
	p.click(".setting", "Single-key shortcuts")
	g.let(c)
	p.sees("#saved", "Saved")
	p.until("it is off", `document.documentElement.dataset.keys === 'off'`)
}

// Of two values of a field the later one stays, also where the first is long on its way; so
// does another field that was changed meanwhile.
func TestOfTwoValuesOfAFieldTheLaterStays(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	g := gated(t, s)
	p := openChromium(t).person("ada", g.url)
	p.enter(ada)
	p.open("/me/appearance")
	p.live()
	p.click(".look", "Dark")
	p.sees("#saved", "Saved")
	c := g.stop("/me/appearance")
	p.click(".look", "Light")
	g.waits(t)
	g.hold.Store(nil)
	p.click(".look", "Dark") // as it was
	p.click(".setting", "Moving pictures")
	c <- true
	p.until("four were answered", `performance.getEntriesByType('resource').filter(e => e.initiatorType === 'fetch' && /appearance$/.test(e.name)).length === 4`)
	kept := ask[string](p, `fetch('/me/appearance').then(r => r.text()).then(html => /<html[^>]*>/.exec(html)[0])`)
	if !strings.Contains(kept, `data-theme="dark"`) || !strings.Contains(kept, `data-still="on"`) {
		t.Error("what is kept is", kept)
	}
}

// The time zone is found by its city.
func TestATimeZoneIsFoundByItsCity(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).member(s, "ada", "/me/time")
	p.live()
	p.click("#f-zone", "")
	p.until("the list", `document.querySelector('.combo .opt')`)
	p.write("ljub")
	p.sees(".combo .opt[aria-selected=true]", "Ljubljana")
	p.shot("zones")
	p.keys(kb.Enter)
	p.sees("#saved", "Saved")
	p.until("it is kept", `document.documentElement.dataset.zone === 'Europe/Ljubljana'`)
}

// The settings of a room save themselves; its members are filtered, and who is removed can be
// brought back.
func TestTheMembersOfARoomAreAList(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	for _, name := range []string{"mei", "jonas", "priya", "tomas", "oskar"} {
		s.Signup(name).Post("/rooms/2/join").Want(t, 303)
	}
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/2/settings")
	p.live()
	p.shot("roomsettings")
	p.click(".seg label", "Nothing")
	p.sees("#saved", "Saved")
	p.click(".setting", "Star")
	p.sees("#starred .nm", "quay")
	p.fill("#q", "osk")
	p.until("oskar alone", `[...document.querySelectorAll('#members li')].filter(e => e.checkVisibility()).length === 1`)
	p.click("#members [aria-haspopup]", "")
	p.click("#menu .opt", "Moderator")
	p.sees("#members .role", "moderator")
	p.fill("#f-topic", "Boats and tides")
	p.keys(kb.Tab)
	p.sees("#saved", "Saved")
	p.fill("#q", "")
	p.click(`#members [aria-label="Menu for mei"]`, "")
	p.shot("member-menu")
	p.click("#menu .opt", "Remove from room")
	ask[any](p, `document.querySelector('#menu [data-sure]').lastChild.textContent = 'Remove ' + 'W'.repeat(64) + '? Press again.', 1`)
	p.until("the longest name within the menu", `(b => b.scrollWidth <= b.clientWidth && b.querySelector('svg').getBoundingClientRect().width > 12 &&
		b.getBoundingClientRect().right <= document.querySelector('#menu').getBoundingClientRect().right)(document.querySelector('#menu [data-sure]'))`)
	p.shot("member-menu-sure")
	ask[any](p, `document.querySelector('#menu [data-sure]').lastChild.textContent = 'Remove mei? Press again.', 1`)
	p.click("#menu .opt", "Remove mei? Press again.")
	p.loses("#members li", "mei")
	p.click(".toast button", "Undo")
	p.sees("#members li", "mei")
}

// A new message has one field for whom it is for.
func TestANewMessageHasOneFieldForWhomItIsFor(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for _, name := range []string{"mei", "jonas", "priya"} {
		s.Signup(name)
	}
	ada.Post("/dm", "to", "2", "to", "3", "body", "hello").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/people")
	p.live()
	p.click("#side a[aria-label='New message']", "")
	p.until("the focus in the field", `document.activeElement.id === 'q'`)
	p.sees("#tol .opt", "jonas")
	p.sees("#tol .opt", "jonas, mei")
	p.keys("pri")
	p.sees("#tol .opt[aria-selected=true]", "priya")
	p.keys(kb.Enter)
	p.sees(".tok", "priya")
	p.keys("jon")
	p.sees("#tol .opt[aria-selected=true]", "jonas")
	p.keys(kb.Enter)
	p.until("two", `document.querySelectorAll('.tok').length === 2`)
	p.shot("new")
	p.keys(kb.Backspace + kb.Backspace)
	p.until("one", `document.querySelectorAll('.tok').length === 1`)
	p.click("button", "Go on")
	p.at("/dm/new?to=4")
	p.until("the box", `document.activeElement.id === 'box'`)
}

// Lists of people and rooms are filtered while one types.
func TestListsAreFilteredWhileOneTypes(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("mei.tanaka")
	s.Signup("jonas")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	for path, word := range map[string]string{"/people": "mei", "/rooms": "qua", "/admin/people": "mei", "/admin/rooms": "qua"} {
		p.open(path)
		p.live()
		p.fill("#q", word)
		p.until("one in the list of "+path, `[...document.querySelectorAll('#found>li')].filter(e => e.checkVisibility()).length === 1`)
	}
}

// A picture of oneself is cut by dragging, by keys and with a slider.
func TestAPictureOfOneselfIsCutSquare(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).member(s, "ada", "/me")
	p.live()
	p.loaded("settings")
	ask[any](p, `(() => {`+holding(apptest.NewFile("me.png", apptest.PngOf(t, 900, 600)))+`const i = document.querySelector('#f-picture');
		i.files = dt.files; i.dispatchEvent(new Event('change', { bubbles: true })) })()`)
	p.sees(".crop h2", "Cut it square")
	p.until("the picture", `document.querySelector('.crop img').naturalWidth === 900`)
	p.keys(kb.ArrowRight + "++")
	p.until("closer", `document.querySelector('.crop [type=range]').value > 1.1`)
	p.shot("crop")
	p.click(".crop .btn", "Use it")
	p.at("/me?done=saved")
	p.until("the picture", `document.querySelector('.facepick img.av')?.complete`)
}
