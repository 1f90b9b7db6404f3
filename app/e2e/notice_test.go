package e2e

import (
	"net/http"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/db/sqlite"
)

// Who was logged out by a command is answered no more when it has ended: the command waits
// for the server, which looks at the file from time to time.
func TestACommandEndsWhenTheServerHasNoticed(t *testing.T) {
	s := apptest.Start(t)
	s.Signup("ada")
	bea := s.Signup("bea")
	const rounds = 6
	refused := 0
	for i := range rounds {
		bea.Get("/rooms/1").Want(t, http.StatusOK)
		did := []string{"logout", "disable", "reset-factor"}[i%3]
		apptest.Command(t, 0, "", "user", did, "bea", "--data", s.Data)
		if bea.Get("/rooms/1").Status == http.StatusSeeOther {
			refused++
		}
		apptest.Within(t, "the session ends", func() bool { return bea.Get("/rooms/1").Status == http.StatusSeeOther })
		apptest.Command(t, 0, "", "user", "enable", "bea", "--data", s.Data)
		apptest.Within(t, "bea logs in again", func() bool {
			return bea.Post("/login", "username", "bea", "password", apptest.Password).Status == http.StatusSeeOther
		})
	}
	if refused == 0 { // a machine that stands still is late now and then
		t.Errorf("none of %d commands ended when the server had noticed", rounds)
	}
	began := time.Now()
	app.AwaitNotice(t.Context(), s.Data)
	if waited := time.Since(began); waited < sqlite.NoticedWithin {
		t.Errorf("a command waits for %v, which is too short", waited)
	}
}
