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
