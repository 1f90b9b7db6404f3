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
	for _, bad := range [][]string{{"emoji", "no emoji"}, {"text", strings.Repeat("x", 81)}, {"text", "x", "end", "never"},
		{"text", "x", "end", "date", "date", "2020-01-01"}, {"text", "x", "quiet", "1"}} {
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
	if a := s.Account("ada"); !a.Prefs.StatusNow(time.Now()).IsSet() || a.Prefs.StatusNow(time.Now().Add(2*time.Hour)).IsSet() ||
		a.Prefs.QuietUntil(time.Now(), time.UTC).IsZero() {
		t.Errorf("%+v", a.Prefs)
	}
	ada.Post("/me/status", "clear", "1").Want(t, http.StatusSeeOther)
	if body := mei.Get("/people/1").Body; strings.Contains(body, "Deep") {
		t.Error("it stays")
	}
	ada.Post("/me/status", "text", "On the ferry", "end", "date", "date", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)).Want(t,
		http.StatusSeeOther)
	if body := mei.Get("/people/1").Body; !strings.Contains(body, "On the ferry, until "+time.Now().UTC().AddDate(0, 0,
		2).Format("2 January 2006")) && !strings.Contains(body, "On the ferry, until "+time.Now().UTC().AddDate(0, 0,
		2).Format("January 2, 2006")) {
		t.Error(body)
	}
	aged(t, s, 1, time.Hour).Post("/me/status", "text", "needs no proof").Want(t, http.StatusSeeOther)
}

// Beside the names of conversations and in the list of a room's people it comes and goes while
// one looks, and at its end by itself.
func TestAStatusStandsBesideNamesAndGoesByItself(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei, kim := s.Signup("ada"), s.Signup("mei"), s.Signup("kim")
	ada.Post("/admin/people/3/role", "role", "guest").Want(t, http.StatusSeeOther)
	ada.Post("/dm", "to", "2", "body", "hello").Want(t, http.StatusSeeOther)
	socket, guest, hers := mei.View(1, 0), kim.Open(), ada.Open()
	ada.Post("/me/status", "emoji", ":palm_tree:", "text", "On <holiday>", "end", "1h", "quiet", "1").Want(t, http.StatusSeeOther)
	const beside = `<span class="status-e" role="img" aria-label="On &lt;holiday&gt;">🌴</span>`
	socket.Expect(`id="lists"`, beside)
	for _, path := range []string{"/rooms/1", "/"} {
		if body := mei.Get(path).Body; !strings.Contains(body, beside) {
			t.Error(path, "does not show it beside the conversation")
		}
	}
	panel := mei.Get("/rooms/1/people").Body
	if !strings.Contains(panel, `<span role="img" aria-label="On &lt;holiday&gt;">🌴</span>`) || !strings.Contains(panel, `data-s="1"`) ||
		!strings.Contains(panel, `data-p="1" data-on="dnd"`) {
		t.Error("the list of people does not show it:", panel)
	}
	ada.Post("/me/status", "clear", "1").Want(t, http.StatusSeeOther)
	socket.Expect(`hx-target="[data-s='1']"`, `data-on="on"`)
	if body := mei.Get("/rooms/1/people").Body; strings.Contains(body, "🌴") || strings.Contains(body, "dnd") {
		t.Error("what was taken away is shown, or it is still said that she is not to be disturbed")
	}
	if err := s.App.Chat.SetStatus(t.Context(), s.Account("ada"), "🚌", "on the bus", time.Now().Add(10*time.Second), false); err != nil {
		t.Fatal(err)
	}
	socket.Expect(`id="lists"`, "🚌")
	apptest.Within(t, "the list is sent without it", func() bool {
		all := strings.Join(socket.All(), "")
		return !strings.Contains(all[strings.LastIndex(all, `id="lists"`):], "🚌")
	})
	if body := mei.Get("/rooms/1").Body; strings.Contains(body, "🚌") {
		t.Error("it stays after its end")
	}
	for _, frame := range guest.All() {
		if strings.Contains(frame, "holiday") || strings.Contains(frame, "data-s='1'") {
			t.Error("a guest is told of who is in no room with him:", frame)
		}
	}
	hers.Obeyed()
	// It is there after a restart, and ends with the account.
	ada.Post("/me/status", "text", "still here").Want(t, http.StatusSeeOther)
	s.Stop()
	s.Run()
	if body := mei.Get("/rooms/1").Body; !strings.Contains(body, `aria-label="still here">💬</span>`) {
		t.Error("a restart forgets it")
	}
	ada.Post("/admin/people/2/role", "role", "administrator").Want(t, http.StatusSeeOther)
	mei.Post("/admin/people/1/disable").Want(t, http.StatusSeeOther)
	apptest.Within(t, "it goes with the account", func() bool { return !strings.Contains(mei.Get("/rooms/1").Body, "still here") })
}
