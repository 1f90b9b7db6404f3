package browser

import (
	"path/filepath"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// A page that stays open while an older backup takes the place of the data shows what is
// there now, and hears what is said from then on.
func TestAPageThatStaysOpenOverARestoreIsLoadedAnew(t *testing.T) {
	t.Parallel()
	s := apptest.Spawn(t)
	if app.Shared(s.Data) {
		t.Skip("a database is put back with its own tools")
	}
	ada := s.Signup("ada")
	ada.Says(1, "kept")
	p := openChromium(t).person("ada", s.Base)
	p.expect(broken...)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	copied := filepath.Join(t.TempDir(), "copy.db")
	apptest.Command(t, 0, "", "backup", copied, "--data", s.Data)
	for _, body := range []string{"lost one", "lost two", "lost three"} {
		ada.Says(1, body)
	}
	p.once("lost three")
	s.Kill()
	apptest.Command(t, 0, "", "restore", copied, "--data", s.Data)
	s.Restart()
	p.loses("#stream", "lost")
	p.once("kept")
	ada.Says(1, "said afterwards")
	p.once("said afterwards")
}
