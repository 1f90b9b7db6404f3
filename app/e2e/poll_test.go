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
