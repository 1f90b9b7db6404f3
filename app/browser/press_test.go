package browser

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// The menu that a finger opened stays when the finger lets go, and can be used.
func TestTheMenuOfALongPressOutlivesTheFinger(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "quay").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.size(390, 844)
	p.fingers()
	p.enter(ada)
	p.open("/")
	p.live()
	hold := func() {
		t.Helper()
		at := ask[[]float64](p, `(r => [r.x + 60, r.y + r.height / 2])(document.querySelector('#r-2 a').getBoundingClientRect())`)
		p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at[0], Y: at[1]})
		p.sees("#menu .opt", "Star")
		p.touch(input.DispatchTouchEventTypeTouchEnd)
		ask[any](p, `new Promise(ok => setTimeout(ok, 300)).then(() => 1)`) // what a release does, it has done
		p.sees("#menu .opt", "Star")
		p.at("/")
		p.until("a sheet at the bottom", `Math.abs(document.querySelector('#menu').getBoundingClientRect().bottom - innerHeight) < 2`)
		p.until("the focus in the menu", `document.activeElement.closest('#menu')`)
	}
	tap := func(selector, text string) {
		t.Helper()
		p.sees(selector, text)
		at := ask[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(`+found(selector, text)+`.getBoundingClientRect())`)
		p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at[0], Y: at[1]})
		p.touch(input.DispatchTouchEventTypeTouchEnd)
	}
	hold()
	p.shot("press")
	tap("#menu .opt", "Mute")
	tap("#menu .opt", "For an hour")
	p.sees(".toast", "quay is muted until")
	p.at("/")

	hold()
	p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: 195, Y: 20})
	p.touch(input.DispatchTouchEventTypeTouchEnd)
	p.loses("#menu", "")
	p.at("/")

	hold()
	p.keys(kb.Escape)
	p.loses("#menu", "")
	p.until("the focus on the row", `document.activeElement.matches('#r-2 a')`)
}
