package browser

import (
	"testing"

	"parley/app/apptest"
)

// small are the controls of a page that a finger misses: lower than 44 pixels, with what
// stands around them by ::after and with a label that is pressed for its field. A link in
// a sentence is as high as its line.
const small = `(() => {
	const out = [], inline = e => getComputedStyle(e).display === 'inline';
	for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
		if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) || inline(e) || e.closest('.vh, .skip, .msg .body, .ts, p > a')) continue;
		const label = e.matches('input') && (e.closest('label') ?? e.labels?.[0]), r = (label && e.matches('[type=checkbox], [type=radio], [type=file]') ? label : e).getBoundingClientRect();
		if (r.width < 2 || r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) continue;
		const x = r.left + r.width / 2, y = r.top + r.height / 2, mine = at => at && (e.contains(at) || at === label || label?.contains?.(at));
		let up = 0, down = 0;
		while (up < 22 && mine(document.elementFromPoint(x, y - up - 1))) up++;
		while (down < 22 && mine(document.elementFromPoint(x, y + down + 1))) down++;
		if (mine(document.elementFromPoint(x, y)) && up + down < 43) out.push(Math.round(up + down + 1) + ' ' + e.tagName + '.' + e.className + (e.name ?? '') + ' ' + (e.ariaLabel ?? e.textContent).trim().slice(0, 30) + ' in ' + e.parentElement.className);
	}
	return out;
})()`

// Where there are fingers, what they press is at least 44 pixels high.
func TestFingersFindWhatTheyPress(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	for range 6 {
		bea.Says(1, "The beam is ready, @ada")
	}
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	bea.Post("/rooms/2/join").Want(t, 303)
	bea.Says(2, "hello @ada")
	bea.Post("/dm", "to", "1", "body", "A word?").Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.size(390, 4000) // a phone with all of a page on its screen
	p.fingers()
	p.enter(ada)
	for _, path := range []string{"/", "/rooms/1", "/dm/new", "/rooms", "/people", "/mentions", "/search?q=beam", "/jump", "/rooms/1/people",
		"/rooms/2/settings",
		"/me", "/rooms/new", "/rooms/1/files", "/people/2", "/me/security", "/me/appearance", "/me/notifications", "/me/status", "/bots",
		"/admin/people", "/admin/settings", "/rooms/1/menu"} {
		p.open(path)
		p.drawn()
		for _, one := range ask[[]string](p, small) {
			t.Errorf("%s: %s", path, one)
		}
	}
}
