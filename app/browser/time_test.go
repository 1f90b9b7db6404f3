package browser

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"parley/app/apptest"
)

// What the server writes is what the script shows: no time and no day changes when a page
// has loaded.
func TestNoTimeChangesWhenAPageHasLoaded(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	id := ada.Send(1, "", "What time is it, @bea?")
	hook, _ := newHook(ada, 1, "CI")
	sends(s, hook, fmt.Sprintf(pipelineFailed, "late"))
	p := openChromium(t).person("bea", s.Base)
	p.enter(bea)
	p.open("/people") // the zone is known from here on
	p.live()
	for _, clock := range []string{"", "12", "24"} {
		bea.Post("/me/appearance", "clock", clock, "zone", "Asia/Kolkata").Want(t, 303)
		for _, path := range []string{"/", "/rooms/1", "/mentions", "/search?q=time", "/messages/" + id, "/me/sessions"} {
			p.open(path)
			p.live()
			if got := ask[string](p, `fetch(location.href, { headers: { Accept: 'text/html' } }).then(r => r.text()).then(html => {
				const sent = [...html.slice(html.indexOf('<main')).matchAll(/<time[^>]*>([^<]*)<\/time>/g)].map(m => m[1]).join(),
					shown = [...document.querySelectorAll('main time')].map(t => t.textContent).join();
				return sent === shown && shown ? '' : sent + ' became ' + shown })`); got != "" {
				t.Errorf("%s with %q chosen: %s", path, clock, got)
			}
		}
	}

	p.open("/rooms/1")
	p.live()
	p.sees(".att-foot", "Saturday, November 29, 2025, 08:30") // 03:00 in UTC
	p.hover("What time is it")
	sends(s, hook, fmt.Sprintf(pipelineFailed, "later"))
	p.sees(".att .body", "later")
	p.until("the time of what is said now, as in the page", `
		[...document.querySelectorAll('.att-foot time')].map(t => t.textContent).join() ===
		'Saturday, November 29, 2025, 08:30,Saturday, November 29, 2025, 08:30'`)
	p.shot("att-time")
}

// lentAs is what parley.js calls something that it lends to other modules, see shorten in
// static/generate.
func lentAs(name string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	h := sha256.Sum256([]byte(name))
	return string([]byte{letters[h[0]%52], letters[h[1]%52], letters[h[2]%52]})
}

// The script names days as the server does, in both orders.
func TestDaysHaveTheSameNameEverywhere(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).member(s, "ada", "/rooms/1")
	p.live()
	for _, c := range []struct{ md, day, today, name string }{
		{"", "2026-11-28", "2026-11-28", "Today"}, {"", "2026-11-27", "2026-11-28", "Yesterday"}, {"", "2026-02-28", "2026-03-02",
			"Saturday, 28 February"},
		{"", "2025-12-31", "2026-03-02", "Wednesday, 31 December 2025"}, {"md", "2026-02-28", "2026-03-02", "Saturday, February 28"},
		{"md", "2025-12-31", "2026-03-02", "Wednesday, December 31, 2025"},
	} {
		got := ask[string](p, fmt.Sprintf(`(document.documentElement.toggleAttribute('data-md', %t), import('/static/' +
			document.documentElement.dataset.build + '/parley.js').then(m => m[%q](%q, %q)))`, c.md != "", lentAs("dayName"), c.day, c.today))
		if got != c.name {
			t.Errorf("%s, seen on %s: %q", c.day, c.today, got)
		}
		at, err := time.Parse(time.DateOnly, c.day)
		if err != nil || at.Weekday().String() == "" {
			t.Fatal(err)
		}
	}
}

// A day that begins with the first unread message says both in one line.
func TestADayAndTheNewLineShareALine(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/dm", "to", "2", "body", "a first message").Want(t, 303)
	p := openChromium(t).person("bea", s.Base)
	p.enter(bea)
	p.open("/rooms/2")
	p.until("both in one line", `(() => {
		const at = s => { const r = document.querySelector(s).getBoundingClientRect(); return (r.top + r.bottom) / 2 };
		return document.querySelector('.day + .unread') && Math.abs(at('.day h2') - at('.unread span')) < 3 })()`)
	p.shot("day-new")
}

// Where everything unread fits, a room is opened at its end, else with the New line near the top.
func TestUnreadMessagesThatFitAreShownFromTheEnd(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	for i := range 60 {
		ada.Tell(1, fmt.Sprint("read ", i))
	}
	p := openChromium(t).person("bea", s.Base)
	p.enter(bea)
	p.open("/rooms/1?latest")
	p.live()
	p.until("all read", `!document.querySelector('#b-1').textContent.trim()`)
	for _, n := range []int{5, 60} {
		p.open("/people")
		p.live()
		for i := range n {
			ada.Tell(1, fmt.Sprint("new ", i))
		}
		p.open("/rooms/1")
		p.live()
		p.sees(".unread", "New")
		if n == 5 {
			p.until("the end", `Math.abs(document.getElementById('stream').scrollTop) < 2 && document.querySelector('#latest').hidden`)
		} else {
			p.until("the line near the top", `(() => { const at = s => document.querySelector(s).getBoundingClientRect().top;
				return at('.unread') - at('#stream') < 200 && at('.unread') >= at('#stream') })()`)
			p.sees("#latest", "Latest")
			ask[any](p, `document.getElementById('stream').scrollTop = 0, 1`)
			p.until("the rest comes, and what is read stays in its place", `document.querySelector('[data-live=yes]') &&
				document.getElementById('stream').scrollTop < -200 && !document.querySelector('#latest').hidden`)
			ask[any](p, `document.getElementById('stream').scrollTop = -100, 1`)
			p.sees("#latest", "Latest")
			ask[any](p, `document.getElementById('stream').scrollTop = -60, 1`)
			p.loses("#latest", "Latest")
		}
		ask[any](p, `document.getElementById('stream').scrollTop = 0, 1`)
		p.until("all read", `!document.querySelector('#b-1').textContent.trim()`)
	}
}
