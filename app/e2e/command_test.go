package e2e

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
)

// commanded gives a command, and is the address at which it may be answered later.
func commanded(t *testing.T, l *listener, by *apptest.Browser, room int, body string) (path string) {
	t.Helper()
	before := len(l.heard())
	by.Post(fmt.Sprintf("/rooms/%d/messages", room), "body", body).Want(t, http.StatusSeeOther)
	apptest.Within(t, "the program is asked", func() bool { return len(l.heard()) > before })
	form, err := url.ParseQuery(l.heard()[before])
	path, ok := strings.CutPrefix(form.Get("response_url"), by.Server.Base)
	if err != nil || !ok || !strings.HasPrefix(path, "/commands/") {
		t.Fatalf("it may be answered at %q: %v", form.Get("response_url"), err)
	}
	return path
}

func TestACommandIsAnsweredLater(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("deploys", "open")
	at := fmt.Sprint("/rooms/", room)
	bea.Post(at+"/join").Want(t, http.StatusSeeOther)
	ada.Post(at+"/outgoing", "name", "CI", "url", l.URL, "word", "/deploy").Want(t, http.StatusOK)
	l.set(http.StatusOK, "")
	path := commanded(t, l, bea, room, "/deploy harbour")
	send := func(path, body string) apptest.Answer {
		t.Helper()
		return s.Visitor().Do("POST", path, body, "Content-Type", "application/json")
	}
	page := func() string { return ada.Get(at).Body }
	if a := send(path, `{"response_type":"in_channel","text":"*harbour* starts","attachments":[{"color":"good","title":"Build 7"}]}`).Want(t,
		http.StatusOK); a.Body != "ok" {
		t.Errorf("it is answered %q", a.Body)
	}
	if p := page(); !strings.Contains(p, "<strong>harbour</strong> starts") || !strings.Contains(p, "Build 7") {
		t.Error("the room lacks the answer")
	}
	send(path, `{"replace_original":true,"text":"harbour is done","attachments":[{"color":"good","title":"Build 8"}]}`).Want(t, http.StatusOK)
	if p := page(); strings.Contains(p, "starts") || strings.Contains(p, "Build 7") || !strings.Contains(p, "harbour is done") ||
		!strings.Contains(p, "Build 8") {
		t.Error("the answer was not replaced")
	}
	send(path, `{"text":"the password is mango"}`).Want(t, http.StatusOK) // as Slack: for who asked alone
	if !strings.Contains(bea.Get("/search?q=mango").Body, "the password is") || strings.Contains(page(), "mango") {
		t.Error("what is for one alone is not said to her alone")
	}
	send(path, `{"delete_original":"true"}`).Want(t, http.StatusOK)
	if bea.Get("/search?q=mango").Body == "" || strings.Contains(bea.Get("/search?q=mango").Body, "the password is") {
		t.Error("the answer was not deleted")
	}
	send(path, `{"response_type":"in_channel","replace_original":true,"text":"once more"}`).Want(t,
		http.StatusOK) // nothing is there to replace
	if !strings.Contains(page(), "once more") {
		t.Error("the last answer is not said")
	}
	if a := send(path, `{"text":"a sixth"}`).Want(t, http.StatusGone); !strings.Contains(a.Body, "5 times") {
		t.Errorf("it is refused with %q", a.Body)
	}
	send(path, `{}`).Want(t, http.StatusBadRequest)
}

// The address of an answer is exact, and ends with its time, the command, the bot and the
// right of its maker to have bots.
func TestTheAddressOfAnAnswerEnds(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/admin/people/2/role", "role", "administrator").Want(t, http.StatusSeeOther)
	room := bea.Found("deploys", "open")
	at := fmt.Sprint("/rooms/", room)
	l.set(http.StatusOK, "")
	say := func(path string) int {
		return s.Visitor().Do("POST", path, `{"response_type":"in_channel","text":"late"}`, "Content-Type", "application/json").Status
	}
	command := func() (path string, w chat.Webhook) {
		t.Helper()
		bea.Post(at+"/outgoing", "name", "CI", "url", l.URL, "word", "/deploy").Want(t, http.StatusOK)
		list, err := s.Stored().Webhooks(t.Context(), 0)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return commanded(t, l, bea, room, "/deploy x"), list[0]
	}
	path, w := command()
	for _, wrong := range []string{path[:len(path)-1], path + "0", strings.Replace(path, "/commands/1/", "/commands/2/", 1), "/commands/1/-",
		"/commands/1/9999999999-" + strings.Repeat("a", 40)} {
		if status := say(wrong); status != http.StatusNotFound {
			t.Errorf("%s is answered %d", wrong, status)
		}
	}
	if status := say("/commands/1/" + chat.AnswerCode(w, 1, time.Now().Add(-time.Second))); status != http.StatusGone {
		t.Error("after its time it is answered", status)
	}
	if status := say(path); status != http.StatusOK {
		t.Error("it is answered", status)
	}
	bea.Post(fmt.Sprintf("%s/outgoing/%d/remove", at, w.ID)).Want(t, http.StatusSeeOther)
	if status := say(path); status != http.StatusNotFound {
		t.Error("without its command it is answered", status)
	}
	path, w = command()
	bea.Post(fmt.Sprintf("%s/members/%d/remove", at, w.Bot)).Want(t, http.StatusSeeOther)
	if status := say(path); status != http.StatusNotFound {
		t.Error("without its room it is answered", status)
	}
	bea.Post(fmt.Sprintf("%s/outgoing/%d/remove", at, w.ID)).Want(t, http.StatusSeeOther)
	path, _ = command()
	ada.Post("/admin/people/2/role", "role", "member").Want(t, http.StatusSeeOther)
	if status := say(path); status != http.StatusNotFound {
		t.Error("when its maker may have no bots it is answered", status)
	}
}
