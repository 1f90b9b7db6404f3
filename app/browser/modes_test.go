package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// media says what somebody set in the system.
func (p *tab) media(name, value string) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}})
		return err
	})
}

// spaced gives the page the spacing of text of WCAG 1.4.12, or takes it away.
const spaced = `(on => { window.spacing ??= new CSSStyleSheet();
	spacing.replaceSync('*{line-height:1.5 !important;letter-spacing:.12em !important;word-spacing:.16em !important}' +
		'p{margin-bottom:2em !important}');
	document.adoptedStyleSheets = on ? [spacing] : []; return 1 })`

// cropped lists controls and headings whose text is cut off, but for those that end
// in an ellipsis or scroll.
const cropped = `[...document.querySelectorAll('h1, h2, h3, button, .btn, .notice, .tabs a, label, .body')].filter(e => {
	if (!e.checkVisibility({ visibilityProperty: true }) || e.closest('.vh, #side, pre') || !e.textContent.trim()) return false;
	const s = getComputedStyle(e), r = e.getBoundingClientRect();
	if (r.width < 2 || s.textOverflow === 'ellipsis') return false;
	if (s.overflowX === 'hidden' && e.scrollWidth > e.clientWidth + 1 || s.overflowY === 'hidden' &&
		e.scrollHeight > e.clientHeight + 1) return true;
	return (r.right > innerWidth + 1 || r.left < -1) && !e.closest('.tabs, table');
}).map(e => e.outerHTML.slice(0, 120))`

// Large text, narrow windows, spaced text, colours of the system and no motion: each
// page is whole, the focus is seen, and so is the room that is open.
// A message on its way looks as it will when it has arrived, and nothing sticks out of the page.
func TestNothingJumpsWhenAMessageArrivesAndNoPageIsTooTall(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	c := openChromium(t)
	p := c.member(s, "mei", "/rooms/1")
	p.expect(refused...)
	p.expect("ERR_INTERNET_DISCONNECTED")
	p.live()
	seq := ada.Send(1, "first", "Good morning")
	p.sees(".msg", "Good morning")
	p.offline(true)
	p.say("On its way")
	shape := func(row string) []float64 {
		return ask[[]float64](p, `(r => { const b = r.getBoundingClientRect(), top = q => Math.round(10 * (r.querySelector(q)
			.getBoundingClientRect().top - b.top)) / 10; return [Math.round(b.height), top('.av'), top('.who'), top('.body p')] })(`+row+`)`)
	}
	p.sees(".pend", "On its way")
	before := shape(`document.querySelector('.pend')`)
	p.offline(false)
	p.once("On its way")
	if after := shape(rowOf("On its way")); !slices.Equal(before, after) {
		t.Errorf("height, face, name and text are at %v on the way and at %v then", before, after)
	}
	long := c.person("ada", s.Base)
	long.enter(ada)
	long.size(1280, 400) // less than most of these pages
	for _, path := range []string{"/rooms/1", "/", "/me", "/me/appearance", "/me/notifications", "/search", "/people", "/rooms/new",
		"/dm/new", "/shortcuts", "/messages/" + seq,
		"/rooms/1/settings", "/admin", "/admin/people", "/admin/people/2", "/admin/rooms", "/admin/invites", "/admin/settings", "/admin/log"} {
		p := long
		p.open(path)
		p.until("a whole page", `document.readyState === 'complete'`)
		if d := ask[float64](p, `document.scrollingElement.scrollHeight - innerHeight`); d > 0 {
			t.Errorf("%s is %.0f px too tall", path, d)
		}
	}
}

func TestPagesAreWholeInEveryModeThatPeopleNeed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "a-room-with-quite-a-long-name", "kind", "open").Want(t, 303)
	ada.Post("/rooms/1/settings", "name", "general", "topic", "Everything that everybody should know, and more than that").Want(t, 303)
	p := openChromium(t).member(s, "bea", "/rooms/1")
	ada.Post("/dm", "to", "2", "body", "Lunch?").Want(t, 303)
	ada.Tell(1, "@bea here is a_very_long_word_"+strings.Repeat("without_an_end_", 20))
	ada.Tell(1, "```\n"+strings.Repeat("code that scrolls alone ", 20)+"\n```")
	asked := ada.Send(1, "asked", "What do you think?")
	ada.Post("/messages/"+asked+"/reactions", "e", "👍").Want(t, 303)
	ada.Post("/rooms/1/messages", "body", "an answer", "reply_to", asked).Want(t, 303)

	for _, path := range []string{"/rooms/1", "/", "/search?q=think", "/mentions", "/messages/" + asked, "/rooms/2/settings", "/rooms/3",
		"/people", "/rooms/1/people", "/me", "/me/notifications", "/rooms"} {
		p.media("forced-colors", "none")
		p.open(path)
		p.sees("h1", "")
		p.until("a whole page", `document.readyState === 'complete'`)
		for _, size := range []struct {
			name          string
			width, height int64
			spaced        bool
		}{{"200 % zoom", 640, 400, false}, {"320 px", 320, 640, false}, {"320 px and spaced text", 320, 640,
			true}, {"spaced text", 1280, 800, true}} {
			p.size(size.width, size.height)
			ask[any](p, fmt.Sprintf("%s(%v)", spaced, size.spaced))
			if wide := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("%s, %s: %d px too wide", path, size.name, wide)
			}
			for _, e := range ask[[]string](p, cropped) {
				t.Errorf("%s, %s: cut off: %s", path, size.name, e)
			}
			if box := ask[bool](p, `(b => !b || !b.checkVisibility() ||
				(r => r.height > 20 && r.bottom <= innerHeight)(b.getBoundingClientRect()))(document.getElementById('box'))`); !box {
				t.Errorf("%s, %s: the message box is not in the window", path, size.name)
			}
		}
		ask[any](p, spaced+"(false)")
		p.size(1280, 800)

		p.media("prefers-reduced-motion", "reduce")
		if n := ask[int](p, `document.getAnimations().filter(a => a.playState === 'running').length`); n > 0 {
			t.Errorf("%s: %d animations run with reduced motion", path, n)
		}
		p.media("forced-colors", "active")
		for range 4 {
			p.keys(kb.Tab)
			if !ask[bool](p, `(e => { if (e === document.body) return true; /* out of the page and in again */ for (; e && e !== document.body;
				e = e.parentElement) { const s = getComputedStyle(e); if (s.outlineStyle !== 'none' &&
					parseFloat(s.outlineWidth) >= 1) return true } return false })(document.activeElement)`) {
				t.Errorf("%s: no focus ring in forced colours on %s", path, p.focus())
			}
		}
		if path == "/rooms/1" && !ask[bool](p, `(f => { const [a, b] = ['[aria-current=page]',
			':not([aria-current])'].map(x => f(document.querySelector('#rooms .room' + x))); return a !== b })(e => {
			const s = getComputedStyle(e); return s.outlineStyle + s.outlineWidth + s.borderStyle })`) {
			t.Error("the open room looks like the others in forced colours")
		}
	}
}
