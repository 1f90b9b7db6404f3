package browser

import (
	"fmt"
	"testing"

	"parley/app/apptest"
)

// A room is opened where one stopped reading, and what was not seen stays unread.
func TestARoomOpensAtTheFirstUnreadMessage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	p := openChromium(t).person("bea", s.Base)
	p.enter(bea)
	p.open("/rooms/1")
	p.live()
	const enter = `document.querySelector('#rooms a[href="/rooms/1"]').click(), 1` // a mouse could meet the lists while they are drawn anew
	for _, n := range []int{40, 130} {
		ada.Tell(1, fmt.Sprint("the last that was read before ", n))
		p.once(fmt.Sprint("the last that was read before ", n))
		apptest.Within(t, "it is read", func() bool {
			r, m, err := s.Stored().RoomFor(t.Context(), 1, 2)
			return err == nil && m.Unread(r) == 0
		})
		p.open("/people")
		p.live()
		for i := 1; i <= n; i++ {
			ada.Send(1, "", fmt.Sprintf("message %d of %d", i, n))
		}
		p.sees("#b-1", fmt.Sprint(min(n, 99)))
		for _, way := range []func(){func() { ask[any](p, enter) }, func() { p.open("/rooms/1") }} {
			way()
			// Where one reads is in the address soon, too.
			p.until("the room", `location.pathname === '/rooms/1' && document.readyState === 'complete'`)
			p.until("the line and the first unread message in sight",
				`(line => { const at = e => e.getBoundingClientRect(), box = at(document.getElementById('stream'));
				return line && line.nextElementSibling.textContent.includes('message 1 of `+fmt.Sprint(n)+
					`') && at(line).top >= box.top && at(line.nextElementSibling).bottom <= box.bottom })(document.querySelector('.unread'))`)
			p.sees("#latest", "Latest")
			p.open("/people")
			p.live() // its lists are drawn anew once
		}
		ask[any](p, enter)
		p.at("/rooms/1")
		p.click("#latest", "Latest")
		p.sees(".msg", fmt.Sprintf("message %d of %d", n, n))
		p.until("the newest at the bottom", `Math.abs(document.getElementById('stream').scrollTop) < 2`)
	}
}
