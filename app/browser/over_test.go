package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// crew is a workspace in which ada, mei and jonas talk, and ada's page of its room.
func crew(t *testing.T) (ada, mei *apptest.Browser, p *tab) {
	s := apptest.Start(t)
	ada, mei = s.Signup("ada"), s.Signup("mei")
	mei.Post("/me", "name", "Mei Tanaka", "title", "Design", "bio", "Pixels and tea.").Want(t, 303)
	mei.Post("/me/appearance", "zone", "Asia/Tokyo").Want(t, 303)
	ada.Post("/me", "name", "Ada Okafor").Want(t, 303)
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	mei.Post("/rooms/2/join").Want(t, 303)
	mei.Tell(1, "Morning! @ada, the beam is ready.")
	p = openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	return ada, mei, p
}

// settings opens the settings of the room that is shown, from its menu.
func (p *tab) settings() {
	p.t.Helper()
	p.click(".bar [data-with=over][aria-haspopup]", "")
	p.click(`#menu a[href$="/settings"]`, "")
}

// A name, a face and a mention open the card of the person; it closes by Escape and gives
// the focus back, and leads to a conversation and to the profile.
func TestANameOpensTheCardOfAPerson(t *testing.T) {
	t.Parallel()
	_, _, p := crew(t)
	for _, opener := range []string{".msg .who a", ".msg > .av"} {
		p.click(opener, "")
		p.sees("#card", "Mei Tanaka")
		p.sees("#card", "in Tokyo")
		p.sees("#card .btn", "Message")
		p.until("the focus in the card", `document.activeElement.matches('#card .btn.primary')`)
		p.shot("card" + opener[len(opener)-2:])
		p.keys(kb.Escape)
		p.until("no card", `!document.querySelector('#card')`)
	}
	p.click(".msg .at", "")
	p.sees("#card", "Ada Okafor")
	p.sees("#card .btn", "Settings")
	p.never("#card .btn", "Message")
	p.keys(kb.Escape)
	p.until("the focus where it was", `document.activeElement.matches('.msg .at')`)
	p.keys(kb.Enter)
	p.sees("#card .btn", "Profile")
	p.click("#card .btn", "Profile")
	p.at("/people/1")
	p.sees(".pro h2", "Ada Okafor")
	p.open("/rooms/1")
	p.live()
	p.click(".msg .who a", "Mei")
	p.click("#card [data-more]", "")
	p.click("#card .btn", "Mention here")
	p.until("the mention", `document.getElementById('box').value === '@mei '`)
	p.click(".msg .who a", "Mei")
	p.click("#card .btn", "Message")
	p.at("/dm/new?to=2")
}

// On a phone the card lies at the bottom, and a finger that goes down closes it.
func TestOnAPhoneTheCardIsASheet(t *testing.T) {
	t.Parallel()
	_, _, p := crew(t)
	p.size(390, 844)
	p.click(".msg .who a", "Mei")
	p.until("the sheet", `(c => c && document.querySelector('#card .btn') && c.getBoundingClientRect().width === 390 &&
		Math.abs(c.getBoundingClientRect().bottom - 844) < 2)(document.querySelector('#card'))`)
	p.shot("card-phone")
	p.keys(kb.Escape)
	p.until("no card", `!document.querySelector('#card')`)
}

// Who is gone has a card without anything to do.
func TestTheCardOfWhoIsGoneOffersNothing(t *testing.T) {
	t.Parallel()
	ada, _, p := crew(t)
	ada.Post("/admin/people/2/disable").Want(t, 303)
	p.click(".msg .who a", "Mei")
	p.sees("#card", "former member")
	p.never("#card", "Message")
}

// The menu of a room opens from its header, by the right button and by key, and what is chosen
// there is done.
func TestTheMenuOfARoomIsWhereTheHandIs(t *testing.T) {
	t.Parallel()
	_, mei, p := crew(t)
	p.click(".bar [aria-haspopup=menu]", "")
	p.sees("#menu .opt", "Notifications")
	p.until("the focus on the first",
		`document.activeElement.matches('#menu .opt') && document.activeElement.textContent.includes('Notifications')`)
	p.shot("menu")
	p.keys(kb.ArrowDown + kb.ArrowRight)
	p.until("the menu of mute", `document.activeElement.textContent.includes('For an hour')`)
	p.shot("menu-mute")
	p.keys(kb.ArrowLeft)
	p.until("back", `document.activeElement.textContent.trim() === 'Mute'`)
	p.keys(kb.ArrowRight + kb.Enter)
	p.sees(".toast", "is muted until")
	p.until("muted", `document.querySelector('#r-1 a[data-muted]')`)
	p.click(".toast button", "Undo")
	p.until("not muted", `document.querySelector('#r-1 a:not([data-muted])')`)

	p.rightClick("#r-2 a")
	p.sees("#menu .head", "quay")
	p.until("the focus", `document.activeElement.matches('#menu .opt')`)
	p.keys("st")
	p.until("the star by its first letters", `document.activeElement.textContent.includes('Star')`)
	p.keys(kb.Enter)
	p.sees("#starred .nm", "quay")
	ask[any](p, `document.querySelector('#r-2 a').focus(), 1`)
	p.keys(kb.F10, chromedp.ModifierShift)
	p.until("the tick", `document.querySelector('#menu [role=menuitemcheckbox][aria-checked=true]')`)
	p.keys(kb.Escape)
	p.until("the focus on the row", `document.activeElement.matches('#r-2 a')`)

	mei.Tell(2, "something new")
	p.sees("#b-2", "1")
	p.rightClick("#r-2 a")
	p.click("#menu .opt", "Mark read")
	p.until("no badge", `!document.querySelector('#b-2').textContent.trim()`)
	p.rightClick("#r-2 a")
	p.click("#menu .opt", "Leave room")
	p.loses("#lists .nm", "quay")
	p.click(".toast button", "Undo")
	p.sees("#lists .nm", "quay")
	p.at("/rooms/2")
	p.settings()
	p.at("/rooms/2/settings")
}

// rightClick presses the other button of the mouse.
func (p *tab) rightClick(selector string) {
	p.t.Helper()
	p.until(selector, found(selector, ""))
	xy := ask[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(`+found(selector, "")+`.getBoundingClientRect())`)
	p.loaded("over")
	p.steps(chromedp.MouseClickXY(xy[0], xy[1], chromedp.ButtonRight))
}

// Without a script the menu is a page of forms.
func TestWithoutAScriptTheMenuIsAPage(t *testing.T) {
	t.Parallel()
	_, _, p := crew(t)
	p.scripts(false)
	p.open("/rooms/1?latest=plain") // where a page goes on by itself that finds no script and something unread
	p.click(".bar [aria-haspopup=menu]", "")
	p.at("/rooms/1/menu")
	p.shot("menu-nojs")
	p.click("button", "For an hour")
	p.at("/rooms/1/settings?done=saved")
	p.open("/rooms/1/menu")
	p.sees("button", "Unmute until")
}

// Rooms with a star are ordered by keys and by dragging; the order is kept.
func TestRoomsWithAStarAreOrdered(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i, name := range []string{"alpha", "beta", "gamma"} {
		ada.Post("/rooms", "name", name, "kind", "open").Want(t, 303)
		ada.Post(fmt.Sprintf("/rooms/%d/star", i+2), "on", "1").Want(t, 303)
	}
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.loaded("over")
	order := func(want string) {
		t.Helper()
		p.until(want, `[...document.querySelectorAll('#starred .nm')].map(e => e.textContent).join() === `+quote(want))
	}
	stored := func(want string) {
		t.Helper()
		apptest.Within(t, want, func() bool {
			page := ada.Get("/people").Body
			at := 0
			for name := range strings.SplitSeq(want, ",") {
				i := strings.Index(page[at:], ">"+name+"<")
				if i < 0 {
					return false
				}
				at += i
			}
			return true
		})
	}
	ask[any](p, `document.querySelector('#r-4 a').focus(), 1`)
	p.keys(kb.ArrowUp, chromedp.ModifierAlt, chromedp.ModifierShift)
	order("alpha,gamma,beta")
	p.until("it is said", `document.getElementById('say').textContent === 'gamma, 2 of 3'`)
	stored("alpha,gamma,beta")
	p.until("the focus stays", `document.activeElement.closest('#r-4')`)
	ask[any](p, `(() => { const at = s => document.querySelector(s), d = new DataTransfer(),
		send = (el, type, y) => el.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: d, clientY: y }));
		send(at('#r-2 a'), 'dragstart', 0); const r = at('#r-3').getBoundingClientRect();
		send(at('#r-3 a'), 'dragover', r.bottom - 2); send(at('#r-3 a'), 'drop', r.bottom - 2); send(at('#r-2 a'), 'dragend', 0) })(), 1`)
	order("gamma,beta,alpha")
	stored("gamma,beta,alpha")
}

// Sections of the sidebar fold; what is unread in them, and the room that is open, stay.
func TestSectionsOfTheSidebarFold(t *testing.T) {
	t.Parallel()
	_, mei, p := crew(t)
	p.click(".fold", "Rooms")
	p.until("quay is folded away", `!document.querySelector('#r-2').checkVisibility() && document.querySelector('#r-1').checkVisibility()`)
	mei.Tell(2, "something new")
	p.until("what is unread shows", `document.querySelector('#r-2').checkVisibility()`)
	p.until("it says so", `document.querySelector('.fold[data-fold=rooms]').ariaExpanded === 'false'`)
	p.open("/rooms/1")
	p.until("it is remembered", `document.querySelector('.fold[data-fold=rooms]').ariaExpanded === 'false' &&
		!document.querySelector('#more-rooms').checkVisibility()`)
	p.live()
	p.click(".fold", "Rooms")
	p.until("all again", `document.querySelector('#more-rooms').checkVisibility()`)
}

// What a button does stands beside it by hover and by focus, can be pointed at, and goes by Escape.
func TestButtonsSayWhatTheyDo(t *testing.T) {
	t.Parallel()
	_, _, p := crew(t)
	p.loaded("over")
	p.hoverOver(".bar [aria-label='Search in this room']")
	p.sees(".tip", "Search in this room")
	p.hoverOver(".tip")
	p.drawn()
	p.sees(".tip", "Search in this room")
	p.keys(kb.Escape)
	p.until("no tip", `!document.querySelector('.tip')`)
	p.click("#box", "")
	p.keys(kb.Tab)
	p.until("the tip of the focus", `document.querySelector('.tip')?.textContent && document.activeElement.matches('#composer *')`)
	p.shot("tip")
	p.hover("Morning!")
	p.hoverOver("#tools [data-do=reply]")
	p.until("the key beside it", `document.querySelector('.tip kbd')?.textContent === 'R'`)
	p.hoverOver(".msg .ts")
	p.until("the day of a time", `/^Today, \d/.test(document.querySelector('.tip')?.textContent)`)
}

// hoverOver rests the mouse on something.
func (p *tab) hoverOver(selector string) {
	p.t.Helper()
	p.until(selector, found(selector, ""))
	xy := ask[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(`+found(selector, "")+`.getBoundingClientRect())`)
	p.steps(chromedp.MouseEvent(chromedp.MouseMoved, xy[0]-2, xy[1]), chromedp.MouseEvent(chromedp.MouseMoved, xy[0], xy[1]))
}

// A conversation of two has the face of the other, whether he is here, and the time there.
func TestAConversationHasTheFaceOfTheOther(t *testing.T) {
	t.Parallel()
	_, mei, p := crew(t)
	mei.Post("/dm", "to", "1", "body", "A word with you?").Want(t, 303)
	p.open("/rooms/3")
	p.live()
	p.sees(".bar .face", "Mei Tanaka")
	p.sees(".bar .face small", "in Tokyo")
	p.sees(".dmtop", "the very beginning of what you and Mei Tanaka wrote")
	p.until("no pile", `!document.querySelector('.bar .stack')`)
	p.shot("dm")
	p.click(".bar .face", "")
	p.sees("#card", "@mei · Design")
	p.open("/people/2")
	p.shot("profile")
}
