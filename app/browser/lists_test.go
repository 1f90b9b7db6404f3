package browser

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// press does one half of a click in the middle of an element.
func (p *tab) press(half input.DispatchMouseEventType, selector string) {
	p.t.Helper()
	at := ask[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector(`+
		quote(selector)+`).getBoundingClientRect())`)
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: half, X: at[0], Y: at[1],
			Button: input.MouseButtonLeft, ClickCount: 1})
		return err
	})
}

// Lists are drawn anew while somebody clicks into them: the click counts, the room
// that is open stays marked, and the focus stays where it is.
func TestListsThatAreDrawnAnewTakeNoClickAway(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "tides", "kind", "open").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.press(input.DispatchMouseEventTypeMousePressed, `#r-2 a`)
	ada.Post("/rooms", "name", "zebra", "kind", "open").Want(t, 303) // below, so that nothing moves
	p.sees("#rooms .nm", "zebra")
	p.until("the room that is open is marked", `document.querySelector('#r-1 a').getAttribute('aria-current') === 'page'`)
	p.until("focus where the mouse is down", `document.activeElement === document.querySelector('#r-2 a')`)
	p.press(input.DispatchMouseEventTypeMouseReleased, `#r-2 a`)
	p.at("/rooms/2")
	p.until("the mark goes along", `document.querySelector('#r-2 a').getAttribute('aria-current') === 'page' &&
		!document.querySelector('#r-1 a').hasAttribute('aria-current')`)
	p.click("#rooms a", "zebra") // a row that came later does what the others do
	p.at("/rooms/3")
	if p.opened() != 1 {
		t.Error("a row that came later loads the page anew")
	}
}

// A room's header is drawn anew under the reader's focus and keeps it.
func TestAHeaderThatIsDrawnAnewKeepsTheFocus(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.steps(chromedp.Evaluate[chromedp.Void](`document.querySelector(".stack").focus()`))
	ada.Post("/rooms/1/settings", "name", "general", "topic", "Tides and charts").Want(t, 303)
	p.sees(".topic", "Tides and charts")
	s.Signup("mei")
	p.sees(".stack", "2")
	p.until("focus where it was", `document.activeElement === document.querySelector('.stack')`)
}

// A row is drawn anew under a mouse that is down on a reaction: the click counts.
func TestARowThatIsDrawnAnewTakesNoClickAway(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	seq := ada.Send(1, "cake", "There is cake")
	ada.Post("/messages/"+seq+"/reactions", "e", "🎂").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.enter(s.Signup("jonas"))
	p.open("/rooms/1")
	p.live()
	p.hover("There is cake")
	p.press(input.DispatchMouseEventTypeMousePressed, `.rc[value="🎂"]`)
	mei.Post("/messages/"+seq+"/reactions", "e", "🎂").Want(t, 303)
	p.until("two reactions", `document.querySelector('.rc[value="🎂"]').dataset.by.trim().split(' ').length === 2`)
	p.press(input.DispatchMouseEventTypeMouseReleased, `.rc[value="🎂"]`)
	p.until("three reactions", `document.querySelector('.rc[value="🎂"]').dataset.by.trim().split(' ').length === 3`)
}
