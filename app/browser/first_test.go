package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// A newcomer is asked for the name that others see, and a username is suggested from it.
func TestANewcomerIsAskedForTheNameFirst(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).person("ada", s.Base)
	p.open("/signup")
	p.until("the first field", `document.activeElement.id === 'f-workspace'`)
	const button = `document.querySelector('.form .btn.primary').getBoundingClientRect().top`
	before := ask[float64](p, button)
	p.keys("Lighthouse Studio" + kb.Tab + "Ada Okafor")
	p.until("a username", `document.getElementById('f-username').value === 'ada'`)
	p.sees("#free", "@ada is free")
	if after := ask[float64](p, button); after != before {
		t.Errorf("the answer has moved the button from %v to %v: who was about to press it misses", before, after)
	}
	p.fill("#f-password", apptest.Password)
	p.click(".secret button", "Show")
	p.until("the password", `document.getElementById('f-password').type === 'text' && document.activeElement.id === 'f-password'`)
	p.shot("signup")
	p.keys(kb.Enter)
	p.at("/rooms/1")
	p.sees(".firstcard h2", "Make it yours")
	p.sees(".me b", "Ada Okafor")
	p.live()
	p.sees(".step[data-done]", "Name the workspace")
	p.click(".firstcard button", "Make a link")
	p.sees(".firstcard .qr", "")
	p.shot("first")
	link := ask[string](p, `document.querySelector('.copyline input').value.replace(location.origin, '')`)

	q := openChromium(t).person("bea", s.Base)
	q.open(link)
	q.sees("h1", "Join Lighthouse Studio")
	q.until("the name first", `document.activeElement.id === 'f-name'`)
	q.keys("Ada Lovelace")
	q.until("another username", `document.getElementById('f-username').value === 'ada2'`)
	q.fill("#f-username", "ada")
	q.sees("#free", "@ada is taken.")
	q.fill("#f-username", "lovelace")
	q.sees("#free", "@lovelace is free")
	q.fill("#f-password", apptest.Password)
	q.keys(kb.Enter)
	q.at("/rooms/1")
	q.never(".firstcard", "")
	q.open(link)
	q.sees(".lead", "You are logged in as Ada Lovelace, @lovelace.")

	p.open("/rooms/1")
	p.live()
	p.sees(".step[data-done]", "Invite people")
	p.click(".firstcard button", "Hide")
	p.at("/rooms/1")
	p.loses(".firstcard", "")
	p.sees(".beginning", "This is the very beginning")
}

// Who is alone is offered to invite others; who has read all, rooms to join.
func TestAnEmptyHomeOffersWhatToDo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/")
	p.sees(".btn.primary", "Invite people")
	mei := s.Signup("mei")
	mei.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	p.open("/rooms/1?latest")
	p.live()
	p.until("all read", `!document.querySelector('#b-1').textContent.trim()`)
	p.open("/")
	p.sees(".person2", "quay")
	p.shot("home-empty")
	p.click(".person2 button", "Join")
	p.at("/rooms/2")
	mei.Tell(1, "Good morning, everybody")
	mei.Tell(2, "@ada the boat is here")
	p.open("/")
	p.sees(".dayhead", "For you")
	p.sees(".pk[data-m]", "the boat is here")
	p.sees(".dayhead", "Today")
	p.shot("home")
}

// Who does not know the password any more is told who can help.
func TestWhoForgotThePasswordIsToldWhoCanHelp(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada").Post("/me", "name", "Ada Okafor").Want(t, 303)
	p := openChromium(t).person("mei", s.Base)
	p.open("/login")
	p.click("a", "Forgot it?")
	p.at("/forgot")
	p.sees(".lead", "Ask Ada Okafor.")
}

// Who was removed from a room reads its name.
func TestWhoWasRemovedReadsTheNameOfTheRoom(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "private", "people", "2").Want(t, 303)
	p := openChromium(t).person("mei", s.Base)
	p.enter(mei)
	p.expect("404")
	p.open("/rooms/2")
	p.live()
	ada.Post("/rooms/2/members/2/remove").Want(t, 303)
	p.sees(".notice", "You were removed from quay.")
}
