package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestCallingAllInALargeRoomIsConfirmedByAFormWithoutAScript(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	s.Crowd(ada, chat.SmallRoom-1)
	asked := ada.Post("/rooms/1/messages", "body", "Fire drill, @room!", "cid", "drill").Want(t, http.StatusUnprocessableEntity)
	for _, part := range []string{"This will notify all 31 people of #general.", ">Fire drill, @room!</textarea>",
		`name="cid" value="drill"`, `form="composer" name="confirm" value="31">Send to all</button>`} {
		if !strings.Contains(asked.Body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if page := bob.Get("/rooms/1").Body; strings.Contains(page, "Fire drill") || strings.Contains(page, "Send to all") {
		t.Error("something was stored")
	}
	ada.Post("/rooms/1/messages", "body", "Fire drill, @room!", "cid", "drill", "confirm", "31").Want(t, http.StatusSeeOther)
	if page := bob.Get("/rooms/1").Body; !strings.Contains(page, `data-m="all"`) ||
		!strings.Contains(page, `<span class="at">@room</span>`) || !strings.Contains(page, `.msg[data-m~="all"]:not([data-u="2"])`) {
		t.Error("the row is for nobody")
	}
	if page := bob.Get("/mentions").Body; !strings.Contains(page, "Fire drill") {
		t.Error("it is not among the mentions")
	}
	if page := ada.Get("/mentions").Body; strings.Contains(page, "Fire drill") {
		t.Error("its author is called")
	}
	bob.Post("/rooms/1/messages", "body", "me too, @room", "confirm", "31").Want(t, http.StatusSeeOther)
	if page := ada.Get("/rooms/1").Body; !strings.Contains(page, "me too, @room</p>") {
		t.Error("the word is more than a word for who may not call all")
	}
	for b, want := range map[*apptest.Browser]bool{ada: true, bob: false} {
		if options := b.Get("/rooms/1/mentions").Body; strings.Contains(options, `data-insert="@room"`) != want ||
			strings.Contains(options, `data-insert="@here"`) != want {
			t.Errorf("what is suggested: %s", options)
		}
	}
}

func TestCallingAllIsToldLiveToThoseItIsFor(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob, cid := s.Signup("ada"), s.Signup("bob"), s.Signup("cid")
	cid.Post("/rooms/1/notify", "level", "off").Want(t, http.StatusSeeOther)
	here, quiet, mine := bob.View(1, 0), cid.View(1, 0), ada.View(1, 0)
	if a := script(ada, "/rooms/1/messages", "body=soup%2C+%40room&cid=soup"); a.Status != http.StatusOK ||
		!strings.Contains(a.Body, `data-m="all"`) {
		t.Error(a.Status, a.Body)
	}
	here.ExpectAmong(`"notify"`, `"all":true`)
	here.ExpectAmong(`id="b-1"`, `data-at="1"`)
	quiet.ExpectAmong(`id="b-1"`, `data-at="1"`)
	script(ada, "/rooms/1/messages", "body=bread%2C+%40here&cid=bread")
	here.ExpectAmong(`data-m="2 3"`)
	here.ExpectAmong(`id="b-1"`, `data-at="2"`)
	quiet.ExpectAmong(`id="b-1"`, `data-at="2"`)
	for who, frames := range map[string][]string{"the author": mine.All(), "who wants no notifications": quiet.All()} {
		if strings.Contains(strings.Join(frames, ""), `"notify"`) {
			t.Errorf("%s is notified", who)
		}
	}
	s.Crowd(ada, chat.SmallRoom)
	a := script(ada, "/rooms/1/messages", "body=cake%2C+%40here&cid=cake")
	if a.Status != http.StatusUnprocessableEntity || a.Header.Get("Parley-Confirm") != "33" ||
		a.Body != "This will notify everybody who is online of the 33 people of #general." {
		t.Error(a.Status, a.Header.Get("Parley-Confirm"), a.Body)
	}
	if a := script(ada, "/rooms/1/messages", "body=cake%2C+%40here&cid=cake&confirm=33"); a.Status != http.StatusOK ||
		!strings.Contains(a.Body, `data-m="2 3"`) {
		t.Error(a.Status, a.Body)
	}
}

func TestWhoMentionsSomebodyOutsideIsToldAloneAfterAPlainForm(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	s.Signup("mei")
	ada.Post("/rooms", "name", "secret", "kind", "private", "people", "2").Want(t, http.StatusSeeOther)
	const words = "mei is not in this room and will not see this."
	to := ada.Post("/rooms/2/messages", "body", "what would @mei say?").Want(t, http.StatusSeeOther).Location()
	page, _, _ := strings.Cut(to, "#")
	if body := ada.Get(page).Want(t, http.StatusOK).Body; !strings.Contains(body, words) || !strings.Contains(body, `href="/rooms/2/add"`) {
		t.Errorf("at %s its author is told nothing", to)
	}
	if body := bob.Get(page).Want(t, http.StatusOK).Body; strings.Contains(body, words) {
		t.Error("another one is told")
	}
	r := ada.Post("/rooms/2/messages", "body", "what would @nobody and @bob say?")
	if to := r.Want(t, http.StatusSeeOther).Location(); strings.Contains(to, "?") {
		t.Error("where there is nothing to tell, one is sent to", to)
	}
	if body := ada.Get(strings.Replace(page, "/rooms/2", "/rooms/1", 1)).Want(t, http.StatusOK).Body; strings.Contains(body, words) {
		t.Error("another room tells it")
	}
	other := bob.View(2, 0)
	a := script(ada, "/rooms/2/messages", "body=and+%40mei%3F&cid=again")
	if a.Status != http.StatusOK || !strings.Contains(a.Body, `<hx-partial hx-target="#toasts" hx-swap="toast">`+words) {
		t.Error(a.Status, a.Body)
	}
	other.Expect(`data-cid="again"`)
	edited := script(ada, "/messages/"+apptest.LastNumber.FindString(strings.Split(to, "#")[1])+"/edit",
		"body=what+would+%40mei+and+%40bob+say%3F")
	if edited.Status != http.StatusOK || !strings.Contains(edited.Body, words) || !strings.Contains(edited.Body, "and") {
		t.Error("an edit tells nothing:", edited.Status, edited.Body)
	}
	if strings.Contains(strings.Join(other.All(), ""), "will not see") {
		t.Error("another page is told")
	}
}
