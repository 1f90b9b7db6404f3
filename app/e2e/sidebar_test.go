package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

// Who is in thousands of rooms gets pages and frames of a bounded size: the rooms that
// matter are listed, what is unread above all, and the others are found.
func TestPagesStaySmallForWhoIsInThousandsOfRooms(t *testing.T) {
	t.Parallel()
	const most = 256 << 10
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	s.ManyRooms("ada", 3000)
	quiet := s.Number("ada", "project 2991")
	starred := s.Number("ada", "project 0008")
	ada.Post(fmt.Sprintf("/rooms/%d/star", starred), "on", "1").Want(t, http.StatusSeeOther)
	bea.Post("/dm", "to", "1", "body", "Lunch?").Want(t, http.StatusSeeOther)
	for _, path := range []string{"/rooms/1", "/", "/rooms", "/rooms?q=project", "/jump", "/jump?q=project",
		"/search", "/people", "/admin/rooms"} {
		page := ada.Get(path).Want(t, http.StatusOK).Body
		if len(page) > most {
			t.Errorf("%s has %d KB", path, len(page)>>10)
		}
		if n := strings.Count(page, `<li id="r-`); n != chat.MaxSidebar {
			t.Errorf("%s lists %d rooms at the side", path, n)
		}
	}
	row := func(room int) string { return fmt.Sprintf(`<li id="r-%d"`, room) }
	page := ada.Get("/rooms/1").Body
	if !strings.Contains(page, row(starred)) || !strings.Contains(page, ">bea</span>") || !strings.Contains(page, "All 3,001 rooms") {
		t.Error("the room with a star, the conversation or the way to all rooms is not listed")
	}
	if strings.Contains(page, row(quiet)) {
		t.Error("a quiet room stands where a busier one could")
	}
	if !strings.Contains(ada.Get("/jump?q=project+2991").Body, fmt.Sprintf(`href="/rooms/%d"`, quiet)) ||
		!strings.Contains(ada.Get("/rooms?q=project+0010").Body, "project 0010") {
		t.Error("a room that is not listed is not found")
	}

	k := ada.Open()
	k.Say(`{"t":"view","room":1,"rev":0,"side":1}`)
	lists := k.Expect(`id="lists"`)
	if len(lists) > most || strings.Count(lists, `<li id="r-`) != chat.MaxSidebar || !strings.Contains(lists, "All 3,001 rooms") {
		t.Errorf("the frame has %d KB and lists %d rooms", len(lists)>>10, strings.Count(lists, `<li id="r-`))
	}
	bea.Post(fmt.Sprintf("/rooms/%d/join", quiet)).Want(t, http.StatusSeeOther)
	bea.Tell(quiet, "Is anybody here?")
	if lists := k.Expect(row(quiet)); len(lists) > most || !strings.Contains(lists, `data-n="1"`) {
		t.Errorf("a room with something new comes in %d KB", len(lists)>>10)
	}
	if !strings.Contains(ada.Get("/rooms/1").Body, row(quiet)) {
		t.Error("a room with something new is not listed")
	}
}
