package browser

import (
	"strings"
	"testing"

	"parley/app/apptest"
)

// Marks that are piled upon each other stay in the row of who wrote them.
func TestPiledMarksStayInTheirRow(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Tell(1, "before")
	bea.Tell(1, "Za"+strings.Repeat("\u0310\u030d\u0300\u0317", 40)+"lgo, [a link](https://example.org) \u1ec6\u1eaa g\U0001F389")
	ada.Tell(1, "after")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.shot("marks")
	for _, path := range []string{"/rooms/1", "/search?q=link"} {
		p.open(path)
		p.until("a row that clips", `[...document.querySelectorAll('.body')].some(b => b.textContent.includes('lgo') &&
			getComputedStyle(b).clipPath.startsWith('inset(-'))`)
	}
	p.shot("marks-search")
}

// A name that runs from right to left begins where the size under it does; the sign of a room
// stands before its name, however long that is.
func TestNamesStandWhereTheirNeighboursDo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "a-very-long-name-of-a-room-that-somebody-made-for-all-of-it", "kind", "open").Want(t, 303)
	ada.Upload("/rooms/1/messages", []string{"cid", "b", "body", ""}, apptest.NewFile("تقرير الميناء.pdf", []byte("%PDF-1.4"))).Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.size(390, 844)
	p.enter(ada)
	for _, path := range []string{"/rooms/1", "/rooms/1/files?view=page"} {
		p.open(path)
		p.until("the name above its size", `(b => { if (!b) return; const r = new Range(); r.selectNodeContents(b);
			return Math.abs(r.getBoundingClientRect().left - b.parentElement.closest('span').getBoundingClientRect().left) < 2 })(
			document.querySelector(':is(.file,.frow) b'))`)
	}
	p.open("/admin/rooms")
	p.until("the sign beside the name", `[...document.querySelectorAll('#found b')].every(b => Math.abs(
		(e => e.top + e.bottom)(b.querySelector('.i').getBoundingClientRect()) - (e => e.top + e.bottom)(b.querySelector('.nm').getBoundingClientRect())) < 8)
		&& document.querySelector('#found b')`)
}
