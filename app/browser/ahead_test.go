package browser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// gate is a way to a server on which some requests wait until the test lets them go,
// or are cut.
type gate struct {
	url  string
	held atomic.Int32                                  // requests that wait
	hold atomic.Pointer[func(*http.Request) chan bool] // the channel answers whether it may pass
}

func gated(t *testing.T, s *apptest.Server) *gate {
	there, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	g, proxy := &gate{}, httputil.NewSingleHostReverseProxy(there)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hold := g.hold.Load(); hold != nil {
			if c := (*hold)(r); c != nil {
				if !g.passes(c, r) {
					return
				}
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	front.Config.ErrorLog = nil
	t.Cleanup(func() { go front.Close() })
	g.url = front.URL
	return g
}

// passes waits until a request may go on; one that is cut goes nowhere.
func (g *gate) passes(c chan bool, r *http.Request) bool {
	g.held.Add(1)
	defer g.held.Add(-1)
	select {
	case pass := <-c:
		if !pass {
			panic(http.ErrAbortHandler)
		}
		return true
	case <-r.Context().Done():
		return false
	}
}

// waits returns when a request waits.
func (g *gate) waits(t testing.TB) {
	t.Helper()
	apptest.Within(t, "a request waits", func() bool { return g.held.Load() > 0 })
}

// stop makes requests of pages whose address contains some words wait; each value
// sent lets one go, or cuts it, and closing lets all go.
func (g *gate) stop(words string) chan bool {
	c := make(chan bool)
	hold := func(r *http.Request) chan bool {
		if strings.Contains(r.URL.Path, words) && r.Header.Get("Upgrade") == "" {
			return c
		}
		return nil
	}
	g.hold.Store(&hold)
	return c
}

// cut breaks whatever waits, because a browser tries again, until it is told to stop.
func (g *gate) cut(c chan bool) (stop func()) {
	done := make(chan bool)
	go func() {
		for {
			select {
			case c <- false:
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}

func (g *gate) let(c chan bool) {
	g.hold.Store(nil)
	for {
		select {
		case c <- true:
		case <-time.After(200 * time.Millisecond): // nobody waits any more
			return
		}
	}
}

// twoRooms is ada's page of the room general, with a room quay beside it, behind a gate.
func twoRooms(t *testing.T) (*gate, *tab) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	g := gated(t, s)
	p := openChromium(t).person("ada", g.url)
	p.expect(broken...)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#box", "")
	return g, p
}

// However a room is chosen, what is typed from then on is for it.
func TestWhatIsTypedAfterChoosingARoomGoesThere(t *testing.T) {
	t.Parallel()
	ways := []struct {
		name   string
		choose func(p *tab)
	}{
		{"the switcher", func(p *tab) { p.keys("k", chromedp.ModifierCtrl); p.keys("quay" + kb.Enter) }},
		{"a click", func(p *tab) { p.click("#lists a", "quay") }},
		{"keys", func(p *tab) { p.keys(kb.ArrowDown, chromedp.ModifierAlt) }},
		{"back", func(p *tab) {
			ask[any](p, `history.back(), 1`)
			p.until("the other address", `location.pathname === '/rooms/2'`)
		}},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			g, p := twoRooms(t)
			if way.name == "back" {
				p.click("#lists a", "quay")
				p.at("/rooms/2")
				p.until("the room", `stage.dataset.room === '2'`)
				p.click("#lists a", "general")
				p.until("the room", `stage.dataset.room === '1' && document.activeElement.id === 'box'`)
			}
			p.loaded("jump")
			c := g.stop("/rooms/2")
			way.choose(p)
			if way.name == "back" {
				p.until("it is asked for", `!document.activeElement || document.activeElement.id !== 'box'`)
			}
			p.keys("ok" + kb.Enter + "and more")
			p.until("nothing is in the room that was left", `document.getElementById('stage').dataset.room === '1' &&
				!box.value && !document.querySelector('.pend')`)
			g.let(c)
			p.until("the room", `document.getElementById('stage').dataset.room === '2'`)
			p.once("ok")
			p.until("the rest is in its box", `box.value === 'and more'`)
			p.never("#tl-1", "")
		})
	}
}

// A room that does not come gets what was typed as a draft; the old one gets nothing.
func TestWhatIsTypedForARoomThatDoesNotComeWaitsThere(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/rooms/2")
	p.click("#lists a", "quay")
	p.keys("half a word")
	stop := g.cut(c)
	p.until("the failure is said", `document.querySelector('.toast')`)
	p.keys(" and more" + kb.Enter + "of it") // by somebody who does not look up
	p.sees(".toast", "wait as a draft in the room that you chose")
	p.until("the old box is empty", `document.getElementById('stage').dataset.room === '1' && !box.value`)
	stop()
	g.let(c)
	p.click("#lists a", "quay")
	p.until("the draft", `document.getElementById('stage').dataset.room === '2' && box.value === 'half a word and more\nof it'`)
}

// Two rooms chosen one after the other: each gets what was typed for it.
func TestTheLastOfTwoChosenRoomsGetsOnlyWhatWasTypedForIt(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/rooms/2")
	p.click("#lists a", "quay")
	p.keys("for quay")
	p.click("#side a", "People")
	p.until("the other page", `location.pathname === '/people'`)
	g.let(c)
	p.click("#lists a", "quay")
	p.until("the draft", `document.getElementById('stage').dataset.room === '2' && box.value === 'for quay'`)
}

// The switcher owns the keyboard from the key that opens it, however late it comes.
func TestKeysAfterTheSwitchersAreItsOwn(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("quax" + kb.Backspace + "y" + kb.Enter + "ok" + kb.Enter)
	p.until("nothing in the box", `!box.value && document.activeElement.id !== 'box'`)
	g.let(c)
	p.until("the room", `document.getElementById('stage').dataset.room === '2'`)
	p.once("ok")
	p.until("an empty box", `!box.value`)
}

func TestKeysOfThePickerAndOfAnEditAreTheirOwn(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/emoji")
	p.click("#smile", "")
	p.keys("tada" + kb.Enter)
	p.until("nothing in the box", `!box.value`)
	g.let(c)
	p.until("the emoji", `box.value === '🎉'`)
	p.fill("#box", "first")
	p.keys(kb.Enter)
	p.once("first")
	c = g.stop("/edit")
	p.keys(kb.ArrowUp)
	p.until("it is asked for", `document.activeElement.id !== 'box'`)
	p.keys(" and second" + kb.Enter)
	p.until("nothing in the box", `!box.value`)
	g.let(c)
	p.sees("#tl-1 .body", "first and second")
}

// A switcher that is late takes every kind of key: arrows, an input method, a paste;
// one that does not come leaves the box alone.
func TestALateSwitcherTakesEveryKindOfKey(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.until("the keys wait", `document.activeElement.id !== 'box'`)
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "qu", SelectionStart: 2, SelectionEnd: 2})
		return err
	})
	g.let(c)
	p.never("#jump", "")
	p.write("qu")
	p.write("ay")
	p.until("what was composed", `document.querySelector('#jump input')?.value === 'quay'`)
	p.keys(kb.Escape)
	p.until("the box has the focus again and nothing in it", `document.activeElement.id === 'box' && !box.value`)
	p.keys("words")
	p.until("and takes keys", `box.value === 'words'`)
}

// A tablet may have a keyboard: who opened it by a key types on one.
func TestALateSwitcherTakesTheKeysOfATablet(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	p.fingers()
	p.until("a screen for fingers", `matchMedia('(pointer:coarse)').matches`)
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("quay" + kb.Enter)
	p.until("the keys wait", `document.activeElement.id !== 'box' && !box.value`)
	g.let(c)
	p.at("/rooms/2")
	p.until("the room", `stage.dataset.room === '2' && !box.value`)
}

// Who touches the screen after typing has no use for a keyboard that comes up by itself.
func TestAPickerThatAFingerOpensLeavesTheKeyboardAway(t *testing.T) {
	t.Parallel()
	_, p := twoRooms(t)
	p.fingers()
	p.until("a screen for fingers", `matchMedia('(pointer:coarse)').matches`)
	p.keys("words")
	p.click("#smile", "")
	p.until("the picker without a field for keys", `document.activeElement.id === 'emoji' && !document.querySelector('.ahead')`)
}

// What is typed for what did not come is held in sight until somebody goes back.
const isHeld = `document.activeElement.matches('.ahead:not(.vh)') && !box.value && !document.querySelector('.pend')`

func TestASwitcherThatDoesNotComeLeavesTheBoxAlone(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	c := g.stop("/jump.js")
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("quay" + kb.ArrowDown + kb.Enter)
	stop := g.cut(c)
	p.sees(".toast", "That did not load.")
	stop()
	p.keys(" later" + kb.Enter) // by somebody who does not look up
	p.until("it is held", isHeld+` && document.activeElement.value === 'quay later'`)
	p.keys(kb.Escape)
	p.until("the box as it was", `document.activeElement.id === 'box' && !box.value && !document.querySelector('.pend')`)
	p.keys("k", chromedp.ModifierCtrl)
	p.until("it is asked for again", `document.activeElement.matches('.ahead')`)
	g.let(c)
	p.keys(kb.ArrowDown + kb.Enter)
	p.until("the second of the list", `!document.getElementById('jump').open`)
}

// So is what is typed for a form that did not come: it is no message.
func TestAnEditThatDoesNotComeLeavesTheBoxAlone(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	p.fill("#box", "first")
	p.keys(kb.Enter)
	p.once("first")
	c := g.stop("/edit")
	p.keys(kb.ArrowUp)
	stop := g.cut(c)
	p.sees(".toast", "That did not arrive.")
	stop()
	p.keys(" and second" + kb.Enter)
	p.until("it is held", isHeld)
	p.click("#box", "")
	p.sees(".toast", "Not sent: “and second”")
	g.let(c)
	p.keys("words" + kb.Enter)
	p.once("words")
}

// A room that fails at once takes no word less than one that fails later, and the room
// that was left takes none before somebody goes back to it.
func TestARoomThatFailsAtOnceLeavesTheOldBoxAlone(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	p.loaded("jump")
	c := g.stop("/rooms/2")
	stop := g.cut(c)
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("quay" + kb.Enter)
	p.sees(".toast", "That did not load.")
	p.until("it waits for words", isHeld)
	p.keys("for quay" + kb.Enter + "alone")
	p.sees(".toast", "wait as a draft in the room that you chose")
	p.keys("and this")
	p.until("it is held, too", isHeld)
	p.click("#box", "")
	p.keys("for general" + kb.Enter)
	p.once("for general")
	stop()
	g.let(c)
	p.click("#lists a", "quay")
	p.until("the draft", `stage.dataset.room === '2' && box.value === 'for quay\nalone\nand this'`)
	p.never("#tl-2 .msg", "")
}

// Whoever goes back into the old box while the new room is on its way writes into
// the new one.
func TestTheOldBoxIsClosedWhileARoomIsOnItsWay(t *testing.T) {
	t.Parallel()
	g, p := twoRooms(t)
	p.write("a draft of general")
	c := g.stop("/rooms/2")
	p.click("#lists a", "quay")
	p.click("#box", "")
	p.write("for quay")
	p.keys(kb.Enter)
	p.until("the old box as it was", `box.value === 'a draft of general' && stage.dataset.room === '1'`)
	g.let(c)
	p.until("the room", `stage.dataset.room === '2'`)
	p.once("for quay")
	p.click("#lists a", "general")
	p.until("the draft", `stage.dataset.room === '1' && box.value === 'a draft of general'`)
	c = g.stop("/rooms/2")
	p.keys(kb.ArrowDown, chromedp.ModifierAlt)
	p.keys("one" + kb.Enter + "two")
	g.let(c)
	p.until("the room", `stage.dataset.room === '2'`)
	p.once("one")
	p.until("the rest", `box.value === 'two'`)
}

// Who presses ArrowUp right after Enter means what was sent just now, and not what was said
// before it.
func TestArrowUpRightAfterEnterEditsWhatWasSent(t *testing.T) {
	t.Parallel()
	_, p := twoRooms(t)
	p.fill("#box", "older")
	p.keys(kb.Enter)
	p.once("older")
	ask[any](p, `(send => WebSocket.prototype.send = function (text) {
		text.includes('"post"') ? (window.goOn = () => send.call(this, text)) : send.call(this, text);
	})(WebSocket.prototype.send), 1`)
	p.fill("#box", "newest")
	p.keys(kb.Enter)
	p.until("it is on its way", `window.goOn && document.querySelector('.out .pend')`)
	p.keys(kb.ArrowUp + " of all")
	p.until("the keys wait", `document.activeElement.matches('.ahead') && !document.querySelector('form.edit')`)
	ask[any](p, `goOn(), 1`)
	p.until("it is edited", `document.activeElement.closest('form.edit') && document.activeElement.value === 'newest of all'`)
	p.keys(kb.Enter)
	p.sees("#tl-1 .body", "newest of all")
	p.sees("#tl-1 .body", "older")
}
