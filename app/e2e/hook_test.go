package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

var hookOnPage = regexp.MustCompile(`/hooks/(parley_[A-Z2-7]{26})`)

// newHook makes a hook for a room by its page.
func newHook(by *apptest.Browser, room int, name string) (path string) {
	by.Server.T.Helper()
	page := by.Post(fmt.Sprintf("/rooms/%d/integrations", room), "name", name, "dialect", "auto").Want(by.Server.T, http.StatusOK)
	path = hookOnPage.FindString(page.Body)
	if path == "" {
		by.Server.T.Fatal("the page shows no hook:", page.Body)
	}
	return path
}

func TestOtherProgramsSpeakByHooks(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Unlimited()
	ada, bea := s.Signup("ada"), s.Signup("bea")
	bea.Post("/rooms/1/integrations", "name", "X", "dialect", "auto").Want(t, http.StatusForbidden)
	hook := newHook(ada, 1, "Alert Manager")
	out := s.Visitor()
	send := func(body, kind string) apptest.Answer {
		t.Helper()
		return out.Do("POST", hook, body, "Content-Type", kind)
	}
	page := bea.View(1, 0)
	a := send(`{"text":"disk of *db1* is <https://example.org|full>"}`, "application/json").Want(t, http.StatusOK)
	if a.Body != "ok" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("it is answered %q as %s", a.Body, a.Header.Get("Content-Type"))
	}
	page.Expect("disk of <strong>db1</strong> is ")
	send(`{"username":"Grafana <b>","icon_emoji":":fire:","attachments":[{"title":"[FIRING:1] Disk","title_link":"javascript:alert(1)","text":"*97 %*","color":"#f2994a",
		"fields":[{"title":"Host","value":"db1","short":true}],"actions":[{"text":"Open","url":"https://example.org/g"}],"footer":"v11"}]}`,
		"application/json").Want(t, http.StatusOK)
	p := ada.Get("/rooms/1").Body
	for _, want := range []string{"Grafana &lt;b&gt;", `<span class="tag">bot</span>`, "🔥", `<article class="att">`, `fill="#f2994a"`,
		"<strong>97 %</strong>", "<dt>Host</dt>",
		`href="https://example.org/g"`, "[FIRING:1] Disk", "v11", "Alert Manager"} {
		if !strings.Contains(p, want) {
			t.Errorf("the room lacks %q", want)
		}
	}
	if strings.Contains(p, "javascript:") {
		t.Error("a script is linked")
	}
	if hits := bea.Get("/search?q=97").Body; !strings.Contains(hits, "97") || !strings.Contains(hits, "/rooms/1/@") {
		t.Error("what a program attached is not found")
	}
	send("payload=%7B%22text%22%3A%22by+form%22%7D", "application/x-www-form-urlencoded").Want(t, http.StatusOK)
	out.Do("POST", strings.Replace(hook, "/hooks/", "/hooks/rocket/", 1), `{"text":"by rocket"}`, "Content-Type", "application/json").Want(t,
		http.StatusOK)
	for range 2 {
		out.Do("POST", hook+"?cid=once", `{"text":"said once"}`, "Content-Type", "application/json").Want(t, http.StatusOK)
	}
	if p := ada.Get("/rooms/1").Body; strings.Count(p, "said once") != 1 || !strings.Contains(p, "by form") ||
		!strings.Contains(p, "by rocket") {
		t.Error("not all was said, or twice")
	}
	for body, want := range map[string]struct {
		status int
		word   string
	}{"": {400, "no_text"}, "{}": {400, "no_text"}, "{": {400, "invalid_payload"}, "{\"text\":\"\xff\"}": {400, "invalid_payload"},
		`{"text":"\ud83c"}`: {400, "invalid_payload"}, `{"text":"\ud83c\udf89"}`: {200, "ok"},
		`{"text":"/nothing of the kind"}`:                   {200, "ok"},
		`{"text":"` + strings.Repeat("long ", 5_000) + `"}`: {200, "ok"}, `{"text":"hello","thread_ts":"99999.0"}`: {200, "ok"}} {
		if a := send(body, "application/json"); a.Status != want.status || a.Body != want.word {
			t.Errorf("%.40q: %d %q", body, a.Status, a.Body)
		}
	}
	for _, body := range []string{"payload=%ff", "payload={\"text\":\"%ff\"}", "text=%ff", "text=%zz", "\xff"} {
		if a := send(body, "application/x-www-form-urlencoded"); a.Status != 400 || a.Body != "invalid_payload" {
			t.Errorf("%q: %d %q", body, a.Status, a.Body)
		}
	}
	for _, path := range []string{"/hooks/x", "/hooks/parley_" + strings.Repeat("A", 26), hook[:len(hook)-1], hook + "A"} {
		if a := out.Do("POST", path, `{"text":"x"}`); a.Status != http.StatusNotFound || a.Body != "no_service" {
			t.Errorf("%s: %d %q", path, a.Status, a.Body)
		}
	}
	out.Get(hook).Want(t, http.StatusSeeOther) // nothing to see
	key := hook[len("/hooks/"):]
	program{out, key}.asks("GET", "/rooms/1", "").Want(t, http.StatusUnauthorized) // it opens nothing else
	token := newProgram(ada, "/me/tokens", "write")
	out.Do("POST", "/hooks/"+token.key, `{"text":"x"}`).Want(t, http.StatusNotFound)
	if p := bea.Get("/rooms/1/integrations").Want(t, http.StatusOK).Body; strings.Contains(p, key) || !strings.Contains(p, "Alert Manager") {
		t.Error("members see", p)
	}
	bea.Post("/rooms/1/integrations/1/revoke").Want(t, http.StatusNotFound)
	ada.Post("/rooms/1/integrations/1/revoke").Want(t, http.StatusSeeOther)
	if a := send(`{"text":"x"}`, "application/json"); a.Status != http.StatusNotFound {
		t.Error("a revoked hook speaks:", a.Status)
	}
}

func TestAHookEndsWithItsPlace(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	room := ada.Found("alerts", "private")
	hook := newHook(ada, room, "CI")
	out := s.Visitor()
	says := func() apptest.Answer {
		return out.Do("POST", hook, `{"text":"x"}`, "Content-Type", "application/json")
	}
	says().Want(t, http.StatusOK)
	bots := s.Stored()
	list, err := bots.Bots(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || list[0].Username != "ci" {
		t.Fatal(list, err)
	}
	ada.Post(fmt.Sprintf("/rooms/%d/members/%d/remove", room, list[0].ID)).Want(t, http.StatusSeeOther)
	if a := says(); a.Status != http.StatusNotFound || a.Body != "channel_not_found" {
		t.Error("put out of the room it gets", a.Status, a.Body)
	}
	ada.Post(fmt.Sprintf("/rooms/%d/members", room), "people", fmt.Sprint(list[0].ID)).Want(t, http.StatusSeeOther)
	says().Want(t, http.StatusOK)
	s.Signup("bea")
	ada.Post("/admin/people/3/role", "role", "administrator").Want(t, http.StatusSeeOther)
	ada.Post("/admin/people/1/role", "role", "member").Want(t, http.StatusSeeOther)
	if a := says(); a.Status != http.StatusForbidden || a.Body != "action_prohibited" {
		t.Error("the hook of who may have no bots gets", a.Status, a.Body)
	}
}

func TestSlacksOwnAPIPosts(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	url, id := bot(ada, "pager")
	p := newProgram(ada, url+"/keys", "write")
	type answer struct {
		OK                 bool
		Channel, TS, Error string
	}
	post := func(body string) answer {
		t.Helper()
		return answered[answer](t, p.asks("POST", "/api/chat.postMessage", body).Want(t, http.StatusOK))
	}
	if a := post(`{"channel":"#general","text":"x"}`); a.OK || a.Error != "channel_not_found" {
		t.Errorf("outside of the room: %+v", a)
	}
	ada.Post("/rooms/1/members", "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
	first := post(`{"channel":"#general","text":"*fire*"}`)
	second := post(`{"channel":"1","text":"it burns","thread_ts":"` + first.TS + `"}`)
	if !first.OK || !second.OK || first.Channel != "1" {
		t.Errorf("%+v %+v", first, second)
	}
	if r := ada.Get("/rooms/1").Body; !strings.Contains(r, "<strong>fire</strong>") || !strings.Contains(r, `class="re"`) {
		t.Error("the answer does not hang on what it answers")
	}
	if a := post(`{"channel":1,"attachments":[{"title":"Boxed","text":"*b*"}],"blocks":[]}`); !a.OK {
		t.Errorf("with a box: %+v", a)
	}
	if a := post(`{"channel":"general"}`); a.OK || a.Error != "no_text" {
		t.Errorf("without words: %+v", a)
	}
}

func TestHooksAreMadeByTheCommandLine(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	path := strings.TrimSpace(apptest.Command(t, 0, "", "hook", "add", "Night watch", "--room", "general", "--data", s.Data))
	if hookOnPage.FindString(path) != path {
		t.Fatalf("it printed %q", path)
	}
	s.Visitor().Do("POST", path, "all is well", "Content-Type", "text/plain").Want(t, http.StatusOK)
	if p := ada.Get("/rooms/1").Body; !strings.Contains(p, "Night watch") || !strings.Contains(p, "all is well") {
		t.Error("it is not heard")
	}
	list := apptest.Command(t, 0, "", "hook", "list", "--room", "#general", "--data", s.Data)
	if !strings.Contains(list, "Night watch") || strings.Contains(list, path[len("/hooks/"):]) {
		t.Error("the list says", list)
	}
	apptest.Command(t, 1, "", "hook", "revoke", "99", "--room", "general", "--data", s.Data)
	apptest.Command(t, 1, "", "hook", "list", "--room", "nowhere", "--data", s.Data)
	apptest.Command(t, 2, "", "hook", "list", "--data", s.Data)
	apptest.Command(t, 0, "", "hook", "revoke", "1", "--room", "general", "--data", s.Data)
	s.Visitor().Do("POST", path, "all is well").Want(t, http.StatusNotFound)
}

// The address of a hook is changed without a gap: the old one works for a day more.
func TestTheAddressOfAHookIsChanged(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	old := newHook(ada, 1, "Siren")
	at := regexp.MustCompile(`/rooms/1/integrations/\d+/rotate`).FindString(ada.Get("/rooms/1/integrations").Body)
	if at == "" {
		t.Fatal("nothing changes the address of a hook")
	}
	bea.Post(at).Want(t, http.StatusNotFound)
	fresh := hookOnPage.FindString(ada.Post(at).Want(t, http.StatusOK).Body)
	if fresh == "" || fresh == old {
		t.Fatalf("the address was %s, and is %s", old, fresh)
	}
	for _, hook := range []string{old, fresh} {
		s.Visitor().Do("POST", hook, `{"text":"hello"}`, "Content-Type", "application/json").Want(t, http.StatusOK)
	}
	if page := ada.Get("/rooms/1/integrations").Body; !strings.Contains(page, "ends in 1 day") {
		t.Error("it is not said that the old address ends")
	}
}
