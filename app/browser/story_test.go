package browser

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// story is what three people do in one workspace, in order.
type story struct {
	t             *testing.T
	s             *apptest.Server
	ada, bea, cid *tab
}

func TestThreePeopleShareAWorkspaceFromSignUpToLogOut(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	st := &story{t: t, s: s, ada: c.person("ada", s.Base), bea: c.person("bea", s.Base), cid: c.person("cid", s.Base)}
	st.signUp()
	st.talk()
	st.presence()
	st.direct()
	st.privateRoom()
	st.headlines()
	st.unread()
	st.removal()
	st.password()
}

func (st *story) join(p *tab, first bool) {
	p.open("/")
	if first {
		p.at("/signup")
		p.fill("[name=workspace]", "Lighthouse Studio")
	} else {
		p.at("/login")
		p.click("a", "Sign up")
	}
	p.fill("[name=username]", p.name)
	p.fill("[name=password]", apptest.Password)
	p.click(".form .btn.primary", "")
	p.at("/rooms/1")
	p.sees("h1", "general")
	p.live()
}

func (st *story) signUp() {
	st.join(st.ada, true)
	st.ada.sees(".brand", "Lighthouse Studio")
	st.ada.sees(".beginning", "This is the very beginning of #general")
	st.join(st.bea, false)
	st.ada.sees(".sys", "bea joined")
}

func (st *story) talk() {
	ada, bea := st.ada, st.bea
	ask[any](bea, `window.same = 1`)
	ada.say("Morning, everybody")
	bea.sees(".msg .body", "Morning, everybody")
	bea.say("Hello **Ada**")
	ada.sees(".msg .body strong", "Ada")
	for _, p := range []*tab{ada, bea} {
		if ask[string](p, `document.querySelector('#box').value`) != "" {
			st.t.Error("the message box of ", p.name, " is not empty after sending")
		}
		if n := p.rows("Morning, everybody"); n != 1 {
			st.t.Errorf("%s sees the message %d times", p.name, n)
		}
	}
	if !ask[bool](bea, `window.same === 1`) {
		st.t.Error("the page was loaded anew to show a message")
	}
	bea.steps(chromedp.Reload())
	bea.live()
	if n := bea.rows("Morning, everybody"); n != 1 {
		st.t.Errorf("after a reload the message is there %d times", n)
	}
}

func (st *story) presence() {
	st.join(st.cid, false)
	st.ada.until("the count", `document.querySelector('#n-1').textContent === '3 people · 3 online'`)
	st.ada.click("header a.stack", "")
	st.ada.at("/rooms/1/people")
	st.ada.sees("#panel h3", "Online — 3")
	st.ada.until("a dot for cid", `document.querySelector('#panel [data-p="3"][data-on=on]')`)
	st.ada.click("#panel header a", "")
	st.ada.at("/rooms/1")
	st.bea.click("#box", "")
	st.bea.keys("hm")
	st.ada.sees(".typing", "bea typing")
	st.bea.never(".typing:not(.here)", "bea")
	st.ada.loses(".typing", "bea")
	st.bea.fill("#box", "")
}

// direct: two people talk, the third knows nothing of it.
func (st *story) direct() {
	ada, bea, cid := st.ada, st.bea, st.cid
	bea.click("#side a", "Browse rooms")
	bea.at("/rooms")
	ada.click("#side a", "People")
	ada.at("/people")
	ada.click("a.grow", "bea")
	ada.click("#card a.btn", "Profile")
	ada.at("/people/2")
	ada.click(".pro a.btn", "Message")
	ada.at("/dm/new?to=2")
	ada.sees(".beginning", "just between you and bea")
	ada.say("Just for you")
	ada.at("/rooms/2")
	ada.sees(".msg", "Just for you")
	bea.sees("#dms .nm", "ada")
	bea.until("a badge in the colour of what is for oneself",
		`(i => (document.body.append(i), i.style.color = 'var(--new)',
		[getComputedStyle(i).color, i.remove()][0] === getComputedStyle(document.querySelector('#b-2'))
		.backgroundColor))(document.createElement('i'))`)
	bea.until("a badge for one message, and it in the title",
		`document.querySelector('#b-2[data-at="1"]') && document.title.startsWith('(1) ')`)
	cid.never("#side a.room", "ada")
	cid.never("#side a.room", "bea")
	if n := ask[int](cid, `document.querySelectorAll('#dms li').length`); n != 1 {
		st.t.Errorf("the outsider has %d rows among direct messages, not only the link to everybody", n)
	}
	cid.expect("status of 404")
	cid.open("/rooms/2")
	cid.at("/rooms/2")
	cid.sees("h1", "There is nothing here, or it is not for you.")
	known := ask[string](cid, `document.querySelector('.oops').textContent`)
	cid.open("/rooms/999")
	cid.at("/rooms/999")
	cid.sees(".oops", "")
	if other := ask[string](cid, `document.querySelector('.oops').textContent`); other != known {
		st.t.Errorf("a conversation of others (%q) does not look like nothing (%q)", known, other)
	}
	cid.open("/rooms/1")
	bea.click("#dms a", "ada")
	bea.sees(".msg", "Just for you")
	bea.until("no badge", `!document.querySelector('#b-2[data-at]') && !document.title.startsWith('(')`)
	bea.say("Thank you")
	ada.sees(".msg", "Thank you")
}

func (st *story) privateRoom() {
	ada, bea := st.ada, st.bea
	before := ada.opened()
	ada.click("#side a[aria-label='New room']", "")
	ada.at("/rooms/new")
	ada.fill("[name=name]", "harbour")
	ada.click("label.choice", "Private")
	ada.click("button", "Create room")
	ada.at("/rooms/3")
	ada.sees("h1", "harbour")
	ada.live()
	if n := ada.opened() - before; n > 1 {
		st.t.Errorf("one form opened %d sockets", n)
	}
	bea.never("#side a", "harbour")
	ada.click("a.btn", "Add people")
	ada.at("/rooms/3/add")
	ada.click("label.pick", "bea")
	ada.click("button", "Add")
	ada.at("/rooms/3")
	bea.sees("#rooms .nm", "harbour")
	st.cid.never("#side a", "harbour")
	bea.click("#rooms a", "harbour")
	bea.at("/rooms/3")
	ada.live()
	ada.say("Only for the harbour")
	bea.sees(".msg", "Only for the harbour")
}

func (st *story) headlines() {
	ada, bea := st.ada, st.bea
	ada.settings()
	ada.at("/rooms/3/settings")
	ada.fill("[name=topic]", "Boats and tides")
	ada.keys(kb.Tab)
	ada.sees("#saved", "Saved")
	bea.sees(".topic", "Boats and tides")
	bea.sees(".sys", "set the topic: Boats and tides")
	ada.fill("[name=name]", "quay")
	ada.keys(kb.Tab)
	ada.sees("#rooms .nm", "quay")
	bea.sees("h1", "quay")
	bea.sees("#rooms .nm", "quay")
	bea.sees(".sys", "renamed the room to quay")
	bea.until("the new name as title", `document.title.includes('quay')`)
}

func (st *story) password() {
	bea, secret := st.bea, "a different horse 17"
	bea.click("#side a[aria-label='Your account']", "")
	bea.at("/me")
	bea.click(".setnav a", "Security")
	bea.at("/me/security")
	bea.click("a", "Change…")
	bea.at("/me/password")
	bea.fill("[name=current]", apptest.Password)
	bea.fill("[name=password]", secret)
	bea.click("button", "Change password")
	bea.sees(".notice", "Your password was changed")
	bea.live()
	bea.click(".setnav a", "Profile")
	bea.at("/me")
	bea.click("button", "Log out")
	bea.at("/login")
	bea.expect("status of 422")
	bea.fill("[name=username]", "bea")
	bea.fill("[name=password]", apptest.Password)
	bea.click("button", "Log in")
	bea.sees("[role=alert], .why", "")
	bea.fill("[name=password]", secret)
	bea.click("button", "Log in")
	bea.at("/")
	bea.sees(".me", "bea")
	bea.live()
}
