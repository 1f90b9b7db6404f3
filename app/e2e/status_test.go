package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

func TestAStatusIsSeenUntilItsEnd(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	for _, bad := range [][]string{{"emoji", "no emoji"}, {"text", strings.Repeat("x", 81)}, {"text", "x", "end", "never"}, {"text", "x", "end", "date", "date", "2020-01-01"}, {"text", "x", "quiet", "1"}} {
		if body := ada.Post("/me/status", bad...).Want(t, http.StatusUnprocessableEntity).Body; !strings.Contains(body, `action="/me/status"`) {
			t.Error(bad, body)
		}
	}
	ada.Post("/me/status", "emoji", ":headphones:", "text", "Deep <work>", "end", "1h", "quiet", "1").Want(t, http.StatusSeeOther)
	for _, path := range []string{"/people/1", "/people/1/card", "/people"} {
		if body := mei.Get(path).Body; !strings.Contains(body, "🎧 Deep &lt;work&gt;") || !strings.Contains(body, "do not disturb") {
			t.Error(path, "does not say it:", body)
		}
	}
	mei.Post("/dm", "to", "1", "body", "hello").Want(t, http.StatusSeeOther)
	if body := mei.Get("/rooms/2").Body; !strings.Contains(body, "🎧 Deep &lt;work&gt;") {
		t.Error("the conversation does not say it")
	}
	if a := s.Account("ada"); !a.Prefs.StatusNow(time.Now()).IsSet() || a.Prefs.StatusNow(time.Now().Add(2*time.Hour)).IsSet() || a.Prefs.QuietUntil(time.Now(), time.UTC).IsZero() {
		t.Errorf("%+v", a.Prefs)
	}
	ada.Post("/me/status", "clear", "1").Want(t, http.StatusSeeOther)
	if body := mei.Get("/people/1").Body; strings.Contains(body, "Deep") {
		t.Error("it stays")
	}
	ada.Post("/me/status", "text", "On the ferry", "end", "date", "date", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)).Want(t, http.StatusSeeOther)
	if body := mei.Get("/people/1").Body; !strings.Contains(body, "On the ferry, until "+time.Now().UTC().AddDate(0, 0, 2).Format("2 January 2006")) && !strings.Contains(body, "On the ferry, until "+time.Now().UTC().AddDate(0, 0, 2).Format("January 2, 2006")) {
		t.Error(body)
	}
	aged(t, s, 1, time.Hour).Post("/me/status", "text", "needs no proof").Want(t, http.StatusSeeOther)
}
