package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

// inn is a server with a guest, kim, who came by an invite into the room "dock" of ada and
// bea. What is called zanzibar is nothing to him: a person, an open room, what is in it.
type inn struct {
	*apptest.Server
	ada, bea, zed, kim *apptest.Browser
	dock, attic        int
	said, zedID        int
	file               string
}

var codeOfInvite = regexp.MustCompile(`/join/([A-Z2-7]{16})`)

func newInn(t *testing.T) *inn {
	t.Helper()
	n := &inn{Server: apptest.Start(t)}
	n.Unlimited()
	n.ada, n.bea, n.zed = n.Signup("ada"), n.Signup("bea"), n.Signup("zanzibar")
	n.zedID = 3
	n.zed.Post("/me", "name", "Zed Zanzibar", "title", "zanzibar keeper", "bio", "all about zanzibar").Want(t, http.StatusSeeOther)
	n.zed.Upload("/me/picture", nil, apptest.NewFile("face.png", apptest.PngOf(t, 300, 300))).Want(t, http.StatusSeeOther)
	if err := n.App.Chat.SetSetting(t.Context(), chat.SettingEmoji, chat.SettingEveryone); err != nil {
		t.Fatal(err)
	}
	n.zed.Upload("/emoji/own", []string{"name", "piermark"}, apptest.NewFile("boat.png", apptest.PngOf(t, 64, 64))).Want(t,
		http.StatusSeeOther)
	n.dock, n.attic = n.ada.Found("dock", "open"), n.zed.Found("zanzibar-attic", "open")
	n.ada.Post(fmt.Sprintf("/rooms/%d/members", n.dock), "people", "2").Want(t, http.StatusSeeOther)
	n.ada.Post(fmt.Sprintf("/rooms/%d/join", n.attic)).Want(t, http.StatusSeeOther)
	n.said = n.zed.Says(n.attic, "zanzibar sails at dawn, @ada")
	at := fmt.Sprintf("/rooms/%d", n.attic)
	n.zed.Upload(at+"/messages", []string{"body", "a zanzibar chart"}, apptest.NewFile("zanzibar.png", apptest.PngOf(t, 80, 60))).Want(t,
		http.StatusSeeOther)
	n.file = apptest.Tokens(n.ada.Get(at).Body)[0]
	n.Ready(n.file)
	n.bea.Says(n.dock, "welcome to the dock")
	shown := n.ada.Post("/admin/invites", "role", "guest", "rooms", fmt.Sprint(n.dock), "uses", "1", "expires", "7d").Want(t,
		http.StatusSeeOther)
	code := codeOfInvite.FindStringSubmatch(n.ada.Get(shown.Location()).Want(t, http.StatusOK).Body)
	if code == nil {
		t.Fatal("there is no link to pass on")
	}
	n.kim = n.Visitor()
	n.kim.Post("/join/"+code[1], "username", "kim", "password", apptest.Password).Want(t, http.StatusSeeOther)
	return n
}

// Every page, fragment and answer for programs is asked for as a guest, with the numbers of
// what is not for him: nothing of it is in any of them, and nothing says that it is there.
func TestAGuestIsToldOfNothingThatIsNotHis(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	tables, err := filepath.Glob("../web/routes*.go")
	if err != nil {
		t.Fatal(err)
	}
	var table []byte
	for _, name := range tables {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		table = append(table, part...)
	}
	token := newProgram(n.kim, "/me/tokens", "write").key
	asked := 0
	for _, m := range regexp.MustCompile(`browser\.(get|page)\("([^"]+)"`).FindAllStringSubmatch(string(table), -1) {
		if m[2] == "/ws" || m[2] == "/changes" { // are asked for below, and wait
			continue
		}
		fill := func(room, message, person int, file string) string {
			path := m[2]
			for name, value := range map[string]string{":room<int>": fmt.Sprint(room), ":message<int>": fmt.Sprint(message),
				":person<int>": fmt.Sprint(person), ":token": file} {
				path = strings.ReplaceAll(path, name, value)
			}
			path = regexp.MustCompile(`:\w+<int>`).ReplaceAllString(path, "1")
			return regexp.MustCompile(`:\w+`).ReplaceAllString(path, "x")
		}
		const nothing = 424242
		path, absent := fill(n.attic, n.said, n.zedID, n.file), fill(nothing, nothing, nothing, "AAAAAAAAAAAAAAAAAAAAAAAAAA")
		for _, query := range []string{"", "?q=zanz", fmt.Sprintf("?to=%d&in=%d&with=%d&find=1", n.zedID, n.attic, n.zedID)} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "div#stage"},
				{"HX-Request", "true", "HX-Target", "aside#panel"}, {"Accept", "application/json"}, {"Authorization", "Bearer " + token}} {
				if strings.HasSuffix(m[2], "/changes") && query != "" {
					continue
				}
				asked++
				a := n.kim.Get(path+query, headers...)
				body := strings.ReplaceAll(a.Body, path, "")
				if strings.Contains(strings.ToLower(body), "zanzibar") {
					t.Errorf("GET %s %v tells of it (%d)", path+query, headers, a.Status)
				}
				if path == absent || query != "" {
					continue
				}
				none := n.kim.Get(absent, headers...)
				if hidden, gone := strings.ReplaceAll(same(a), path, ""), strings.ReplaceAll(same(none), absent, ""); hidden != gone {
					t.Errorf("GET %s %v: hidden and absent differ:\n%s\n---\n%s", path, headers, hidden, gone)
				}
			}
		}
	}
	if asked < 1000 {
		t.Error("only", asked, "were asked")
	}
	for _, path := range []string{"/people.json", "/rooms.json", "/search.json?q=zanz*", "/search.atom?q=zanz*"} {
		if a := n.kim.Get(path); strings.Contains(strings.ToLower(a.Body), "zanzibar") || a.Status >= 500 {
			t.Error(path, "tells", a.Status, a.Body)
		}
	}
}

// A bot in a guest's room may be of somebody of whom he does not know.
func TestAGuestIsNotToldWhoMadeABot(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	if err := n.App.Chat.SetSetting(t.Context(), chat.SettingBots, chat.SettingEveryone); err != nil {
		t.Fatal(err)
	}
	_, id := bot(n.zed, "robot")
	n.ada.Post(fmt.Sprintf("/rooms/%d/members", n.dock), "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
	at := fmt.Sprintf("/people/%d", id)
	for _, path := range []string{at, at + "/card", at + ".json", fmt.Sprintf("/rooms/%d/people", n.dock),
		fmt.Sprintf("/rooms/%d/integrations", n.dock)} {
		if a := n.kim.Get(path); strings.Contains(strings.ToLower(a.Body), "zanzibar") {
			t.Error(path, "tells who made the bot")
		}
	}
	if !strings.Contains(n.bea.Get(at).Want(t, http.StatusOK).Body, "Zed Zanzibar") {
		t.Error("a member is not told who made the bot")
	}
}

func TestAGuestDoesNothingOutsideOfHisRooms(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	before := n.zed.Get(fmt.Sprintf("/rooms/%d", n.attic)).Body
	at, m := fmt.Sprintf("/rooms/%d", n.attic), fmt.Sprintf("/messages/%d", n.said)
	for path, fields := range map[string][]string{at + "/messages": {"body", "x"}, at + "/join": nil, at + "/read": {"upto", "1"},
		at + "/typing":  nil,
		at + "/members": {"people", "4"}, at + "/star": nil, at + "/mute": nil, at + "/picture/delete": nil, m + "/reactions": {"e", "👍"},
		m + "/report": {"reason", "x"}, m + "/unread": nil, "/people/3/block": nil, "/files/" + n.file + "/delete": nil} {
		n.kim.Post(path, fields...).Want(t, http.StatusNotFound)
	}
	for path, fields := range map[string][]string{"/rooms": {"name", "den", "kind", "private"}, "/bots": {"username", "robot", "name", "R"},
		"/admin/invites": {"role", "member"}, fmt.Sprintf("/rooms/%d/members", n.dock): {"people", "3"}} {
		n.kim.Post(path, fields...).Want(t, http.StatusForbidden)
	}
	n.kim.Get("/rooms/new").Want(t, http.StatusForbidden)
	if a := n.kim.Post("/dm", "to", "3", "body", "hello"); a.Status < 400 || strings.Contains(a.Body, "Zanzibar") {
		t.Error("he writes to somebody of whom he does not know:", a.Status)
	}
	n.kim.Post("/dm", "to", "2", "body", "hello bea").Want(t, http.StatusSeeOther)
	if n.zed.Get(at).Body != before {
		page := n.zed.Get(at).Body
		if strings.Contains(page, "kim") {
			t.Error("he left a trace in the room")
		}
	}
	n.kim.Says(n.dock, "I am the guest")
	page := n.bea.Get(fmt.Sprintf("/rooms/%d", n.dock)).Body
	if !strings.Contains(page, `<span class="tag">guest</span>`) {
		t.Error("what a guest says has no tag")
	}
	for _, page := range []string{fmt.Sprintf("/rooms/%d/people", n.dock), "/people", "/people/4", "/people/4/card"} {
		if !strings.Contains(n.bea.Get(page).Want(t, http.StatusOK).Body, `<span class="tag">guest</span>`) {
			t.Error(page, "does not say that kim is a guest")
		}
	}
}

// Who comes and goes is told live to all, but to a guest of those in his rooms alone; and
// what a room is called that he is not in.
func TestAGuestHearsOfThoseInHisRoomsAlone(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	socket := n.kim.View(n.dock, 0)
	witness := n.ada.View(n.dock, 0)
	zed := n.zed.View(n.attic, 0)
	witness.Expect(`[data-p='3']`)
	zed.WS.Close()
	n.zed.Post(fmt.Sprintf("/rooms/%d/settings", n.attic), "name", "zanzibar-cellar", "topic", "").Want(t, http.StatusSeeOther)
	witness.Expect("zanzibar-cellar")
	n.bea.View(n.dock, 0)
	socket.Expect(`[data-p='2']`)
	for _, frame := range socket.All() {
		if strings.Contains(frame, "[data-p='3']") || strings.Contains(frame, "zanzibar") || strings.Contains(frame, "New room") {
			t.Error("a guest is told", frame)
		}
	}
	// As a member he is told of everybody, on the page that he has open.
	n.ada.Post("/admin/people/4/role", "role", "member").Want(t, http.StatusSeeOther)
	socket.Expect(`aria-label="New room"`)
	n.Signup("nobody5").View(1, 0)
	socket.Expect(`[data-p='5']`)
	if a := n.kim.Get(fmt.Sprintf("/rooms/%d", n.attic)); a.Status != http.StatusOK ||
		!strings.Contains(n.kim.Get("/people").Body, "Zanzibar") {
		t.Error("a member sees an open room:", a.Status)
	}
	n.ada.Post("/admin/people/4/role", "role", "guest").Want(t, http.StatusSeeOther)
	n.kim.Get(fmt.Sprintf("/rooms/%d", n.attic)).Want(t, http.StatusNotFound)
	n.kim.Get("/rooms/1").Want(t, http.StatusNotFound)
	n.kim.Get(fmt.Sprintf("/rooms/%d", n.dock)).Want(t, http.StatusOK)
	if strings.Contains(n.kim.Get("/").Body, "Zanzibar") {
		t.Error("a guest is told of who is in the room of everybody")
	}
}

func TestGuestsAreInvitedForRooms(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	secret := n.bea.Found("secret", "private")
	for _, fields := range [][]string{{"role", "guest"}, {"role", "guest", "rooms", "424242"},
		{"role", "guest", "rooms", fmt.Sprint(secret)}} {
		a := n.ada.Post("/admin/invites", append(fields, "uses", "1", "expires", "7d")...).Want(t, http.StatusUnprocessableEntity)
		if !strings.Contains(a.Body, `class="why"`) {
			t.Error("it does not say why:", a.Body)
		}
	}
	page := n.ada.Get("/admin/invites").Body
	if !strings.Contains(page, "guests") || !strings.Contains(page, "to #dock") {
		t.Error("the list of invites does not say for whom they are")
	}
	if a := n.ada.Get("/admin/people?state=guests").Body; !strings.Contains(a, "@kim") || strings.Contains(a, "@bea") {
		t.Error("the list of guests is another")
	}
}

func TestAnAssistantOfAGuestFindsHisRoomsAlone(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	c, err := assistantOf(t, n.Server, newProgram(n.kim, "/me/tokens", "write").key)
	if err != nil {
		t.Fatal(err)
	}
	rooms, problem := called[assistantRooms](t, c, "list_rooms", map[string]any{})
	if problem != "" || len(rooms.Rooms) != 1 || rooms.Rooms[0].Name != "dock" {
		t.Error("the rooms are", rooms, problem)
	}
	if found, problem := called[assistantMessages](t, c, "search", map[string]any{"query": "zanzibar"}); problem != "" || found.texts() != "" {
		t.Error("it finds", found, problem)
	}
	if read, problem := called[assistantMessages](t, c, "read_room", map[string]any{"room": n.attic}); problem == "" {
		t.Error("it reads", read)
	}
}

func TestGuestsAreMadeOnTheCommandLine(t *testing.T) {
	t.Parallel()
	n := newInn(t)
	n.Stop()
	data := "--data=" + n.Data
	if out := apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "lee", "--role", "guest", "--room", "dock",
		data); !strings.Contains(out, "lee was added as guest.") {
		t.Error("it says", out)
	}
	apptest.Command(t, 2, apptest.Password+"\n", "user", "add", "pat", "--role", "guest", data)
	apptest.Command(t, 1, apptest.Password+"\n", "user", "add", "pat", "--role", "guest", "--room", "nowhere", data)
	apptest.Command(t, 0, "", "user", "promote", "kim", "--role", "member", data)
	apptest.Command(t, 0, "", "user", "promote", "bea", "--role", "guest", data)
	if out := apptest.Command(t, 0, "", "user", "list", data); strings.Count(out, "guest") != 2 {
		t.Error("the list is", out)
	}
	if out := apptest.Command(t, 0, "", "invite", "--role", "guest", "--room", "dock", "--json", data); !strings.Contains(out,
		`"role":"guest"`) {
		t.Error("the invite is", out)
	}
	exported := apptest.Command(t, 0, "", "export", "-", data)
	if strings.Count(exported, `"role":"guest"`) != 4 ||
		!strings.Contains(exported, fmt.Sprintf(`"rooms":[%d]`, n.dock)) { // bea, lee, two invites
		t.Error("the export has", strings.Count(exported, `"role":"guest"`))
	}
	n.Run()
	lee := n.Visitor()
	lee.Post("/login", "username", "lee", "password", apptest.Password).Want(t, http.StatusSeeOther)
	lee.Get(fmt.Sprintf("/rooms/%d", n.dock)).Want(t, http.StatusOK)
	lee.Get("/rooms/1").Want(t, http.StatusNotFound)
}
