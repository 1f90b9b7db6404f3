package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestCallingAllInALargeRoomIsConfirmedAtTheComposer(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Crowd(ada, chat.SmallRoom)
	c := openChromium(t)
	p := c.person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.expect("status of 422") // that it asks is an answer to the post
	bob := c.member(s, "bob", "/rooms/1")
	bob.live()
	p.click("#box", "")
	p.write("Fire drill, @roo")
	p.keys("m")
	p.until("it is suggested", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === '@room'`)
	p.keys(kb.Tab)
	p.keys(kb.Enter)
	p.sees(".pend .err", "This will notify all 32 people of #general.")
	p.sees(".pend .body", "Fire drill, @room")
	p.click(".pend button", "Edit")
	p.until("the text is in the box again", `box.value === 'Fire drill, @room ' && !document.querySelector('.pend')`)
	p.keys("now")
	p.keys(kb.Enter)
	p.sees(".pend button", "Send to all")
	p.open("/rooms/1") // it outlives the page, and is sent by nothing but the button
	p.live()
	p.click(".pend button", "Send to all")
	p.once("Fire drill, @room now")
	bob.sees(".msg[data-m=all] .at", "@room")
	bob.until("the row is highlighted for who is called",
		`getComputedStyle(document.querySelector('.msg[data-m=all]')).backgroundColor !== getComputedStyle(document.querySelector('.sys'))
		.backgroundColor`)
	if ask[bool](p, `getComputedStyle(document.querySelector('.msg[data-m=all]')).backgroundColor === 'rgb(255, 246, 225)'`) {
		t.Error("it is highlighted for its author")
	}
	if n := bob.rows("Fire drill, @room"); n != 0 {
		t.Error("what was not confirmed was sent")
	}
	bob.say("May I? @here")
	bob.sees(".toast", "Nobody was notified: in a room of more than 30 people")
	p.write("By key alone, @room please")
	p.keys(kb.Enter)
	p.sees(".pend button", "Send to all")
	p.tabTo("Send to all", chromedp.ModifierShift)
	p.keys(kb.Enter)
	p.once("By key alone, @room please")
	bare := c.bare("ada without scripts", s)
	bare.expect("status of 422")
	bare.enter(ada)
	bare.open("/rooms/1")
	bare.fill("#box", "Without scripts, @room")
	bare.click("button.send", "")
	bare.sees(".alert", "This will notify all 32 people of #general.")
	bare.narrow()
	bare.click(".alert button", "Send to all")
	bare.bottom("Without scripts, @room")
	bob.once("Without scripts, @room")
	bob.say("@room hello")
	bob.once("@room hello")
	if n := ask[int](bob, `document.querySelectorAll('.msg .at').length`); n != 3 {
		t.Error("the word is more than a word for who may not call all")
	}
}

func TestWhoMentionsSomebodyOutsideIsToldInThePage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Crowd(ada, 1)
	ada.Post("/rooms", "name", "secret", "kind", "private").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/2")
	p.live()
	p.say("What would @person0 say?")
	p.sees("#toasts .toast", "person0 is not in this room and will not see this.")
	p.once("What would @person0 say?")
	before := p.opened()
	p.click("#toasts a", "Add them")
	p.at("/rooms/2/add")
	if p.opened() != before {
		t.Error("the way to add them loads the page anew")
	}
}
