package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

// Whatever refuses a form, it comes back with what was typed.
func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	own := ada.Send(1, "a", "before")
	if err := s.App.Chat.SetSetting(t.Context(), chat.LimitEdits.Key, "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	ada.Post("/messages/"+own+"/edit", "body", "between").Want(t, http.StatusSeeOther)
	if p := ada.Post("/messages/"+own+"/edit", "body", "typed with care").Want(t, http.StatusTooManyRequests).Body; !strings.Contains(p,
		"typed with care</textarea>") {
		t.Error("the form of an edit that came too soon has lost the words:", p)
	}
	room := ada.Post("/rooms", "name", "harbour", "kind", "open", "topic", "").Want(t, http.StatusSeeOther).Location()
	if p := ada.Post(room+"/settings", "name", "", "topic",
		"boats and ropes").Want(t, http.StatusUnprocessableEntity).Body; !strings.Contains(p, "boats and ropes") {
		t.Error("the settings of a room without a name have lost the topic")
	}
}

// The page of what was deleted leads to the room that it was in.
func TestThePageOfADeletedMessageLeadsToItsRoom(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	gone := bea.Send(1, "a", "not for long")
	bea.Post("/messages/"+gone+"/delete").Want(t, http.StatusSeeOther)
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
		p := who.Do(method, visit.path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
			"same-origin").Want(t, http.StatusGone).Body
		if link, _, _ := strings.Cut(p, ">Open the room<"); !strings.HasSuffix(link, `href="/rooms/1"`) {
			t.Errorf("%s %s leads nowhere: %s", method, visit.path, p)
		}
	}
}
