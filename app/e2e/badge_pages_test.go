package e2e

import (
	"testing"

	"parley/app/apptest"
)

// A page that comes draws what it shows itself; the others of its person are told the same
// change as ever.
func TestAPageThatComesTakesNoBadgeFromAnother(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	ada.Post("/rooms", "name", "harbour", "kind", "open").Want(t, 303)
	bo.Post("/rooms/2/join").Want(t, 303)
	first := bo.View(1, 0)
	ada.Tell(2, "@bo, look")
	first.Expect(`id="b-2"`, `data-at="1"`)
	ada.Tell(2, "@bo, again") // what follows soon is told a little later
	bo.View(1, 0)
	first.Expect(`id="b-2"`, `data-at="2"`)
}
