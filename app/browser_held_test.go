package app

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The list of suggestions goes with the message, whether it was there or on its way.
func TestSuggestionsGoWithTheMessage(t *testing.T) {
	_, p := twoRooms(t)
	for _, text := range []string{"go #", "lol :dd", "hi :-p"} {
		p.write(text)
		if text == "go #" {
			p.until("the list", `document.querySelector('#ac:not([hidden])')`)
		}
		p.keys(kb.Enter)
		p.once(text)
		p.until("no list over an empty box", `!box.value && !document.querySelector('#ac:not([hidden])')`)
	}
	ask[any](p, `new Promise(done => setTimeout(done, 400))`) // what was on its way would be here by now
	if ask[bool](p, `!!document.querySelector('#ac:not([hidden])')`) {
		t.Error("the list opened over an empty box")
	}
}

// What is chosen in the switcher gets the keys, though a link of the sidebar had the
// focus before.
func TestTheSwitcherIsNotForTheLinkThatHadTheFocus(t *testing.T) {
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
	g, p := twoRooms(t)
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("de" + kb.Escape + "hello")
	g.let(c)
	p.until("the module", `import('/static/'+document.documentElement.dataset.build+'/jump.js')`)
	p.until("the words in the box", `box.value === 'hello'`)
	p.never("#jump", "")
}
