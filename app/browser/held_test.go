package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// The list of suggestions goes with the message, whether it was there or on its way.
func TestSuggestionsGoWithTheMessage(t *testing.T) {
	t.Parallel()
	_, p := twoRooms(t)
	// What waits for the answer goes on before a timer that was set with it.
	ask[any](p, `(text => Response.prototype.text = function () {
		return text.call(this).finally(() => setTimeout(() => window.emojiCame ||= this.url.includes('/emoji?')))
	})(Response.prototype.text), 1`)
	for _, text := range []string{"go #general", "lol :dd", "hi :-p"} {
		p.write(text)
		if text == "go #general" {
			p.until("the list", `document.querySelector('#ac:not([hidden])')`)
		}
		p.keys(kb.Enter)
		p.once(text)
		p.until("no list over an empty box", `!box.value && !document.querySelector('#ac:not([hidden])')`)
	}
	p.until("what was looked for has come", `window.emojiCame`)
	if ask[bool](p, `!!document.querySelector('#ac:not([hidden])')`) {
		t.Error("the list opened over an empty box")
	}
}

// What is chosen in the switcher gets the keys, though a link of the sidebar had the
// focus before.
func TestTheSwitcherIsNotForTheLinkThatHadTheFocus(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	p.keys(kb.Tab)
	ask[any](p, `document.querySelector('#r-1 a').focus(), 1`)
	p.keys("k", chromedp.ModifierCtrl)
	p.until("the switcher", `document.querySelector('#jump')?.open`)
	p.write("quay")
	p.until("it is found", `document.querySelector('#jumps [aria-selected=true] .t')?.textContent === 'quay'`)
	c := g.stop("/rooms/2")
	p.keys(kb.Enter)
	p.keys("words" + kb.Enter)
	g.let(c)
	p.until("the room", `document.getElementById('stage').dataset.room === '2'`)
	p.once("words")
}

// Escape takes back a switcher that has not come: everything after it is for the box.
func TestASwitcherThatHasNotComeIsTakenBack(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("de" + kb.Escape + "hello")
	g.let(c)
	p.loaded("jump")
	p.until("the words in the box", `box.value === 'hello'`)
	p.never("#jump", "")
}

// A conversation that is asked for again comes late: what was begun in it meanwhile stays.
func TestAConversationThatComesLateTakesNoEditAway(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	root := bea.Send(1, "root", "Shall we?")
	ada.Post("/rooms/1/messages", "body", "Let us", "reply_to", root).Want(t, 303)
	g := gated(t, s)
	p := openChromium(t).person("ada", g.url)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#stream .replies", "")
	p.sees("#talk .body", "Let us")
	ask[any](p, `window.answers = 0, (f => window.fetch = (...a) => f(...a).finally(() => setTimeout(() => answers++, 50)))(fetch), 1`)
	c := g.stop("/messages/" + root)
	bea.Post("/rooms/1/messages", "body", "Now", "reply_to", root).Want(t, 303)
	p.sees("#stream .body", "Now")
	g.waits(t)
	ask[any](p, `(r => { r.tabIndex = -1; r.focus() })([...document.querySelectorAll('#talk .msg')]
		.find(r => r.textContent.includes('Let us'))), 1`)
	p.keys("e")
	p.until("the form", `document.activeElement.closest('#talk form.edit')`)
	p.write(", today")
	n := ask[int](p, `answers`)
	g.let(c)
	p.until("the conversation has come", fmt.Sprintf(`answers > %d`, n))
	p.until("what was written", `document.activeElement.closest('#talk form.edit') && document.activeElement.value === 'Let us, today'`)
	p.keys(kb.Enter)
	p.sees("#talk .body", "Let us, today")
	p.sees("#talk .body", "Now")
}
