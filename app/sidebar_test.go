package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/chat"
)

// Who is in thousands of rooms gets pages and frames of a bounded size: the rooms that
// matter are listed, what is unread above all, and the others are found.
func TestPagesStaySmallForWhoIsInThousandsOfRooms(t *testing.T) {
	t.Parallel()
	const most = 256 << 10
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	s.manyRooms("ada", 3000)
	quiet := s.number("ada", "project 2991")
	starred := s.number("ada", "project 0008")
	ada.post(fmt.Sprintf("/rooms/%d/star", starred), "on", "1").want(t, http.StatusSeeOther)
	bea.post("/dm", "to", "1", "body", "Lunch?").want(t, http.StatusSeeOther)
	for _, path := range []string{"/rooms/1", "/", "/rooms", "/rooms?q=project", "/jump", "/jump?q=project",
		"/search", "/people", "/admin/rooms"} {
		page := ada.get(path).want(t, http.StatusOK).body
		if len(page) > most {
			t.Errorf("%s has %d KB", path, len(page)>>10)
		}
		if n := strings.Count(page, `<li id="r-`); n != chat.MaxSidebar {
			t.Errorf("%s lists %d rooms at the side", path, n)
		}
	}
	row := func(room int) string { return fmt.Sprintf(`<li id="r-%d"`, room) }
	page := ada.get("/rooms/1").body
	if !strings.Contains(page, row(starred)) || !strings.Contains(page, ">bea</span>") || !strings.Contains(page, "All 3,001 rooms") {
		t.Error("the room with a star, the conversation or the way to all rooms is not listed")
	}
	if strings.Contains(page, row(quiet)) {
		t.Error("a quiet room stands where a busier one could")
	}
	if !strings.Contains(ada.get("/jump?q=project+2991").body, fmt.Sprintf(`href="/rooms/%d"`, quiet)) ||
		!strings.Contains(ada.get("/rooms?q=project+0010").body, "project 0010") {
		t.Error("a room that is not listed is not found")
	}

	k := ada.open()
	k.say(`{"t":"view","room":1,"rev":0,"side":1}`)
	lists := k.expect(`id="lists"`)
	if len(lists) > most || strings.Count(lists, `<li id="r-`) != chat.MaxSidebar || !strings.Contains(lists, "All 3,001 rooms") {
		t.Errorf("the frame has %d KB and lists %d rooms", len(lists)>>10, strings.Count(lists, `<li id="r-`))
	}
	bea.post(fmt.Sprintf("/rooms/%d/join", quiet)).want(t, http.StatusSeeOther)
	bea.tell(quiet, "Is anybody here?")
	if lists := k.expect(row(quiet)); len(lists) > most || !strings.Contains(lists, `data-n="1"`) {
		t.Errorf("a room with something new comes in %d KB", len(lists)>>10)
	}
	if !strings.Contains(ada.get("/rooms/1").body, row(quiet)) {
		t.Error("a room with something new is not listed")
	}
}
