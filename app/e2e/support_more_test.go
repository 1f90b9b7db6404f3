package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/apptest"
)

// Each side sees that the other one writes, and that it has read.
func TestVisitorsAndTheirPeopleSeeEachOther(t *testing.T) {
	t.Parallel()
	s, ada, bea, room := desk(t)
	at := fmt.Sprintf("/rooms/%d/cases/1", room)
	marta := guest{s.Visitor(), t}
	marta.says("Does the 06:10 run?", "name", "Marta Weiss").Want(t, http.StatusSeeOther)
	if strings.Contains(marta.Get("/widget/help").Body, "seen") {
		t.Error("it is said to be seen before anybody has")
	}
	ada.Get(at+"/live?rev=0").Want(t, http.StatusOK) // a page in the background
	if strings.Contains(marta.Get("/widget/help").Body, "seen") {
		t.Error("a page in the background has seen it")
	}
	ada.Get(at).Want(t, http.StatusOK)
	if !strings.Contains(marta.Get("/widget/help").Body, "· seen") {
		t.Error("the visitor does not know that it was seen")
	}
	bea.Post(at+"/take").Want(t, http.StatusSeeOther)
	bea.Post(at+"/say", "body", "At 08:40.").Want(t, http.StatusSeeOther)
	rev := revOf(ada.Get(at).Body)
	seen := make(chan apptest.Answer)
	go func() { seen <- ada.Get(at + "/live?rev=" + rev) }()
	shown := marta.Get("/widget/help/lines?seen=1&rev=0").Want(t, http.StatusOK).Header.Get("X-Rev") // it shows another state yet
	polled := make(chan apptest.Answer)
	go func() { polled <- marta.Get("/widget/help/lines?seen=1&rev=" + shown) }()
	if a := <-seen; a.Status != http.StatusOK || !strings.Contains(a.Body, "Seen by Marta Weiss") {
		t.Error("the team does not know that it was seen:", a.Status)
	}

	rev = revOf(ada.Get(at).Body)
	go func() { seen <- ada.Get(at + "/live?rev=" + rev) }()
	marta.Post("/widget/help/typing").Want(t, http.StatusNoContent)
	if a := <-seen; a.Status != http.StatusOK || !strings.Contains(a.Body, "Marta Weiss is typing") {
		t.Error("the team does not see that the visitor writes:", a.Status)
	}
	marta.says("And on Sunday?").Want(t, http.StatusSeeOther)
	<-polled
	if strings.Contains(ada.Get(at).Body, "is typing") {
		t.Error("who has written still writes")
	}
	rev = marta.Get("/widget/help/lines?rev=0").Header.Get("X-Rev")
	go func() { seen <- marta.Get("/widget/help/lines?rev=" + rev) }()
	bea.Post(at+"/typing").Want(t, http.StatusNoContent)
	if a := <-seen; a.Status != http.StatusOK || a.Header.Get("X-Typing") != "bea" {
		t.Error("the visitor does not see that somebody writes:", a.Status, a.Header.Get("X-Typing"))
	}
	ada.Post(at+"/typing").Want(t, http.StatusForbidden) // she does not have it
	s.Signup("cid").Post(at+"/typing").Want(t, http.StatusNotFound)
	s.Visitor().Post("/widget/help/typing").Want(t, http.StatusNoContent) // nobody's conversation
}

// What visitors and their people said moves with the workspace, and visitors come back to it.
func TestConversationsWithVisitorsMove(t *testing.T) {
	t.Parallel()
	s, _, bea, room := desk(t, "greeting", "Ahoy!")
	at := fmt.Sprintf("/rooms/%d", room)
	marta, elin := guest{s.Visitor(), t}, guest{s.Visitor(), t}
	marta.says("Does the *06:10* run?", "name", "Marta Weiss", "mail", "marta@tidewater.example", "page",
		"https://www.tidewater.example/winter").Want(t, http.StatusSeeOther)
	elin.says("Hello?").Want(t, http.StatusSeeOther)
	bea.Post(at+"/cases/1/take").Want(t, http.StatusSeeOther)
	bea.Post(at+"/cases/1/say", "body", "At 08:40.").Want(t, http.StatusSeeOther)
	dir := t.TempDir()
	first, second, bare, data := filepath.Join(dir, "first.jsonl"), filepath.Join(dir, "second.jsonl"), filepath.Join(dir, "bare.jsonl"),
		filepath.Join(dir, "other.db")
	apptest.Command(t, 0, "", "export", first, "--data", s.Data)
	if said := apptest.Command(t, 0, "", "import", first, "--data", data); !strings.Contains(said, "2 conversations with visitors") {
		t.Errorf("the import says %q", said)
	}
	apptest.Command(t, 0, "", "export", second, "--data", data)
	a, err := os.ReadFile(first)
	b, wrong := os.ReadFile(second)
	if err != nil || wrong != nil || !bytes.Equal(a, b) {
		t.Fatal("it comes back otherwise", err, wrong)
	}
	apptest.Command(t, 0, "", "check", "--data", data)
	apptest.Command(t, 0, "", "export", bare, "--without-passwords", "--data", s.Data)
	if text, err := os.ReadFile(bare); err != nil || strings.Contains(string(text), `"visitor":"`) ||
		!strings.Contains(string(text), "06:10") {
		t.Error("without passwords it has what opens a conversation, or lacks what was said", err)
	}
	moved := &apptest.Server{T: t, Data: data}
	moved.Run()
	t.Cleanup(func() { moved.Stop() })
	moved.Unlimited()
	ada := moved.Visitor()
	marta.Browser = marta.On(moved)
	ada.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther) // sessions stay where they were
	if page := marta.Get("/widget/help").Want(t, http.StatusOK).Body; !strings.Contains(page, "At 08:40.") {
		t.Error("the visitor does not come back to the conversation")
	}
	marta.says("Thanks").Want(t, http.StatusSeeOther)
	page := ada.Get(at+"/cases").Want(t, http.StatusOK).Body
	for _, part := range []string{"Marta Weiss", "Thanks", "Hello?"} {
		if !strings.Contains(page, part) {
			t.Errorf("the queue lacks %q", part)
		}
	}
	guest{moved.Visitor(), t}.says("A third").Want(t, http.StatusSeeOther)
	if !strings.Contains(ada.Get("/rooms").Want(t, http.StatusOK).Body, "desk") {
		t.Error("the room is gone")
	}
}
