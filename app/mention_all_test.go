package app

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/chat"
)

func TestCallingAllInALargeRoomIsConfirmedByAFormWithoutAScript(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	s.crowd(ada, chat.SmallRoom-1)
	asked := ada.post("/rooms/1/messages", "body", "Fire drill, @room!", "cid", "drill").want(t, http.StatusUnprocessableEntity)
	for _, part := range []string{"This will notify all 31 people of #general.", ">Fire drill, @room!</textarea>",
		`name="cid" value="drill"`, `form="composer" name="confirm" value="31">Send to all</button>`} {
		if !strings.Contains(asked.body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if page := bob.get("/rooms/1").body; strings.Contains(page, "Fire drill") || strings.Contains(page, "Send to all") {
		t.Error("something was stored")
	}
	ada.post("/rooms/1/messages", "body", "Fire drill, @room!", "cid", "drill", "confirm", "31").want(t, http.StatusSeeOther)
	if page := bob.get("/rooms/1").body; !strings.Contains(page, `data-m="all"`) ||
		!strings.Contains(page, `<span class="at">@room</span>`) || !strings.Contains(page, `.msg[data-m~="all"]:not([data-u="2"])`) {
		t.Error("the row is for nobody")
	}
	if page := bob.get("/mentions").body; !strings.Contains(page, "Fire drill") {
		t.Error("it is not among the mentions")
	}
	if page := ada.get("/mentions").body; strings.Contains(page, "Fire drill") {
		t.Error("its author is called")
	}
	bob.post("/rooms/1/messages", "body", "me too, @room", "confirm", "31").want(t, http.StatusSeeOther)
	if page := ada.get("/rooms/1").body; !strings.Contains(page, "me too, @room</p>") {
		t.Error("the word is more than a word for who may not call all")
	}
	for b, want := range map[*browser]bool{ada: true, bob: false} {
		if options := b.get("/rooms/1/mentions").body; strings.Contains(options, `data-insert="@room"`) != want ||
			strings.Contains(options, `data-insert="@here"`) != want {
			t.Errorf("what is suggested: %s", options)
		}
	}
}

func TestCallingAllIsToldLiveToThoseItIsFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob, cid := s.signup("ada"), s.signup("bob"), s.signup("cid")
	cid.post("/rooms/1/notify", "level", "off").want(t, http.StatusSeeOther)
	here, quiet, mine := bob.view(1, 0), cid.view(1, 0), ada.view(1, 0)
	if a := ada.script("/rooms/1/messages", "body=soup%2C+%40room&cid=soup"); a.status != http.StatusOK ||
		!strings.Contains(a.body, `data-m="all"`) {
		t.Error(a.status, a.body)
	}
	here.expect(`"notify"`, `"all":true`)
	here.expect(`id="b-1"`, `data-at="1"`)
	quiet.expect(`id="b-1"`, `data-at="1"`)
	ada.script("/rooms/1/messages", "body=bread%2C+%40here&cid=bread")
	here.expect(`data-m="2 3"`)
	here.expect(`id="b-1"`, `data-at="2"`)
	quiet.expect(`id="b-1"`, `data-at="2"`)
	for who, frames := range map[string][]string{"the author": mine.all(), "who wants no notifications": quiet.all()} {
		if strings.Contains(strings.Join(frames, ""), `"notify"`) {
			t.Errorf("%s is notified", who)
		}
	}
	s.crowd(ada, chat.SmallRoom)
	a := ada.script("/rooms/1/messages", "body=cake%2C+%40here&cid=cake")
	if a.status != http.StatusUnprocessableEntity || a.header.Get("Parley-Confirm") != "33" ||
		a.body != "This will notify everybody who is online of the 33 people of #general." {
		t.Error(a.status, a.header.Get("Parley-Confirm"), a.body)
	}
	if a := ada.script("/rooms/1/messages", "body=cake%2C+%40here&cid=cake&confirm=33"); a.status != http.StatusOK ||
		!strings.Contains(a.body, `data-m="2 3"`) {
		t.Error(a.status, a.body)
	}
}

func TestWhoMentionsSomebodyOutsideIsToldAloneAfterAPlainForm(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	s.signup("mei")
	ada.post("/rooms", "name", "secret", "kind", "private", "people", "2").want(t, http.StatusSeeOther)
	const words = "mei is not in this room and will not see this."
	to := ada.post("/rooms/2/messages", "body", "what would @mei say?").want(t, http.StatusSeeOther).location()
	page, _, _ := strings.Cut(to, "#")
	if body := ada.get(page).want(t, http.StatusOK).body; !strings.Contains(body, words) || !strings.Contains(body, `href="/rooms/2/add"`) {
		t.Errorf("at %s its author is told nothing", to)
	}
	if body := bob.get(page).want(t, http.StatusOK).body; strings.Contains(body, words) {
		t.Error("another one is told")
	}
	r := ada.post("/rooms/2/messages", "body", "what would @nobody and @bob say?")
	if to := r.want(t, http.StatusSeeOther).location(); strings.Contains(to, "?") {
		t.Error("where there is nothing to tell, one is sent to", to)
	}
	if body := ada.get(strings.Replace(page, "/rooms/2", "/rooms/1", 1)).want(t, http.StatusOK).body; strings.Contains(body, words) {
		t.Error("another room tells it")
	}
	other := bob.view(2, 0)
	a := ada.script("/rooms/2/messages", "body=and+%40mei%3F&cid=again")
	if a.status != http.StatusOK || !strings.Contains(a.body, `<hx-partial hx-target="#toasts" hx-swap="toast">`+words) {
		t.Error(a.status, a.body)
	}
	other.expect(`data-cid="again"`)
	edited := ada.script("/messages/"+lastNumber.FindString(strings.Split(to, "#")[1])+"/edit", "body=what+would+%40mei+and+%40bob+say%3F")
	if edited.status != http.StatusOK || !strings.Contains(edited.body, words) || !strings.Contains(edited.body, "and") {
		t.Error("an edit tells nothing:", edited.status, edited.body)
	}
	if strings.Contains(strings.Join(other.all(), ""), "will not see") {
		t.Error("another page is told")
	}
}
