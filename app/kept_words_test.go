package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/app/chat"
)

// Whatever refuses a form, it comes back with what was typed.
func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	own := ada.send(1, "a", "before")
	if err := s.app.Chat.SetSetting(t.Context(), chat.LimitEdits.Key, "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	ada.post("/messages/"+own+"/edit", "body", "between").want(t, http.StatusSeeOther)
	if p := ada.post("/messages/"+own+"/edit", "body", "typed with care").want(t, http.StatusTooManyRequests).body; !strings.Contains(p,
		"typed with care</textarea>") {
		t.Error("the form of an edit that came too soon has lost the words:", p)
	}
	room := ada.post("/rooms", "name", "harbour", "kind", "open", "topic", "").want(t, http.StatusSeeOther).location()
	if p := ada.post(room+"/settings", "name", "", "topic",
		"boats and ropes").want(t, http.StatusUnprocessableEntity).body; !strings.Contains(p, "boats and ropes") {
		t.Error("the settings of a room without a name have lost the topic")
	}
}

// The page of what was deleted leads to the room that it was in.
func TestThePageOfADeletedMessageLeadsToItsRoom(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	gone := bea.send(1, "a", "not for long")
	bea.post("/messages/"+gone+"/delete").want(t, http.StatusSeeOther)
	for _, visit := range []struct {
		path   string
		fields []string
	}{
		{"/messages/" + gone, nil},
		{"/messages/" + gone + "/report", nil},
		{"/messages/" + gone + "/reactions", []string{"e", "👍"}},
		{"/messages/" + gone + "/unread", []string{"on", "1"}},
		{"/messages/" + gone + "/edit", []string{"body", "other words"}},
		{"/messages/" + gone + "/report", []string{"reason", "none"}},
		{"/rooms/1/@" + gone, nil},
	} {
		who := ada
		if strings.HasSuffix(visit.path, "/edit") {
			who = bea
		}
		method, form := http.MethodGet, url.Values{}
		for i := 0; i < len(visit.fields); i += 2 {
			method = http.MethodPost
			form.Set(visit.fields[i], visit.fields[i+1])
		}
		p := who.do(method, visit.path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
			"same-origin").want(t, http.StatusGone).body
		if link, _, _ := strings.Cut(p, ">Open the room<"); !strings.HasSuffix(link, `href="/rooms/1"`) {
			t.Errorf("%s %s leads nowhere: %s", method, visit.path, p)
		}
	}
}
