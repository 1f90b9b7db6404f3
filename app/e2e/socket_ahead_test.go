package e2e

import (
	"slices"
	"testing"

	"parley/app/apptest"
)

// A page that is ahead of its room loads it anew; one that asks for what is said from now
// on has nothing to load.
func TestOnlyAPageThatIsAheadOfItsRoomLoadsItAnew(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Says(1, "before")
	for view, reset := range map[string]bool{
		`{"t":"view","room":1}`:            false,
		`{"t":"view","room":1,"rev":-1}`:   false,
		`{"t":"view","room":1,"rev":1}`:    false,
		`{"t":"view","room":1,"rev":9999}`: true,
	} {
		ws := ada.Open()
		ws.Say("%s", view)
		if ws.Obeyed(); slices.Contains(ws.All(), `{"reset":1}`) != reset {
			t.Errorf("%s is answered with %q", view, ws.All())
		}
	}
}
