package browser

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

func TestTheSwitcherFindsRoomsAndPeopleAndNeedsNoConnectionForOnesOwn(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("beatrice")
	cid := s.Signup("cid")
	ada.Post("/rooms", "name", "design reviews", "kind", "open").Want(t, http.StatusSeeOther)
	cid.Post("/rooms", "name", "detours", "kind", "open").Want(t, http.StatusSeeOther)
	cid.Post("/rooms", "name", "desert", "kind", "private").Want(t, http.StatusSeeOther)
	p := openChromium(t).person("ada", s.Base)
	p.expect("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "WebSocket", "htmx:ws:error")
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#side .find", "Jump")
	p.sees("#jump .opt[aria-selected=true]", "design reviews")
	p.keys("de")
	p.sees("#jump .opt:nth-child(2)", "detours")
	p.never("#jump", "desert")
	p.fill("#jump input", "beat")
	p.sees("#jump .opt[aria-selected=true]", "beatrice")
	p.keys(kb.Enter)
	p.at("/dm/new?to=2")
	p.offline(true)
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("rev")
	p.sees("#jump .opt[aria-selected=true] b", "rev")
	p.keys(kb.Escape)
	p.until("the switcher closed", `!document.querySelector('#jump').open`)
	p.offline(false)
}

// Whoever is chosen before the server has found him gets what is typed from then on.
func TestWhoIsChosenBeforeHeIsFoundGetsWhatIsTyped(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	p.loaded("jump")
	hold := func() chan bool {
		c := g.stop("/jump")
		p.keys("k", chromedp.ModifierCtrl)
		p.keys("nobo" + kb.Enter + "words")
		p.until("the words wait", `document.activeElement.matches('.ahead') && !box.value`)
		return c
	}
	c := hold()
	g.let(c)
	p.at("/search?q=nobo")
	p.until("nothing else got them", `document.getElementById('q').value.includes('words')`)
	p.click("#lists a", "general")
	p.until("the room", `stage.dataset.room === '1' && !box.value`)
	c = hold()
	switchTo("quay")(p)
	p.keys("for the quay" + kb.Enter)
	p.sees(".toast", "Not sent: “words”")
	g.let(c)
	p.until("the room", `stage.dataset.room === '2' && location.pathname === '/rooms/2'`)
	p.once("for the quay")
	p.click("#lists a", "general")
	p.until("the room", `stage.dataset.room === '1' && !box.value`)
	c = hold()
	p.keys(kb.Escape + "in the box")
	g.let(c)
	p.until("the room as it was", `stage.dataset.room === '1' && box.value === 'in the box'`)
}

// On a phone the switcher is a page: however one comes to it, its field is ready.
func TestOnAPhoneTheSwitcherIsAPageThatIsReady(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	p := c.member(s, "ada", "/")
	p.size(390, 844)
	p.fingers()
	p.open("/")
	p.live()
	p.click(".find", "")
	p.at("/jump")
	p.until("the focus in the field", `document.activeElement.id === 'q'`)
	p.write("gen")
	p.sees(".rows a", "general")
	p.keys(kb.Enter)
	p.until("what was looked for", `location.search === '?q=gen'`)
	p.sees(".rows a", "general")
	ask[any](p, `history.back(), 1`)
	p.at("/jump")
	ask[any](p, `history.back(), 1`)
	p.at("/")
	p.sees("#lists a", "general")
}

// Who is in more rooms than the sidebar lists finds the others by their names, and the
// way to all of them.
func TestTheSwitcherFindsRoomsThatAreNotListed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "quay", "kind", "private").Want(t, 303)
	s.ManyRooms("ada", 220)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.never("#lists a", "quay")
	p.keys("k", chromedp.ModifierCtrl)
	p.until("the switcher", `document.querySelector('#jump')?.open`)
	p.keys("qua")
	p.sees("#jump .opt", "quay")
	p.keys(kb.Enter)
	p.at("/rooms/2")
	p.live()
	p.sees("h1", "quay")
	p.click("#lists a", "All 222 rooms")
	p.at("/rooms")
	p.shot("all-rooms-1280")
	p.sees("#main .btn", "More")
	p.fill("#q", "quay")
	p.keys(kb.Enter)
	p.sees("#main .line", "quay")
	p.size(390, 844)
	p.shot("all-rooms-390")
}
