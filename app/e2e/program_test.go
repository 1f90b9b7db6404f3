package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

// A bot can be put out of the room of everybody, and go by itself; people cannot.
func TestBotsLeaveTheRoomOfEverybody(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	url, id := bot(ada, "deploys")
	p := newProgram(ada, url+"/keys", "write")
	in := func() bool { return p.asks("GET", "/rooms/1", "").Status == http.StatusOK }
	take := func() {
		t.Helper()
		ada.Post("/rooms/1/members", "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
		if !in() {
			t.Fatal("the bot is not in the room")
		}
	}
	take()
	remove := fmt.Sprintf("/rooms/1/members/%d/remove", id)
	if page := ada.Get(fmt.Sprintf("/rooms/1/members/%d", id)).Body; !strings.Contains(page, remove) {
		t.Error("the page does not offer to remove it")
	}
	bea.Post(remove).Want(t, http.StatusForbidden)
	ada.Post(remove).Want(t, http.StatusSeeOther)
	if in() {
		t.Error("the bot is still in the room")
	}
	take()
	p.asks("POST", "/rooms/1/leave", `{}`).Want(t, http.StatusNoContent)
	if in() {
		t.Error("the bot did not go")
	}
	ada.Post("/rooms/1/members/2/remove").Want(t, http.StatusForbidden)
	bea.Post("/rooms/1/leave").Want(t, http.StatusForbidden)
}

// What was made for a hook alone goes with it.
func TestABotGoesWithItsLastHook(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	there := func(name string) bool { return strings.Contains(ada.Get("/bots").Body, name) }
	ada.Post("/rooms/1/integrations", "name", "Alertmanager").Want(t, http.StatusOK)
	ada.Post("/rooms/1/outgoing", "name", "Teller", "url", "https://ci.example/").Want(t, http.StatusOK)
	ada.Post("/rooms/1/integrations", "name", "Kept").Want(t, http.StatusOK)
	if !there("Alertmanager") || !there("Teller") || !there("Kept") {
		t.Fatal("the bots are not there")
	}
	kept := s.Account("kept")
	newProgram(ada, fmt.Sprintf("/bots/%d/keys", kept.ID), "write")
	for _, key := range []string{"1", "2"} { // of Alertmanager and of Kept
		ada.Post("/rooms/1/integrations/"+key+"/revoke").Want(t, http.StatusSeeOther)
	}
	ada.Post("/rooms/1/outgoing/1/remove").Want(t, http.StatusSeeOther)
	if there("Alertmanager") || there("Teller") {
		t.Error("a bot is left that nothing is left of")
	}
	if !there("Kept") {
		t.Error("a bot is gone that has a key")
	}
}

// The page of a room's programs lists the bots that people took in, beside those of its hooks.
func TestTheBotsOfARoomAreListed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("deploys", "private")
	at := fmt.Sprint("/rooms/", room)
	_, id := bot(ada, "deployer")
	newHook(ada, room, "Siren")
	ada.Post(at+"/members", "people", "2").Want(t, http.StatusSeeOther)
	list := func(by *apptest.Browser) string {
		t.Helper()
		_, rest, _ := strings.Cut(by.Get(at+"/integrations").Want(t, http.StatusOK).Body, "<h2>Bots here</h2>")
		rest, _, _ = strings.Cut(rest, "</section>")
		return rest
	}
	if strings.Contains(list(ada), "DEPLOYER") {
		t.Error("a bot is listed that is not here")
	}
	ada.Post(at+"/members", "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
	if l := list(ada); !strings.Contains(l, "DEPLOYER") || !strings.Contains(l, fmt.Sprintf(`href="/people/%d"`, id)) ||
		!strings.Contains(l, fmt.Sprintf("/members/%d/remove", id)) || strings.Contains(l, "Siren") {
		t.Error("the bots here are", l)
	}
	if l := list(bea); !strings.Contains(l, "DEPLOYER") || strings.Contains(l, "/remove") {
		t.Error("who may not take it out reads", l)
	}
	ada.Post(fmt.Sprintf("%s/members/%d/remove", at, id)).Want(t, http.StatusSeeOther)
	if strings.Contains(list(ada), "DEPLOYER") {
		t.Error("it was taken out, and is listed")
	}
}

func TestPeopleWhoKnowHTTPFindTheirWay(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p, reader := newProgram(ada, "/me/tokens", "write"), newProgram(ada, "/me/tokens", "read")
	at := fmt.Sprintf("/messages/%d", ada.Says(1, "first"))
	if one := answered[struct{ Body string }](t, p.asks("PATCH", at, `{"body":"second"}`).Want(t, http.StatusOK)); one.Body != "second" {
		t.Error("PATCH made", one)
	}
	for _, e := range []string{"tada", ":tada:", "%F0%9F%8E%89"} {
		for method, n := range map[string]int{"PUT": 1} {
			m := answered[struct{ Reactions []struct{ Emoji string } }](t, p.asks(method, at+"/reactions/"+e, "").Want(t, http.StatusOK))
			if len(m.Reactions) != n || m.Reactions[0].Emoji != "🎉" {
				t.Errorf("%s %s made %+v", method, e, m)
			}
		}
	}
	m := answered[struct{ Reactions []any }](t, p.asks("DELETE", at+"/reactions/tada", "").Want(t, http.StatusOK))
	if len(m.Reactions) != 0 {
		t.Error("the reaction stays")
	}
	reader.asks("PATCH", at, `{"body":"x"}`).Want(t, http.StatusForbidden)
	reader.asks("DELETE", at, "").Want(t, http.StatusForbidden)
	s.Visitor().Do("DELETE", at, "", "Sec-Fetch-Site", "same-origin").Want(t, http.StatusSeeOther)
	ada.Do("DELETE", at, "", "Origin", "https://evil.example").Want(t, http.StatusForbidden)
	p.asks("DELETE", at, "").Want(t, http.StatusNoContent)
	p.asks("GET", at, "").Want(t, http.StatusGone)
}

func TestABotsProfileSaysWhoMadeItAndWhatItMay(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	if err := errors.Join(s.App.Chat.SetSetting(t.Context(), "limit.bots", "5"), s.App.Reload(t.Context())); err != nil {
		t.Fatal(err)
	}
	url, id := bot(ada, "deploys")
	person := fmt.Sprint("/people/", id)
	shows := func(by *apptest.Browser, parts ...string) {
		t.Helper()
		page := by.Get(person).Want(t, http.StatusOK).Body
		for _, part := range parts {
			if !strings.Contains(page, part) {
				t.Errorf("the profile lacks %q", part)
			}
		}
	}
	shows(bea, "Made by", `href="/people/1"`, "It has no key, and can do nothing")
	newProgram(ada, url+"/keys", "read")
	shows(bea, "Reads in the rooms that it is in", "Writes nothing", "At most 5 messages a second")
	if strings.Contains(bea.Get(person).Body, ">Block<") {
		t.Error("a bot can be blocked as if it were a person")
	}
	newProgram(ada, url+"/keys", "write")
	shows(bea, "Reads and writes in the rooms that it is in", "Comes into no room by itself")
	secret := ada.Found("secret", "private")
	newHook(ada, 1, "Siren")
	newHook(ada, secret, "Quiet")
	ada.Post("/rooms/1/outgoing", "name", "CI", "url", "https://ci.example.org", "word", "/deploy").Want(t, http.StatusOK)
	for name, parts := range map[string][]string{"siren": {"Says in #general what is sent to its address", "Reads nothing"},
		"ci": {"Answers /deploy in #general"}} {
		person = fmt.Sprint("/people/", s.Account(name).ID)
		shows(bea, parts...)
	}
	person = fmt.Sprint("/people/", s.Account("quiet").ID)
	if page := bea.Get(person).Want(t, http.StatusOK).Body; strings.Contains(page, "secret") {
		t.Error("it names a room that the reader must not know of")
	}
}
