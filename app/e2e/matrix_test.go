package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
)

var revocation = regexp.MustCompile(`/me/tokens/\d+/revoke`)

// apiOperation is one of the description.
type apiOperation struct {
	id, method, path string
	fields           []string
	people           bool // not for bots
}

func describedOperations(t *testing.T, s *apptest.Server) (all []apiOperation) {
	t.Helper()
	var d struct {
		Paths map[string]map[string]struct {
			OperationID, Description string
			RequestBody              struct {
				Content map[string]struct{ Schema map[string]any }
			}
		}
	}
	if err := json.Unmarshal([]byte(s.Visitor().Get("/api/openapi.json").Body), &d); err != nil {
		t.Fatal(err)
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			one := apiOperation{id: o.OperationID, method: strings.ToUpper(method), path: path, people: strings.Contains(o.Description,
				"Not for the keys of bots")}
			for name := range properties(o.RequestBody.Content["application/json"].Schema) {
				one.fields = append(one.fields, name)
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b apiOperation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

// Every operation is asked for what is in a private room with every kind of key: who is not
// in it gets nothing, and not a word more than of what is not there.
func TestEveryOperationIsRefusedToWhoMayNot(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea, cid := s.Signup("ada"), s.Signup("bea"), s.Signup("cid")
	dan, eve, fay := s.Signup("dan"), s.Signup("eve"), s.Signup("fay")
	ada.Post("/admin/people/4/role", "role", "administrator").Want(t, http.StatusSeeOther)
	room := ada.Found("zanzibar", "private")
	at := fmt.Sprintf("/rooms/%d", room)
	for _, id := range []string{"2", "5", "6"} {
		ada.Post(at+"/members", "people", id).Want(t, http.StatusSeeOther)
	}
	secret := ada.Says(room, "zanzibar sails at dawn")
	sent := ada.Upload(at+"/messages", []string{"body", "a zanzibar chart"}, apptest.NewFile("zanzibar.png", apptest.PngOf(t, 80, 60)))
	sent.Want(t, http.StatusSeeOther)
	token := apptest.Tokens(ada.Get(at).Body)[0]
	s.Ready(token)
	inside, insideID := bot(ada, "inside")
	outside, _ := bot(ada, "outside")
	ada.Post(at+"/members", "people", fmt.Sprint(insideID)).Want(t, http.StatusSeeOther)
	keys := map[string]string{"member": newProgram(bea, "/me/tokens", "write").key, "reader": newProgram(bea, "/me/tokens", "read").key,
		"outsider": newProgram(cid, "/me/tokens", "write").key, "administrator": newProgram(dan, "/me/tokens", "write").key,
		"banned": newProgram(eve, "/me/tokens", "write").key, "deactivated": newProgram(fay, "/me/tokens", "write").key,
		"bot in it": newProgram(ada, inside+"/keys", "write").key, "bot elsewhere": newProgram(ada, outside+"/keys", "write").key,
		"nobody": "", "another's, shorter": "", "another's, longer": "", "revoked": newProgram(cid, "/me/tokens", "write").key}
	keys["another's, shorter"], keys["another's, longer"] = keys["member"][:len(keys["member"])-1], keys["member"]+"A"
	keys["hook"] = keyOnPage.FindString(ada.Post(at+"/integrations", "name", "A hook").Want(t, http.StatusOK).Body)
	keys["feed"] = keyOnPage.FindString(bea.Post("/me/feeds").Want(t, http.StatusOK).Body)
	ada.Post(at+"/members/5/ban").Want(t, http.StatusSeeOther)
	ada.Post("/admin/people/6/disable").Want(t, http.StatusSeeOther)
	cid.Post(revocation.FindString(cid.Get("/me/tokens").Body)).Want(t, http.StatusSeeOther) // the newest stands first
	noKey := []string{"deactivated", "nobody", "another's, shorter", "another's, longer", "revoked", "hook", "feed"}
	notIn := []string{"outsider", "administrator", "banned", "bot elsewhere"}
	put := strings.NewReplacer("{room}", fmt.Sprint(room), "{message}", fmt.Sprint(secret), "{person}", "2", "{token}", token,
		"{name}", "zanzibar.png")
	operations := describedOperations(t, s)
	if len(operations) < 25 {
		t.Fatalf("%d operations are described", len(operations))
	}
	for _, o := range operations {
		scoped := strings.Contains(o.path, "{room}") || strings.Contains(o.path, "{message}") || strings.Contains(o.path, "{token}")
		body := ""
		if o.method == "POST" {
			fields := map[string]any{}
			for _, name := range o.fields {
				fields[name] = map[string]any{"body": "said", "name": "a new room", "to": []int{3}, "upto": secret, "e": "👍", "kind": "private",
					"channel": "zanzibar", "text": "said"}[name]
			}
			b, _ := json.Marshal(fields)
			body = string(b)
		}
		ask := func(who string) apptest.Answer {
			path := put.Replace(o.path)
			if o.path == "/search" || o.path == "/search.atom" || o.path == "/rooms" && o.method == "GET" {
				path += "?q=zanzibar"
			}
			return program{s.Visitor(), keys[who]}.asks(o.method, path, body)
		}
		for _, who := range noKey {
			if a := ask(who); a.Status != http.StatusUnauthorized || strings.Contains(a.Body, "zanzibar") {
				t.Errorf("%s by the key %q: status %d", o.id, who, a.Status)
			}
		}
		for _, who := range notIn {
			a := ask(who)
			if strings.Contains(strings.ReplaceAll(a.Body, "“zanzibar”", ""), "sails") || strings.Contains(a.Body, "zanzibar.png") {
				t.Errorf("%s tells the %s: %s", o.id, who, a.Body)
			}
			isBot := who == "bot elsewhere"
			switch {
			case isBot && o.people:
				if a.Status != http.StatusForbidden {
					t.Errorf("%s by the %s: status %d", o.id, who, a.Status)
				}
			case scoped && a.Status != http.StatusNotFound:
				t.Errorf("%s by the %s: status %d", o.id, who, a.Status)
			case o.id == "chatPostMessage" && !strings.Contains(a.Body, `"channel_not_found"`):
				t.Errorf("%s by the %s: %s", o.id, who, a.Body)
			}
			if o.id == "listRooms" && strings.Contains(a.Body, `"name":"zanzibar"`) {
				t.Errorf("the rooms of the %s: %s", who, a.Body)
			}
		}
		// What writes is nothing for a key that may only read.
		if a := ask("reader"); o.method == "POST" && a.Status != http.StatusForbidden || o.method == "GET" && a.Status >= 400 &&
			a.Status != http.StatusUpgradeRequired {
			t.Errorf("%s by a key that may only read: status %d", o.id, a.Status)
		}
		if o.method != "GET" && !o.people { // it would do it
			continue
		}
		if a := ask("bot in it"); !o.people && a.Status >= 400 && a.Status != http.StatusUpgradeRequired || o.people &&
			a.Status != http.StatusForbidden {
			t.Errorf("%s by a bot that is in the room: status %d", o.id, a.Status)
		}
	}
	// Nobody changes what another said, member or bot.
	for _, who := range []string{"member", "bot in it"} {
		p := program{s.Visitor(), keys[who]}
		p.asks("POST", fmt.Sprintf("/messages/%d/edit", secret), `{"body":"x"}`).Want(t, http.StatusForbidden)
		p.asks("POST", fmt.Sprintf("/messages/%d/delete", secret), `{}`).Want(t, http.StatusForbidden)
	}
}

// Keys are in no log, no export and no page but the one that shows them once; no page tells
// another site where somebody came from.
func TestKeysAreNowhere(t *testing.T) {
	t.Parallel()
	logged := &apptest.Written{}
	s := apptest.Start(t, func(c *app.Config) {
		log, err := app.NewLog(logged, "debug", "text")
		if err != nil {
			t.Fatal(err)
		}
		c.Log = log
	})
	ada := s.Signup("ada")
	token := newProgram(ada, "/me/tokens", "write")
	hook := keyOnPage.FindString(ada.Post("/rooms/1/integrations", "name", "A hook").Want(t, http.StatusOK).Body)
	feed := keyOnPage.FindString(ada.Post("/me/feeds").Want(t, http.StatusOK).Body)
	token.asks("POST", "/rooms/1/messages", `{"body":"said"}`).Want(t, http.StatusCreated)
	token.asks("GET", "/rooms/99", "").Want(t, http.StatusNotFound)
	v := s.Visitor()
	v.Do("POST", "/rooms/1/"+token.key+"/messages", "words").Want(t, http.StatusCreated)
	v.Do("POST", "/hooks/"+hook, `{"text":"hello"}`).Want(t, http.StatusOK)
	v.Do("POST", "/hooks/"+hook, `{`).Want(t, http.StatusBadRequest)
	v.Do("POST", "/hooks/"+hook[:20], `{"text":"hello"}`).Want(t, http.StatusNotFound)
	v.Get("/feeds/"+feed+"/rooms/1").Want(t, http.StatusOK)
	v.Get("/feeds/"+feed+"/rooms/99").Want(t, http.StatusNotFound)
	token.Do("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Authorization", "Bearer "+token.key, "Content-Type",
		"application/json", "Accept", "application/json, text/event-stream")
	desk := ada.Found("desk", "private")
	at := fmt.Sprintf("/rooms/%d", desk)
	secret := secretOnPage.FindStringSubmatch(ada.Post(at+"/outgoing", "name", "CI", "url", "https://ci.example.org", "word",
		"/deploy").Want(t, http.StatusOK).Body)[1]
	ada.Post(at+"/widget", "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC").Want(t, http.StatusSeeOther)
	marta := guest{s.Visitor(), t}
	marta.says("Hello?").Want(t, http.StatusSeeOther)
	marta.Get("/widget/help").Want(t, http.StatusOK)
	_, cookie, _ := strings.Cut(marta.Cookie, "=")
	answer := chat.AnswerCode(chat.Webhook{Secret: secret}, 7, time.Unix(1, 0))
	v.Do("POST", "/commands/7/"+answer, `{"text":"late"}`).Want(t, http.StatusNotFound)
	keys := map[string]string{"token": token.key, "hook": hook, "feed": feed, "secret of a webhook": secret, "cookie of a visitor": cookie,
		"address of an answer": answer}
	for name, key := range keys {
		if len(key) < 20 {
			t.Fatal("there is no", name)
		}
		if strings.Contains(logged.String(), key[7:]) || strings.Contains(logged.String(), key[:20]) {
			t.Error("the log has the", name)
		}
		for _, path := range []string{"/me/tokens", "/rooms/1/integrations", at + "/integrations", at + "/outgoing/1", at + "/cases/1",
			"/bots", "/admin/log"} {
			if strings.Contains(ada.Get(path).Body, key) {
				t.Errorf("%s shows the %s again", path, name)
			}
		}
	}
	if !strings.Contains(logged.String(), "/hooks/") {
		t.Error("the log has no requests")
	}
	for _, path := range []string{"/me/tokens", "/rooms/1", "/api", "/rooms/1/integrations"} {
		if got := ada.Get(path).Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("%s tells where one came from: %q", path, got)
		}
	}
	file := filepath.Join(t.TempDir(), "all.jsonl")
	apptest.Command(t, 0, "", "export", file, "--data", s.Data)
	exported, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := string(exported)
	for name, key := range keys {
		if strings.Contains(out, key) || strings.Contains(out, key[7:]) {
			t.Error("an export has the", name)
		}
	}
}
