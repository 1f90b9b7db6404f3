package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

// A room that the world may read is read without an account, and nothing else is.
func TestRoomsThatTheWorldMayRead(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("harbour", "open")
	at := fmt.Sprintf("/rooms/%d", room)
	bea.Post(at+"/join").Want(t, http.StatusSeeOther)
	first := ada.Says(room, "the light is on, @bea, see #general **now**")
	bea.Post(fmt.Sprintf("/messages/%d/reactions", first), "e", ":tada:").Want(t, http.StatusSeeOther)
	bea.Post(at+"/messages", "body", "aye", "reply_to", fmt.Sprint(first)).Want(t, http.StatusSeeOther)
	sent := ada.Upload(at+"/messages", []string{"body", "a chart"}, apptest.NewFile("chart.png", apptest.PngOf(t, 80, 60)))
	sent.Want(t, http.StatusSeeOther)
	token := apptest.Tokens(ada.Get(at).Body)[0]
	s.Ready(token)
	gone := ada.Says(room, "taken back")
	ada.Post(fmt.Sprintf("/messages/%d/delete", gone))
	elsewhere := ada.Says(1, "not for the world")
	visitor := s.Visitor()
	closed := func(when string) {
		t.Helper()
		for _, path := range []string{at, at + ".json", at + "/feed.atom", at + "/feed.json", fmt.Sprintf("%s/@%d", at, first),
			"/files/" + token + "/s", "/files/" + token + "/chart.png"} {
			if a := visitor.Get(path); a.Status != http.StatusSeeOther && a.Status != http.StatusUnauthorized || strings.Contains(a.Body, "light") {
				t.Errorf("%s: %s answers with status %d", when, path, a.Status)
			}
		}
	}
	closed("before it is opened")
	if a := visitor.Get("/robots.txt").Want(t, http.StatusOK); a.Body != "User-agent: *\nDisallow: /\n" {
		t.Error("search engines may read", a.Body)
	}
	ada.Post(at+"/world", "world", "1").Want(t, http.StatusForbidden) // the workspace has it off
	ada.Post("/admin/settings", "workspace", "W", "signup", "open", "rooms.world", "1").Want(t, http.StatusSeeOther)
	bea.Post(at+"/world", "world", "1").Want(t, http.StatusForbidden)
	closed("before its owner opens it")
	ada.Post(at+"/world", "world", "1").Want(t, http.StatusSeeOther)

	page := visitor.Get(at).Want(t, http.StatusOK)
	for _, part := range []string{"the light is on", "<strong>now</strong>", "aye", "Sign up", "noindex", `type="application/atom+xml"`,
		`<span class="rc">🎉 <b>1</b></span>`, "chart.png"} {
		if !strings.Contains(page.Body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	for _, part := range []string{"/people/", "@ada", "<form", "<script", "joined", "online", "data-by", "data-u=", "taken back", "/rooms/1\"",
		"href=\"/messages"} {
		if strings.Contains(page.Body, part) {
			t.Errorf("the page has %s", part)
		}
	}
	for _, path := range []string{at, at + ".json", at + "/feed.atom", at + "/feed.json"} {
		if visitor.Get(path).Want(t, http.StatusOK).Header.Get("X-Robots-Tag") != "noindex" {
			t.Error("search engines are not asked to leave out", path)
		}
	}
	if a := visitor.Get("/robots.txt"); !strings.Contains(a.Body, "Allow: /rooms/\n") || !strings.Contains(a.Body, "Disallow: /\n") {
		t.Error("search engines may read", a.Body)
	}
	var data struct {
		Room     struct{ People int }
		Members  []any
		Messages []struct {
			Author    struct{ Username, Name string }
			Text      string
			For       []int
			Reactions []struct {
				Count int
				By    []any
			}
		}
	}
	if err := json.Unmarshal([]byte(visitor.Get(at+".json").Want(t, http.StatusOK).Body), &data); err != nil {
		t.Fatal(err)
	}
	if m := data.Messages; len(m) != 3 || m[0].Author.Username != "" || m[0].Author.Name != "ada" || len(m[0].For) != 0 ||
		m[0].Reactions[0].Count != 1 || len(m[0].Reactions[0].By) != 0 ||
		data.Room.People != 0 || len(data.Members) != 0 {
		t.Errorf("as JSON it is %+v", data)
	}
	if feed := visitor.Get(at+"/feed.atom").Want(t, http.StatusOK).Body; !strings.Contains(feed, "the light is on") ||
		strings.Contains(feed, "/people/") {
		t.Error("the feed is", feed)
	}
	visitor.Get(fmt.Sprintf("%s/@%d", at, first)).Want(t, http.StatusOK)
	visitor.Get("/files/"+token+"/s").Want(t, http.StatusOK)
	visitor.Get("/files/"+token+"/l").Want(t, http.StatusOK)
	// Nothing beside it.
	for _, path := range []string{"/rooms/1", "/rooms/99", fmt.Sprintf("%s/@%d", at, elsewhere), fmt.Sprintf("%s/@%d", at, gone),
		at + "/people", at + "/files", at + "/changes", at + "/settings", at + "/mentions",
		fmt.Sprintf("/messages/%d", first), "/people/1", "/people/1/card", "/avatars/1", "/search?q=light", "/rooms", "/people", "/", "/ws",
		"/files/" + token, "/emoji/own"} {
		if a := visitor.Get(path); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location(), "/login") {
			t.Errorf("%s answers with status %d", path, a.Status)
		}
	}
	visitor.Post(at+"/messages", "body", "x").Want(t, http.StatusSeeOther)
	if visitor.Get("/rooms/1").Location() == "" || visitor.Get("/rooms/1.json").Body != visitor.Get("/rooms/99.json").Body {
		t.Error("what is not for the world answers otherwise than what is not there")
	}
	ada.Post(at+"/world", "world", "2").Want(t, http.StatusSeeOther)
	if page := visitor.Get(at); strings.Contains(page.Body, "noindex") || page.Header.Get("X-Robots-Tag") != "" {
		t.Error("search engines are asked to leave it out")
	}
	ada.Post(at+"/world", "world", "3").Want(t, http.StatusUnprocessableEntity)

	// It ends with the setting, with the room's kind, and with the wish.
	ada.Post("/admin/settings", "workspace", "W", "signup", "open", "rooms.world", "0").Want(t, http.StatusSeeOther)
	closed("after the workspace turned it off")
	ada.Post("/admin/settings", "workspace", "W", "signup", "open", "rooms.world", "1").Want(t, http.StatusSeeOther)
	visitor.Get(at).Want(t, http.StatusOK)
	ada.Post(at+"/privacy", "kind", "private").Want(t, http.StatusSeeOther)
	closed("after it became private")
	ada.Post(at+"/privacy", "kind", "open").Want(t, http.StatusSeeOther)
	closed("after it became open again")
	// The rate of one address.
	ada.Post(at+"/world", "world", "1").Want(t, http.StatusSeeOther)
	ada.Post("/admin/limits", "limit.world", "2").Want(t, http.StatusSeeOther)
	visitor.Get(at).Want(t, http.StatusOK)
	visitor.Get(at).Want(t, http.StatusOK)
	visitor.Get(at).Want(t, http.StatusTooManyRequests)
}

// A page of the world has earlier and later ones.
func TestTheWorldReadsAllPages(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/admin/settings", "workspace", "W", "signup", "closed", "rooms.world", "1").Want(t, http.StatusSeeOther)
	ada.Post("/rooms/1/world", "world", "1").Want(t, http.StatusSeeOther)
	for i := range 120 {
		s.Says("ada", 1, fmt.Sprintf("line %d.", i))
	}
	visitor := s.Visitor()
	page := visitor.Get("/rooms/1").Body
	if strings.Contains(page, "Sign up") || !strings.Contains(page, "line 119.") {
		t.Error("the newest page is", page)
	}
	seen := 0
	for next := "/rooms/1"; next != ""; {
		body := visitor.Get(next).Want(t, http.StatusOK).Body
		seen += strings.Count(body, "line ")
		_, rest, more := strings.Cut(body, `rel="prev" href="`)
		if next = ""; more {
			next, _, _ = strings.Cut(rest, `"`)
		}
	}
	if seen != 120 {
		t.Errorf("%d lines are seen", seen)
	}
}

// The world reads what programs say in their own form, and is offered nothing to do.
func TestTheWorldReadsWhatProgramsSay(t *testing.T) {
	t.Parallel()
	w, s := ferries(t), looksAt(t)
	if err := errors.Join(s.App.Chat.SetSetting(t.Context(), "rooms.world", "on"), s.App.Reload(t.Context())); err != nil {
		t.Fatal(err)
	}
	ada := s.Signup("ada")
	room := ada.Found("releases", "open")
	at := fmt.Sprint("/rooms/", room)
	ada.Post(at+"/world", "world", "1").Want(t, http.StatusSeeOther)
	hook := newHook(ada, room, "Builds")
	s.Visitor().Do("POST", hook, `{"blocks":[{"type":"header","text":{"type":"plain_text","text":"Build 214"}},{"type":"image","image_url":"`+
		w.URL+`/wide.jpg","alt_text":"a chart"}]}`,
		"Content-Type", "application/json").Want(t, http.StatusOK)
	ada.Says(room, "see "+w.URL+"/winter")
	page := ""
	apptest.Within(t, "all is shown", func() bool {
		page = s.Visitor().Get(at).Want(t, http.StatusOK).Body
		return strings.Contains(page, "unf-pic") && strings.Contains(page, `alt="a chart"`)
	})
	if !strings.Contains(page, `class="b-head"`) {
		t.Error("the heading lacks its form")
	}
	if strings.Contains(page, "<form") || strings.Contains(page, "<button") {
		t.Error("the world is offered something to do")
	}
	for _, token := range apptest.Tokens(page) {
		s.Visitor().Get("/files/"+token+"/s").Want(t, http.StatusOK)
	}
}
