package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/live"
)

// One poll asks for several rooms: each part of the answer says which room it is of,
// and a room that is not for who asks says that alone.
func TestOnePollAsksForSeveralRooms(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	bo.Post("/rooms", "name", "secret", "kind", "private").Want(t, 303)
	ada.Tell(1, "in general")
	ada.Tell(2, "in quay")
	ask := func(query string) apptest.Answer { return ada.Get("/changes?"+query, "HX-Request", "true") }
	parts := strings.Split(ask("room=1:0&room=2:0&room=3:0&room=99:0").Want(t, http.StatusOK).Body, live.TextSeparator)
	of := map[string]string{}
	for room, i := "", 0; i < len(parts); i++ {
		if strings.HasPrefix(parts[i], `{"for":`) || strings.HasPrefix(parts[i], `{"gone":`) {
			room = parts[i]
		}
		of[room] += parts[i]
	}
	for label, text := range map[string]string{`{"for":1}`: "in general", `{"for":2}`: "in quay", `{"gone":3}`: "", `{"gone":99}`: ""} {
		if got, ok := of[label]; !ok || !strings.Contains(got, text) {
			t.Errorf("%s: %q", label, got)
		}
	}
	if strings.Contains(of[`{"for":1}`], "in quay") {
		t.Error("a room's news are among another's")
	}
	told := make(chan apptest.Answer, 1)
	rev := func(room string) string {
		return regexp.MustCompile(`"rev":(\d+)`).FindStringSubmatch(ada.Get("/rooms/"+room+"/changes?since=-1", "Accept",
			"application/json").Body)[1]
	}
	if a := ask("room=1:99&room=2:" + rev("2")); !strings.Contains(a.Body, `{"reset":1}`) {
		t.Errorf("a page that is ahead is answered with %q", a.Body)
	}
	now := "room=1:" + rev("1") + "&room=2:" + rev("2")
	go func() {
		a := ask(now)
		for !strings.Contains(a.Body, "what it waited for") { // who comes and goes is told as well
			a = ask(now)
		}
		told <- a
	}()
	apptest.Within(t, "it waits", func() bool { return s.App.Pages() > 0 })
	bo.Post("/rooms/2/join").Want(t, 303)
	bo.Tell(2, "what it waited for")
	<-told
	for _, bad := range []string{"room=x:1", "room=1", "room=1:", strings.Repeat("room=1:0&", 17)} {
		ask(bad).Want(t, http.StatusBadRequest)
	}
}

// What is told to a person between two polls is in the next: it says what the sidebar
// looks like to its page.
func TestAPollTellsWhatTheSidebarMissed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	ada.Post("/rooms", "name", "harbour", "kind", "private").Want(t, http.StatusSeeOther)
	mark, told := "", ""
	ask := func(until string) {
		t.Helper()
		for range 20 { // who comes and goes is told as well
			a := bo.Get("/changes?side="+mark, "HX-Request", "true").Want(t, http.StatusOK)
			if m := regexp.MustCompile(`\{"side":"(\w+)"\}`).FindStringSubmatch(a.Body); m != nil {
				mark = m[1]
			}
			if told = a.Body; strings.Contains(told, until) {
				return
			}
		}
		t.Fatalf("%q was not told: %s", until, told)
	}
	ask("general")
	if strings.Contains(told, "harbour") {
		t.Error("a private room is told of")
	}
	ada.Post("/rooms/2/members", "people", "2").Want(t, http.StatusSeeOther)
	apptest.Within(t, "nobody is there to tell", func() bool { return s.App.Pages() == 0 })
	ask("harbour")
	ada.Tell(2, "@bo, while you were away")
	apptest.Within(t, "nobody is there to tell", func() bool { return s.App.Pages() == 0 })
	ask(`data-at="1"`)
}

// A room that was called otherwise while a page was away is called so when it is back.
func TestAPageThatComesBackFindsTheHeaderAsItIs(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	bo.Get("/rooms/1").Want(t, http.StatusOK)
	ada.Post("/rooms/1/settings", "name", "harbour", "topic", "Ships only").Want(t, http.StatusSeeOther)
	bo.View(1, 0).Expect(`id="rh-1"`, "Ships only</p>")
	a := bo.Get("/changes?room=1:0", "HX-Request", "true").Want(t, http.StatusOK)
	if !strings.Contains(a.Body, `id="rh-1"`) {
		t.Errorf("a poll says %q", a.Body)
	}
}
