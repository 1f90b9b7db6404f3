package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// focus names what has the focus.
func (p *tab) focus() string {
	p.t.Helper()
	return ask[string](p, `(e => e === document.body ? 'body' : e.tagName.toLowerCase() + (e.id
		? '#' + e.id : '') + ' ' + (e.getAttribute("aria-label") || e.name || e.textContent).trim().replace(/\s+/g, ' ')
			.slice(0, 40))(document.activeElement)`)
}

// tabTo presses Tab until something has the focus.
func (p *tab) tabTo(what string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	var way []string
	for range 120 {
		p.keys(kb.Tab, modifiers...)
		at := p.focus()
		if strings.Contains(at, what) {
			return
		}
		way = append(way, at)
	}
	p.t.Fatalf("Tab does not lead to %q but to %q", what, way)
}

func TestWhoHasOnlyAKeyboardCanDoEverything(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).person("ada", s.Base)
	p.open("/signup")
	p.tabTo("workspace")
	p.keys("Lighthouse Studio")
	p.tabTo("username")
	p.keys("ada")
	p.tabTo("password")
	p.keys(apptest.Password + kb.Enter)
	p.at("/rooms/1")
	p.live()
	p.until("focus in the message box", `document.activeElement.id === 'box'`)
	p.keys("first line")
	p.keys(kb.Enter, chromedp.ModifierShift)
	p.keys("second line" + kb.Enter)
	p.until("one message of two lines", `document.querySelector('.msg[data-seq] .body')?.innerText.trim() === 'first line\nsecond line'`)
	if at := p.focus(); !strings.HasPrefix(at, "textarea#box") {
		t.Error("after sending the focus is on ", at)
	}
	p.keys(kb.Enter)
	if n := ask[int](p, `document.querySelectorAll('.msg').length`); n != 1 {
		t.Errorf("Enter in an empty box: %d messages", n)
	}

	p.tabTo("New room", chromedp.ModifierShift)
	p.keys(kb.Enter)
	p.at("/rooms/new")
	p.until("focus on the heading", `document.activeElement.tagName === 'H1'`)
	p.tabTo("name")
	p.keys("design" + kb.Enter)
	p.at("/rooms/2")
	p.live()
	p.keys(kb.ArrowDown, chromedp.ModifierAlt)
	p.at("/rooms/1")
	p.sees("h1", "general")
	p.until("focus in the message box", `document.activeElement.id === 'box'`)
	p.keys(kb.ArrowUp, chromedp.ModifierAlt)
	p.at("/rooms/2")
	p.sees("h1", "design")
	p.until("focus in the message box", `document.activeElement.id === 'box'`)

	p.keys("k", chromedp.ModifierCtrl)
	p.until("focus in the switcher", `document.activeElement.closest('#jump') && document.activeElement.tagName === 'INPUT'`)
	p.keys(kb.Escape)
	p.until("focus back in the message box", `document.activeElement.id === 'box'`)
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("gnrl") // letters in order are enough
	p.sees("#jump [aria-selected=true]", "general")
	p.keys(kb.ArrowDown)
	p.sees("#jump [aria-selected=true]", "Search all messages for “gnrl”")
	p.keys(kb.ArrowDown + kb.Enter)
	p.at("/rooms/1")
	p.until("focus in the message box", `document.activeElement.id === 'box' && !document.querySelector('dialog[open]')`)

	p.keys(kb.Tab, chromedp.ModifierShift)
	p.until("focus on the newest message", `document.activeElement.matches('.msg[data-seq]')`)
	p.keys(kb.Escape)
	p.until("focus in the message box", `document.activeElement.id === 'box'`)
	for _, region := range []string{"#side", "#main header", "#stream", "#composer", "#side"} {
		p.keys(kb.F6, chromedp.ModifierCtrl)
		p.until("focus in "+region, `document.activeElement.closest(`+quote(region)+`)`)
	}
	p.keys(kb.Escape, chromedp.ModifierShift)
	p.sees(".toast", "All rooms are marked read.")
	p.keys(kb.F6, chromedp.ModifierCtrl, chromedp.ModifierShift)
	p.until("focus back in the message box", `document.activeElement.id === 'box'`)
	p.keys(kb.F6, chromedp.ModifierCtrl)
	p.tabTo("Your account", chromedp.ModifierShift)
	p.keys(kb.Enter)
	p.at("/me")
	p.tabTo("Log out")
	p.keys(kb.Enter)
	p.at("/login")
	p.tabTo("username")
	p.keys("ada")
	p.tabTo("password")
	p.keys(apptest.Password + kb.Enter)
	p.at("/")
}

func TestTabGoesThroughEveryPageAndOutAgain(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Tell(1, "a [link](https://example.org) and `code`\n```\nblock\n```")
	p := openChromium(t).member(s, "bea", "/rooms/1")
	for _, path := range []string{"/rooms/1", "/rooms/1/people", "/", "/people", "/me", "/rooms/1/settings"} {
		for _, way := range [][]chromedp.Modifier{nil, {chromedp.ModifierShift}} {
			p.open(path)
			p.sees("h1", "")
			p.until("quiet", `document.readyState === 'complete'`)
			first, steps := "", 0
			for steps < 100 {
				p.keys(kb.Tab, way...)
				at := ask[string](p, `(e => { window.marks ??= new Map(); if (!marks.has(e)) marks.set(e, marks.size); return e === document.body
					? '' : String(marks.get(e)) })(document.activeElement)`)
				if at == first && steps > 5 || at == "" && steps > 5 {
					break
				}
				if first == "" {
					first = at
				}
				steps++
			}
			if steps == 100 {
				t.Errorf("%s: Tab %v does not come round; it is at %s", path, way, p.focus())
			}
			if steps < 5 {
				t.Errorf("%s: Tab %v comes round after %d steps", path, way, steps)
			}
		}
	}

	p.open("/rooms/1")
	p.until("focus in the message box", `document.activeElement.id === 'box'`)
	p.tabTo("Skip to messages", chromedp.ModifierShift)
	if !ask[bool](p, `(r => r.top >= 0 && r.height > 10)(document.activeElement.getBoundingClientRect())`) {
		t.Error("a skip link with the focus is not to be seen")
	}
	p.keys(kb.Enter)
	p.until("focus on the messages", `document.activeElement.id === 'stream'`)
	p.tabTo("Skip to message box", chromedp.ModifierShift)
	p.keys(kb.Enter)
	p.until("focus in the message box", `document.activeElement.id === 'box'`)
	p.open("/people")
	p.tabTo("Skip to content")
	p.keys(kb.Enter)
	p.until("the content", `location.hash === '#main'`)
	p.keys(kb.Tab)
	p.until("the focus in it", `document.getElementById('main').contains(document.activeElement)`)
}

// By pages through the messages: the focus stays in view, and goes on from there.
func TestThePageKeysTakeTheFocusAlong(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i := range 50 {
		ada.Tell(1, fmt.Sprint("line ", i))
	}
	p := openChromium(t).member(s, "bea", "/rooms/1?latest")
	p.live()
	ada.Tell(1, "the last one")
	p.sees(".msg", "the last one")
	inView := `(r => (s => r.top >= s.top - 1 && r.bottom <= s.bottom + 1)(document.getElementById('stream')
		.getBoundingClientRect()))(document.activeElement.getBoundingClientRect())`
	p.keys(kb.Tab, chromedp.ModifierShift)
	p.until("focus on the newest", found(`:focus`, "the last one"))
	p.keys(kb.PageUp)
	p.until("further up", `document.activeElement.matches('.msg') && !document.activeElement.textContent.includes('the last one') && `+inView)
	first := ask[int](p, `+document.activeElement.dataset.seq`)
	p.keys(kb.ArrowUp)
	p.until("the row before", fmt.Sprintf(`+document.activeElement.dataset.seq === %d && %s`, first-1, inView))
	p.keys(kb.PageUp)
	p.until("another page up", fmt.Sprintf(`+document.activeElement.dataset.seq < %d - 3 && %s`, first, inView))
	for range 3 {
		p.keys(kb.PageDown)
		p.drawn()
	}
	p.until("the newest again", found(`:focus`, "the last one")+` && `+inView)
}
