package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// threeRooms is ada's page of the room general, with the rooms quay and yard beside
// it, behind a gate. With the switcher there, or not.
func threeRooms(t *testing.T, switcher bool) (*apptest.Browser, *gate, *tab) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for _, name := range []string{"quay", "yard"} {
		ada.Post("/rooms", "name", name, "kind", "open").Want(t, 303)
	}
	g := gated(t, s)
	p := openChromium(t).person("ada", g.url)
	p.expect(broken...)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#box", "")
	if switcher {
		p.loaded("jump")
		p.keys("k", chromedp.ModifierCtrl)
		p.sees("#jump .opt", "quay")
		p.keys(kb.Escape)
		p.until("the box", `document.activeElement.id === 'box'`)
	}
	return ada, g, p
}

func switchTo(name string) func(*tab) {
	return func(p *tab) {
		p.keys("k", chromedp.ModifierCtrl)
		p.keys(name + kb.Enter)
	}
}

func clickOn(name string) func(*tab) { return func(p *tab) { p.click("#lists a", name) } }

// unsaid fails when one of some rooms has a text.
func unsaid(t *testing.T, b *apptest.Browser, text string, rooms ...string) {
	t.Helper()
	for _, room := range rooms {
		if strings.Contains(b.Get("/rooms/"+room).Body, text) {
			t.Errorf("%q is in the room %s", text, room)
		}
	}
}

// Whatever is chosen one after the other, and however: what is typed last is for what
// was chosen last.
func TestWhatIsTypedIsForTheRoomThatWasChosenLast(t *testing.T) {
	t.Parallel()
	down := func(p *tab) { p.keys(kb.ArrowDown, chromedp.ModifierAlt) }
	back := func(p *tab) {
		ask[any](p, `history.back(), 1`)
		p.until("the other address", `location.pathname === '/rooms/2'`)
		p.until("it is asked for", `document.querySelector('#side [aria-current]').textContent.includes('quay')`)
	}
	ways := []struct {
		name   string
		choose []func(*tab)
	}{
		{"two switches", []func(*tab){switchTo("quay"), switchTo("yard")}},
		{"three switches", []func(*tab){switchTo("yard"), switchTo("quay"), switchTo("yard")}},
		{"a click and a switch", []func(*tab){clickOn("quay"), switchTo("yard")}},
		{"a switch and a click", []func(*tab){switchTo("quay"), clickOn("yard")}},
		{"keys and a switch", []func(*tab){down, switchTo("yard")}},
		{"back and a switch", []func(*tab){back, switchTo("yard")}},
		{"back and a click", []func(*tab){back, clickOn("yard")}},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			ada, g, p := threeRooms(t, true)
			if strings.HasPrefix(way.name, "back") {
				p.click("#lists a", "quay")
				p.until("the room", `stage.dataset.room === '2'`)
				p.click("#lists a", "general")
				p.until("the room", `stage.dataset.room === '1' && document.activeElement.id === 'box'`)
			}
			c := g.stop("/rooms/")
			for _, choose := range way.choose {
				choose(p)
			}
			p.keys("for the yard" + kb.Enter + "and more")
			p.until("nothing is in the room that was left", `stage.dataset.room === '1' && !box.value && !document.querySelector('.pend')`)
			g.let(c)
			p.until("the room", `stage.dataset.room === '3'`)
			p.once("for the yard")
			p.until("the rest is in its box", `box.value === 'and more' && document.activeElement.id === 'box'`)
			unsaid(t, ada, "for the yard", "1", "2")
		})
	}
}

// The answer of an older choice comes after that of a newer one, or just before it.
func TestTheRoomThatWasChosenFirstComesTooLate(t *testing.T) {
	t.Parallel()
	_, g, p := threeRooms(t, true)
	p.click("#lists a", "quay")
	p.until("the room", `stage.dataset.room === '2'`)
	p.click("#lists a", "general")
	p.until("the room", `stage.dataset.room === '1' && document.activeElement.id === 'box'`)
	c := g.stop("/rooms/2")
	ask[any](p, `history.back(), 1`) // htmx does not abort this request for another one
	p.until("the other address", `location.pathname === '/rooms/2'`)
	p.until("it is asked for", `document.querySelector('#side [aria-current]').textContent.includes('quay')`)
	p.click("#lists a", "yard")
	p.until("the room", `stage.dataset.room === '3'`)
	ask[any](p, `window.swaps = 0, document.addEventListener('htmx:finally:request', () => swaps++), 1`)
	g.let(c)
	p.until("the late answer", `swaps > 0`)
	p.until("it is not shown", `stage.dataset.room === '3' && location.pathname === '/rooms/3'`)
}

// While nothing of the switcher is to be seen, its key begins anew and closes nothing.
func TestTheSwitchersKeyAgainBeforeItIsThere(t *testing.T) {
	t.Parallel()
	again := func(p *tab) { p.keys("k", chromedp.ModifierCtrl) }
	ways := []struct {
		name string
		do   func(*tab)
		told string
	}{
		{"at once", func(p *tab) { again(p); switchTo("yard")(p) }, ""},
		{"after letters", func(p *tab) { again(p); p.keys("qua"); switchTo("yard")(p) }, ""},
		{"after letters, which stay", func(p *tab) { again(p); p.keys("yar" + kb.ArrowDown); again(p); p.keys(kb.Enter) }, ""},
		{"after a choice", func(p *tab) { switchTo("quay")(p); switchTo("yard")(p) }, ""},
		{"after words for a choice", func(p *tab) { switchTo("quay")(p); p.keys("for the quay" + kb.Enter); switchTo("yard")(p) },
			"Not sent: “for the quay”"},
		{"held down", func(p *tab) { again(p); p.repeated("k", chromedp.ModifierCtrl); p.keys("yard" + kb.Enter) }, ""},
		{"after another key", func(p *tab) { p.keys(kb.ArrowDown, chromedp.ModifierAlt); p.keys("for the quay"); switchTo("yard")(p) },
			"Not sent: “for the quay”"},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			ada, g, p := threeRooms(t, false)
			c := g.stop(".js")
			way.do(p)
			p.keys("for the yard" + kb.Enter)
			if way.told != "" {
				p.sees(".toast", way.told)
			}
			p.until("nothing is in the room that was left", `stage.dataset.room === '1' && !box.value && !document.querySelector('.pend')`)
			g.let(c)
			p.until("the room", `stage.dataset.room === '3'`)
			p.once("for the yard")
			p.until("an empty box", `!box.value`)
			unsaid(t, ada, "for the", "1", "2")
		})
	}
}

// Each press of the keys that go to the next room counts, before their module is there too.
func TestTwoStepsToTheRoomAfterTheNext(t *testing.T) {
	t.Parallel()
	_, g, p := threeRooms(t, false)
	c := g.stop("/movement.js")
	p.keys(kb.ArrowDown+kb.ArrowDown, chromedp.ModifierAlt)
	p.keys("two on" + kb.Enter)
	p.until("nothing in the box", `!box.value && !document.querySelector('.pend')`)
	g.let(c)
	p.until("the room", `stage.dataset.room === '3'`)
	p.once("two on")
}

// From the last room one comes to the first, and not to the pages that are listed after them.
func TestStepsLeadFromRoomToRoomAndNowhereElse(t *testing.T) {
	t.Parallel()
	_, p := twoRooms(t)
	for _, to := range []string{"2", "1"} {
		p.keys(kb.ArrowDown, chromedp.ModifierAlt)
		p.until("the other room", `document.getElementById('stage').dataset.room === `+quote(to))
		p.until("it is the open one", `document.querySelector('#lists [aria-current]')?.getAttribute('href') === `+quote("/rooms/"+to))
	}
	p.keys(kb.ArrowUp, chromedp.ModifierAlt)
	p.until("the last room", `document.getElementById('stage').dataset.room === '2'`)
}

// With the switcher open its key selects what was typed, and does nothing while it is held.
func TestTheSwitchersKeyInTheOpenSwitcher(t *testing.T) {
	t.Parallel()
	_, _, p := threeRooms(t, true)
	p.keys("k", chromedp.ModifierCtrl)
	p.repeated("k", chromedp.ModifierCtrl)
	p.keys("qua")
	p.repeated("k", chromedp.ModifierCtrl)
	p.keys("y")
	p.until("the letters", `document.querySelector('#jump[open] input').value === 'quay'`)
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("yard" + kb.Enter)
	p.until("the room", `stage.dataset.room === '3' && document.activeElement.id === 'box' && !box.value`)
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("x" + kb.Escape + "words")
	p.until("the words in the box", `!document.querySelector('#jump').open && box.value === 'words'`)
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("x")
	p.steps(chromedp.MouseClickXY(5, 5))
	p.keys(" and more")
	p.until("more words", `box.value === 'words and more'`)
}

// The switcher opened and closed while a room is on its way: no letter is lost.
func TestASwitcherThatIsLeftGivesTheKeysBack(t *testing.T) {
	t.Parallel()
	leave := map[string]func(*tab){
		"Escape":  func(p *tab) { p.keys(kb.Escape) },
		"a click": func(p *tab) { p.steps(chromedp.MouseClickXY(5, 5)) },
	}
	for name, leave := range leave {
		t.Run(name, func(t *testing.T) {
			_, g, p := threeRooms(t, true)
			c := g.stop("/rooms/2")
			switchTo("quay")(p)
			p.keys("ab")
			p.keys("k", chromedp.ModifierCtrl)
			p.keys("re")
			leave(p)
			p.keys("cdef")
			p.until("nothing in the old box", `!box.value && stage.dataset.room === '1'`)
			g.let(c)
			p.until("all of it in the chosen room", `stage.dataset.room === '2' && box.value === 'abcdef' && document.activeElement.id === 'box'`)
		})
	}
}
