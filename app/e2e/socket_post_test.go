package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

// A message over a socket is the same question as a form: the same rules, the same words,
// and once for a client id whichever way it comes.
func TestAMessageOverASocketIsAsOneByAForm(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "private").Want(t, http.StatusSeeOther)
	ada.Post("/rooms", "name", "news", "kind", "open").Want(t, http.StatusSeeOther)
	gone := ada.Says(1, "to be deleted")
	ada.Post(fmt.Sprintf("/messages/%d/delete", gone)).Want(t, http.StatusSeeOther)
	adas, meis := ada.View(1, 0), mei.View(1, 0)

	first := meis.PostLive(1, "one", "over the *socket*")
	if first.ID == 0 || first.Refused != nil {
		t.Fatalf("the answer is %+v", first)
	}
	if row := adas.Expect("over the <em>socket</em>"); !strings.Contains(row, fmt.Sprintf(`id="m-%d"`, first.ID)) {
		t.Error("the others are told", row)
	}
	for _, again := range []string{
		fmt.Sprint(meis.PostLive(1, "one", "other words").ID), mei.Send(1, "one", "by the form"), mei.SendLive(1, "one", "from another page"),
	} {
		if again != fmt.Sprint(first.ID) {
			t.Errorf("a repeat is message %s, the first was %d", again, first.ID)
		}
	}
	byForm := mei.Send(1, "two", "by the form first")
	if a := meis.PostLive(1, "two", "and then over the socket"); fmt.Sprint(a.ID) != byForm {
		t.Errorf("by the form it was %s, over the socket %d", byForm, a.ID)
	}

	if a := adas.PostLive(1, "order", "/topic Tides"); a.ID != 0 || a.Refused != nil {
		t.Errorf("a command: %+v", a)
	}
	adas.Expect("set the topic")
	if a := adas.PostLive(1, "who", "where is @tomas"); a.Refused != nil {
		t.Errorf("%+v", a.Refused)
	}

	for what, c := range map[string]struct {
		room       int
		frame      string // more of it
		body       string
		status     int
		form       []string
		wantsWords string
	}{
		"nothing":                   {room: 1, body: " ", status: 422},
		"too long":                  {room: 1, body: strings.Repeat("a", 10001), status: 422, wantsWords: "10,000"},
		"no command":                {room: 1, body: "/dance", status: 422, wantsWords: "There is no /dance"},
		"a private room":            {room: 2, body: "hello", status: 404},
		"no room":                   {room: 99, body: "hello", status: 404},
		"an open room from outside": {room: 3, body: "hello", status: 403},
		"an answer to nothing": {room: 1, body: "yes", frame: fmt.Sprintf(`,"re":%d`, gone), form: []string{"reply_to", fmt.Sprint(gone)},
			status: 410},
		"an answer elsewhere": {room: 3, body: "yes", frame: fmt.Sprintf(`,"re":%d`, first.ID), form: []string{"reply_to", fmt.Sprint(first.ID)},
			status: 403},
	} {
		cid := "no" + strings.ReplaceAll(what, " ", "")
		meis.Say(`{"t":"post","room":%d,"cid":%q,"body":%q%s}`, c.room, cid, c.body, c.frame)
		frame := meis.Expect(`"refused"`, cid)
		form := mei.Do("POST", fmt.Sprintf("/rooms/%d/messages", c.room), apptest.Fields(append(c.form, "cid", cid, "body", c.body)...),
			"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "HX-Request", "true")
		if form.Status != c.status || !strings.Contains(frame, fmt.Sprintf(`"status":%d`, c.status)) || !strings.Contains(frame, c.wantsWords) ||
			!strings.Contains(frame, form.Body) {
			t.Errorf("%s: over the socket %s, by the form %d %s", what, frame, form.Status, form.Body)
		}
	}
	if a := meis.PostLive(1, "not a cid!", "hello"); a.Refused == nil || a.Refused.Status != 422 {
		t.Errorf("a client id of other signs: %+v", a)
	}
}

// Rates are asked of every frame; who goes on although told to wait is cut, and nobody else
// feels it.
func TestAFloodOfMessagesOverASocketIsCut(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	other := ada.View(1, 0)
	k := mei.View(1, 0)
	if err := errors.Join(s.App.Chat.SetSetting(t.Context(), "limit.messages", "1"), s.App.Reload(t.Context())); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if k.TrySay(`{"t":"post","room":1,"cid":"f%d","body":"again"}`, i) != nil {
			break // it is closed already
		}
	}
	refused := k.Expect(`"status":429`)
	if !strings.Contains(refused, `"after":`) {
		t.Error("it does not say how long to wait:", refused)
	}
	k.WantClosed(1013)
	ada.Says(1, "the others are well")
	other.Expect("the others are well")
}

// A session that ends takes its pages' words with it: nothing is stored.
func TestNothingIsSaidOverASocketAfterTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	mei := s.Signup("mei")
	k := mei.View(1, 0)
	mei.Post("/logout").Want(t, http.StatusSeeOther)
	k.TrySay(`{"t":"post","room":1,"cid":"late","body":"too late"}`) // it may be closed already
	k.WantClosed(4401)
	if page := ada.Get("/rooms/1").Body; strings.Contains(page, "too late") {
		t.Error("it was said after the session had ended")
	}
}

// The author alone is told whom a message does not reach.
func TestTheAuthorIsToldOverTheSocketWhomAMessageDoesNotReach(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "private").Want(t, http.StatusSeeOther)
	k, other := ada.View(2, 0), mei.View(1, 0)
	if a := k.PostLive(2, "call", "is @mei here?"); a.ID == 0 {
		t.Fatalf("%+v", a)
	}
	k.Expect("#toasts", "mei")
	other.Obeyed()
	for _, frame := range other.All() {
		if strings.Contains(frame, "#toasts") {
			t.Error("somebody else is told:", frame)
		}
	}
}
