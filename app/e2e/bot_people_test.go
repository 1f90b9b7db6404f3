package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

// Programs are not counted as people, and stand behind them with a tag.
func TestBotsAreNotCountedAsPeople(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	url, id := bot(ada, "aardvark")
	page := ada.Get("/admin").Want(t, http.StatusOK).Body
	if !strings.Contains(page, "<b>2</b>") || !strings.Contains(page, "active people") {
		t.Error("the overview counts bots:", page)
	}
	health, err := s.App.Chat.Health(t.Context(), s.Account("ada"))
	if err != nil || health.People != 2 || health.Days[len(health.Days)-1].Newcomer != 2 {
		t.Errorf("%d people, %+v (%v)", health.People, health.Days[len(health.Days)-1], err)
	}
	ada.Post("/rooms/1/members", "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
	page = ada.Get("/rooms/1").Want(t, http.StatusOK).Body
	if !strings.Contains(page, "2 people · ") || !strings.Contains(page, "2<span class=\"vh\"> people in this room") {
		t.Error("a room counts its bot as one of its people")
	}
	stack := regexp.MustCompile(`(?s)<a class="stack".*?</a>`).FindString(page)
	if !regexp.MustCompile(`>AD<.*>BE<.*>AA<`).MatchString(stack) {
		t.Error("the bot is not the last of the faces:", stack)
	}
	for _, path := range []string{"/people", "/people?q=a", "/rooms/1/people"} {
		page := bea.Get(path).Want(t, http.StatusOK).Body
		page = page[strings.Index(page, `<main`):]
		if at := strings.LastIndex(page, "AARDVARK"); at < strings.LastIndex(page, "@ada") || !strings.Contains(page, `<span class="tag">bot</span>`) {
			t.Error(path, "lists a bot before people, or without its tag")
		}
		if strings.Contains(page, "Message AARDVARK") {
			t.Error(path, "offers to write to a bot")
		}
	}
	panel := bea.Get("/rooms/1/people").Body
	if !regexp.MustCompile(`(?s)<h3>Away and offline — 2</h3>.*<h3>Bots — 1</h3>.*AARDVARK`).MatchString(panel) {
		t.Error("the people of a room are counted with its bots:", panel[strings.Index(panel, `id="panel"`):])
	}
	card := bea.Do("GET", fmt.Sprintf("/people/%d/card", id), "", "HX-Request", "true").Want(t, http.StatusOK).Body
	if !strings.Contains(card, `<span class="tag">bot</span>`) || !strings.Contains(card, "ada</a>") || !strings.Contains(card, "It has no key") {
		t.Error("the card of a bot says", card)
	}
	newProgram(ada, url+"/keys", "write")
	card = bea.Do("GET", fmt.Sprintf("/people/%d/card", id), "", "HX-Request", "true").Want(t, http.StatusOK).Body
	if !strings.Contains(card, "Reads and writes in its rooms") {
		t.Error("the card of a bot that writes says", card)
	}
}
