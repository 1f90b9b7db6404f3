package browser

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// Two pages of one person write while nothing gets through, one of them is closed:
// everything arrives once, and what one page wrote arrives in its order.
func TestTwoPagesOfOnePersonSendEverythingOnceAndInOrder(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := s.Signup("ada")
	first := c.person("ada", s.Base)
	first.expect(refused...)
	first.enter(ada)
	first.open("/rooms/1")
	second := first.tab("ada's other page")
	second.expect(refused...)
	second.open("/rooms/1")
	first.live()
	second.live()
	again := restart(s)
	var want []string
	for i := range 5 {
		for _, p := range []*tab{first, second} {
			text := fmt.Sprintf("%d of %s", i, map[*tab]string{first: "one", second: "two"}[p])
			p.front()
			p.say(text)
			p.sees(".pend", text)
			want = append(want, text)
		}
	}
	first.steps(chromedp.Navigate("about:blank")) // the page is gone; what it wrote is not
	again()
	second.until("an empty outbox", `!document.querySelector('.pend')`)
	for _, text := range want {
		second.once(text)
	}
	all := ask[[]string](second, `[...document.querySelectorAll('#tl-1 .body')].map(e => e.textContent.trim())`)
	for _, name := range []string{"one", "two"} {
		mine := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasSuffix(s, name) })
		if !slices.IsSorted(mine) {
			t.Errorf("what page %s wrote arrived as %q", name, mine)
		}
	}
	fresh := s.Visitor()
	fresh.Cookie = ada.Cookie
	if body := fresh.Get("/rooms/1").Want(t, http.StatusOK).Body; strings.Count(body, " of one</p>") != 5 ||
		strings.Count(body, " of two</p>") != 5 {
		t.Error("the page drawn anew shows something else")
	}
}

// What begins with a slash is an order, a way of speaking, or refused with its text kept.
func TestCommandsAreObeyedFromTheComposer(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "private").Want(t, http.StatusSeeOther)
	p := openChromium(t).person("ada", s.Base)
	p.expect("status of 422")
	p.enter(ada)
	p.open("/rooms/2")
	p.live()
	p.say("/topic Boats and ropes")
	p.sees(".topic", "Boats and ropes")
	p.say("/invite @mei")
	p.sees(".sys", "mei joined")
	p.say("/me waves")
	p.sees(".msg .body em", "waves")
	p.say("/nothing here")
	p.sees(".pend .err", "There is no /nothing. Start with a space to send it as text.")
	p.click(".pend button", "Edit")
	p.until("the text is in the box again", `box.value === '/nothing here'`)
	p.until("nothing waits", `!document.querySelector('.pend')`)
	r := ada.Post("/rooms/2/messages", "body", "/nothing here").Want(t, http.StatusUnprocessableEntity)
	if !strings.Contains(r.Body, "/nothing here</textarea>") {
		t.Error("without a script the text is lost")
	}
	if at := ada.Post("/rooms/2/messages", "body", "/topic Ropes").Want(t, http.StatusSeeOther).Location(); at != "/rooms/2" {
		t.Error("an order leads to", at)
	}
}

// Slow mode holds a message back: it stays in sight, says when it goes, and goes by itself.
func TestAHeldMessageSaysWhenItGoesOut(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/slow", "slow", "5").Want(t, http.StatusSeeOther)
	p := openChromium(t).member(s, "mei", "/rooms/1")
	p.live()
	p.say("one thing")
	p.write("and another")
	p.keys(kb.Enter)
	p.sees(".pend .edited", "Goes out in")
	p.expect("429")
	p.until("it is counted down", `[...document.querySelectorAll('.pend .edited')].some(e => +e.textContent.match(/\d+/)?.[0] < 4)`)
	p.sees("#tl-1 .msg", "and another")
	p.until("nothing waits", `!document.querySelector('.pend')`)
}
