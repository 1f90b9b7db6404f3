package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

var keyOnPage = regexp.MustCompile(`parley_[A-Z2-7]{26}`)

// program is one that acts by a key.
type program struct {
	*apptest.Browser
	key string
}

// asks sends a question of a program; body: a JSON object, "" for none.
func (p program) asks(method, path, body string, headers ...string) apptest.Answer {
	p.Server.T.Helper()
	headers = append([]string{"Authorization", "Bearer " + p.key, "Accept", "*/*"}, headers...)
	if body != "" {
		headers = append(headers, "Content-Type", "application/json")
	}
	return p.Do(method, path, body, headers...)
}

// program makes a key by a form of somebody's page.
func newProgram(by *apptest.Browser, url, may string) program {
	by.Server.T.Helper()
	page := by.Post(url, "name", "a program", "may", may, "life", "90d").Want(by.Server.T, http.StatusOK)
	key := keyOnPage.FindString(page.Body)
	if key == "" {
		by.Server.T.Fatal("the page shows no key:", page.Body)
	}
	return program{by.Server.Visitor(), key}
}

func bot(by *apptest.Browser, name string) (url string, id int) {
	by.Server.T.Helper()
	url = by.Post("/bots", "name", strings.ToUpper(name), "username", name).Want(by.Server.T, http.StatusSeeOther).Location()
	return url, apptest.ID(by.Server.T, url)
}

func answered[T any](t *testing.T, a apptest.Answer) (v T) {
	t.Helper()
	if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/") || !strings.Contains(kind, "json") {
		t.Errorf("the answer is %q: %s", kind, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		t.Errorf("%v: %s", err, a.Body)
	}
	return v
}

func TestABotSpeaksInItsRooms(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	bea.Post("/bots", "name", "Mine", "username", "mine").Want(t, http.StatusForbidden)
	url, id := bot(ada, "deploys")
	bea.Get(url).Want(t, http.StatusNotFound)
	bea.Post(url+"/keys", "name", "x", "may", "write", "life", "7d").Want(t, http.StatusNotFound)
	b := newProgram(ada, url+"/keys", "write")
	secret := ada.Found("secret", "private")
	for _, path := range []string{"/rooms/1", fmt.Sprint("/rooms/", secret), "/rooms/1/changes", "/rooms/1/files"} {
		b.asks("GET", path, "").Want(t, http.StatusNotFound) // open rooms, too: it was not taken in
	}
	b.asks("POST", "/rooms/1/messages", `{"body":"x"}`).Want(t, http.StatusNotFound)
	b.asks("POST", "/rooms/1/join", `{}`).Want(t, http.StatusForbidden)
	ada.Post("/rooms/1/members", "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
	page := bea.View(1, 0)
	said := b.asks("POST", "/rooms/1/messages", `{"body":"build **214** is live","cid":"d-214"}`).Want(t, http.StatusCreated)
	m := answered[struct {
		ID     int
		Body   string
		Author struct{ Username string }
	}](t, said)
	if m.Author.Username != "deploys" || m.Body != "build **214** is live" || said.Header.Get("Location") != fmt.Sprintf("/rooms/1/@%d",
		m.ID) {
		t.Error("it said", said.Body, said.Header.Get("Location"))
	}
	page.Expect("build <strong>214</strong> is live")
	if p := bea.Get("/rooms/1").Body; !strings.Contains(p, `<span class="tag">bot</span>`) {
		t.Error("the row does not say that a bot speaks")
	}
	for _, again := range []apptest.Answer{
		b.asks("POST", "/rooms/1/messages", `{"body":"again","cid":"d-214"}`),
		b.asks("POST", "/rooms/1/messages", `{"body":"again"}`, "Idempotency-Key", "d-214"),
		b.asks("POST", "/rooms/1/messages", `{"body":"again"}`, "Idempotency-Key", `"d-214"`),
	} {
		if one := answered[struct{ ID int }](t, again.Want(t, http.StatusOK)); one.ID != m.ID {
			t.Error("the same again made", again.Body)
		}
	}
	plain := b.Do("POST", "/rooms/1/messages", "the words alone & more", "Authorization", "Bearer "+b.key, "Content-Type",
		"application/x-www-form-urlencoded")
	by := s.Visitor().Do("POST", "/rooms/1/"+b.key+"/messages", "by its address", "Content-Type", "text/plain")
	if one := answered[struct{ Body string }](t, by.Want(t, http.StatusCreated)); one.Body != "by its address" {
		t.Error("by its address it said", one.Body)
	}
	s.Visitor().Do("POST", "/rooms/1/"+b.key[:20]+"/messages", "x").Want(t, http.StatusNotFound)
	if one := answered[struct{ Body string }](t, plain.Want(t, http.StatusCreated)); one.Body != "the words alone & more" {
		t.Error("curl --data said", one.Body)
	}
	for _, body := range []string{"{\"body\":\"\xff\"}", `{"body":"\ud83c"}`, `{"body":"\udf89 alone"}`, "{\"body\":\"x\",\"cid\":\"\xc3\"}"} {
		if a := b.asks("POST", "/rooms/1/messages", body); a.Status != http.StatusBadRequest || !strings.Contains(a.Body, "not valid UTF-8") {
			t.Errorf("%q: %d %s", body, a.Status, a.Body)
		}
	}
	percent := b.Do("POST", "/rooms/1/messages", "the disk is 90% full, 5%zz", "Authorization", "Bearer "+b.key, "Content-Type",
		"application/x-www-form-urlencoded")
	if one := answered[struct{ Body string }](t, percent.Want(t, http.StatusCreated)); one.Body != "the disk is 90% full, 5%zz" {
		t.Error("curl --data with percent signs said", one.Body)
	}
	msg := fmt.Sprint("/messages/", m.ID)
	if one := answered[struct{ Body string }](t, b.asks("POST", msg+"/edit", `{"body":"build 215"}`).Want(t,
		http.StatusOK)); one.Body != "build 215" {
		t.Error("edited:", one)
	}
	b.asks("POST", msg+"/reactions", `{"e":":tada:","on":true}`).Want(t, http.StatusOK)
	b.asks("POST", msg+"/delete", `{}`).Want(t, http.StatusNoContent)
	b.asks("GET", msg, "").Want(t, http.StatusGone)
	rooms := answered[struct{ Rooms []struct{ Name string } }](t, b.asks("GET", "/rooms", "").Want(t, http.StatusOK))
	if len(rooms.Rooms) != 1 || rooms.Rooms[0].Name != "general" {
		t.Error("its rooms are", rooms)
	}
	ada.Says(secret, "lighthouse secret")
	ada.Says(1, "lighthouse open")
	hits := answered[struct{ Hits []struct{ Snippet string } }](t, b.asks("GET", "/search?q=lighthouse", "").Want(t, http.StatusOK))
	if len(hits.Hits) != 1 || !strings.Contains(hits.Hits[0].Snippet, "open") {
		t.Error("it finds", hits)
	}
	for _, path := range []string{"/people", "/people/1", "/me", "/admin", "/admin/people", "/bots", "/me/tokens", "/",
		"/mentions", "/reports"} {
		b.asks("GET", path, "").Want(t, http.StatusForbidden)
	}
	for path, status := range map[string]int{"GET /nope": 404, "GET /rooms/abc": 404, "POST /rooms/1/nope": 404, "GET /rooms/1.xml": 404,
		"DELETE /rooms/1": 405, "POST /rooms/1": 405, "GET /rooms/1/typing": 405, "PUT /dm": 405, "GET /admin/settings": 403} {
		method, path, _ := strings.Cut(path, " ")
		a := b.asks(method, path, "").Want(t, status)
		if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" || (a.Header.Get("Allow") != "") != (status == 405) {
			t.Errorf("%s %s: %s, Allow: %q", method, path, kind, a.Header.Get("Allow"))
		}
	}
	for _, body := range []string{`{"body":5}`, `{"body":true}`, `{"body":["a",5]}`, `{"body":"x","cid":5}`} {
		if a := b.asks("POST", "/rooms/1/messages", body); a.Status != http.StatusBadRequest || !strings.Contains(a.Body, "is a text") {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
	for _, path := range []string{"/rooms/1/feed.atom", "/rooms/1/feed.json", "/search.atom?q=lighthouse"} {
		if a := b.asks("GET", path, "").Want(t, http.StatusOK); !strings.Contains(a.Body, "open") || strings.Contains(a.Body, "secret") {
			t.Error(path, "is", a.Body)
		}
	}
	b.asks("GET", fmt.Sprintf("/rooms/%d/feed.json", secret), "").Want(t, http.StatusNotFound)
	for _, path := range []string{"/logout", "/me/password", "/me/tokens", "/rooms", "/admin/settings", url + "/keys"} {
		b.asks("POST", path, `{}`).Want(t, http.StatusForbidden)
	}
	ada.Post(fmt.Sprintf("/rooms/1/members/%d/remove", id))
	ada.Post(url+"/remove").Want(t, http.StatusSeeOther)
	b.asks("GET", "/rooms", "").Want(t, http.StatusUnauthorized)
	if p := bea.Get("/rooms/1").Body; !strings.Contains(p, "the words alone") {
		t.Error("what it said went with it")
	}
}

func TestKeysAreExact(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := newProgram(ada, "/me/tokens", "write")
	other := newProgram(ada, "/me/tokens", "read")
	for _, key := range []string{"", " ", "parley_", p.key[:len(p.key)-1], p.key + "A", strings.ToLower(p.key),
		"parley_" + strings.Repeat("A", 26), "%", "*"} {
		a := program{p.Browser, key}.asks("GET", "/rooms", "")
		if a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%q: status %d", key, a.Status)
		}
	}
	ada.Do("GET", "/rooms", "", "Authorization", "Bearer nothing").Want(t, http.StatusUnauthorized) // whatever the cookie says
	ada.Get("/rooms?key="+p.key).Want(t, http.StatusOK)
	s.Visitor().Get("/rooms?key="+p.key).Want(t, http.StatusSeeOther)
	p.asks("GET", "/me.json", "").Want(t, http.StatusOK)
	other.asks("GET", "/people", "").Want(t, http.StatusOK)
	other.asks("POST", "/rooms/1/messages", `{"body":"x"}`).Want(t, http.StatusForbidden)
	if a := p.asks("POST", "/rooms/1/messages", `{"body":""}`); a.Status != 422 || answered[struct{ Status int }](t, a).Status != 422 {
		t.Error("an empty message:", a.Status, a.Body)
	}
	for _, body := range []string{`[1]`, `{`, `{"body":{"a":1}}`, `{} {}`, `"x"`} {
		p.asks("POST", "/rooms/1/messages", body).Want(t, http.StatusBadRequest)
	}
	if n := strings.Count(ada.Get("/me/tokens").Body, p.key); n != 0 {
		t.Error("a key is shown again")
	}
	ada.Post("/me/password", "current", apptest.Password, "password", "another fine password 7")
	p.asks("GET", "/rooms", "").Want(t, http.StatusUnauthorized)
}

func TestKeysEndWithWhatTheyCameFrom(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/admin/people/2/role", "role", "administrator").Want(t, http.StatusSeeOther)
	url, id := bot(bea, "alerts")
	old := newProgram(bea, url+"/keys", "write")
	bea.Post("/rooms/1/members", "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
	old.asks("GET", "/rooms/1", "").Want(t, http.StatusOK)
	fresh := program{old.Browser, keyOnPage.FindString(bea.Post(url+"/keys/1/rotate").Want(t, http.StatusOK).Body)}
	for _, p := range []program{old, fresh} { // the old one works for a day
		p.asks("GET", "/rooms/1", "").Want(t, http.StatusOK)
	}
	waits := make(chan int)
	go func() { waits <- fresh.asks("GET", "/rooms/1/changes?since=99", "").Status }()
	apptest.Within(t, "the bot waits", func() bool { return s.App.Pages() > 0 })
	ada.Post("/admin/people/2/role", "role", "member").Want(t, http.StatusSeeOther)
	select {
	case status := <-waits:
		if status != http.StatusUnauthorized && status != http.StatusForbidden { // when it asks once more
			t.Error("what waited got", status)
		}
	case <-time.After(apptest.Longest):
		t.Fatal("it waits on")
	}
	if a := fresh.asks("GET", "/rooms/1", ""); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "sleeps") {
		t.Error("the bot of who may have none:", a.Status, a.Body)
	}
	bea.Post("/bots", "name", "B", "username", "more").Want(t, http.StatusForbidden)
	ada.Post(url+"/adopt").Want(t, http.StatusSeeOther)
	fresh.asks("GET", "/rooms/1", "").Want(t, http.StatusOK)
	bea.Get(url).Want(t, http.StatusNotFound)
	ada.Post(url+"/keys/2/revoke").Want(t, http.StatusSeeOther)
	fresh.asks("GET", "/rooms/1", "").Want(t, http.StatusUnauthorized)
	ada.Post(fmt.Sprintf("/admin/people/%d/reset", id)).Want(t, http.StatusUnprocessableEntity)
	ada.Post(fmt.Sprintf("/admin/people/%d/role", id), "role", "administrator").Want(t, http.StatusUnprocessableEntity)
	s.Visitor().Post("/login", "username", "alerts", "password", "-").Want(t, http.StatusUnprocessableEntity)
}

func TestAProgramWaitsForChanges(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := newProgram(ada, "/me/tokens", "read")
	type changes struct {
		Rev      int
		Messages []struct{ Body string }
	}
	at := answered[changes](t, p.asks("GET", "/rooms/1/changes", "").Want(t, http.StatusOK))
	answer := make(chan apptest.Answer)
	go func() { answer <- p.asks("GET", fmt.Sprint("/rooms/1/changes?since=", at.Rev), "") }()
	apptest.Within(t, "it waits", func() bool { return s.App.Pages() > 0 })
	ada.Says(1, "news")
	got := answered[changes](t, (<-answer).Want(t, http.StatusOK))
	if len(got.Messages) != 1 || got.Messages[0].Body != "news" || got.Rev != at.Rev+1 {
		t.Errorf("after %d came %+v", at.Rev, got)
	}
}

// Each operation is called as the description says, with a value for each of its
// parameters, and answers as the description says.
func TestTheAPIIsAsItsDescriptionSays(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Unlimited()
	ada, bea := s.Signup("ada"), s.Signup("bea")
	p := newProgram(ada, "/me/tokens", "write")
	type media struct {
		Schema map[string]any
	}
	var d struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In string }
			RequestBody struct{ Content map[string]media }
			Responses   map[string]struct{ Content map[string]media }
		}
		Components struct{ Schemas map[string]map[string]any }
	}
	text := s.Visitor().Get("/api/openapi.json").Want(t, http.StatusOK)
	if err := json.Unmarshal([]byte(text.Body), &d); err != nil || d.OpenAPI != "3.1.0" || len(d.Paths) < 15 {
		t.Fatal(err, text.Body)
	}
	human := s.Visitor().Get("/api").Want(t, http.StatusOK).Body
	upload := ada.Upload("/rooms/1/messages", []string{"cid", "f", "body", "a file"}, apptest.NewFile("a.png", apptest.PngOf(t, 900, 700)))
	upload.Want(t, http.StatusSeeOther)
	token := apptest.Tokens(ada.Get("/rooms/1").Body)[0]
	s.Ready(token)
	for path, methods := range d.Paths {
		for method, o := range methods {
			if !strings.Contains(human, `id="`+o.OperationID+`"`) {
				t.Error("the page for people lacks", o.OperationID)
			}
			room := ada.Found(fmt.Sprint("room of ", o.OperationID), "open")
			message := ada.Says(room, "words")
			if o.OperationID == "joinRoom" {
				room = bea.Found("bea's", "open")
			}
			address := strings.NewReplacer("{room}", fmt.Sprint(room), "{message}", fmt.Sprint(message), "{person}", "2", "{token}", token, "{name}",
				"a.png").Replace(path)
			query := "?"
			for _, a := range o.Parameters {
				if v := map[string]string{"q": "words", "page": "0", "since": "0"}[a.Name]; a.In == "query" && v != "" {
					query += a.Name + "=" + v + "&"
				}
			}
			body := ""
			if method == "post" {
				fields := map[string]any{}
				for name := range properties(o.RequestBody.Content["application/json"].Schema) {
					fields[name] = map[string]any{"body": "said", "name": "a new room", "people": []int{2}, "to": []int{2}, "upto": message, "e": "👍",
						"kind": "private"}[name]
				}
				b, _ := json.Marshal(fields)
				body = string(b)
			}
			a := p.asks(strings.ToUpper(method), address+query, body)
			want, described := o.Responses[fmt.Sprint(a.Status)]
			if !described {
				t.Errorf("%s %s%s is answered with %d, %v are described: %s", method, address, query, a.Status, o.Responses, a.Body)
				continue
			}
			if answer, ok := want.Content["application/json"]; ok {
				var got any
				if err := json.Unmarshal([]byte(a.Body), &got); err != nil {
					t.Errorf("%s: %v", o.OperationID, err)
				}
				if why := unlike(got, answer.Schema, d.Components.Schemas); why != "" {
					t.Errorf("%s: %s in %s", o.OperationID, why, a.Body)
				}
			}
		}
	}
}

func properties(schema map[string]any) map[string]any {
	p, _ := schema["properties"].(map[string]any)
	return p
}

// unlike says where a value is not as a schema has it; "" where it is.
func unlike(v any, schema map[string]any, named map[string]map[string]any) string {
	if ref, ok := schema["$ref"].(string); ok {
		schema = named[strings.TrimPrefix(ref, "#/components/schemas/")]
	}
	if any, ok := schema["anyOf"].([]any); ok {
		if v == nil {
			return ""
		}
		return unlike(v, any[0].(map[string]interface{}), named)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, p := range properties(schema) {
			one, there := v[name]
			if !there {
				return name + " is missing"
			}
			if why := unlike(one, p.(map[string]any), named); why != "" {
				return name + ": " + why
			}
		}
		if len(v) != len(properties(schema)) {
			return fmt.Sprintf("%d fields, %d are described", len(v), len(properties(schema)))
		}
	case []any:
		for _, one := range v {
			if why := unlike(one, schema["items"].(map[string]any), named); why != "" {
				return why
			}
		}
		return differs(schema, "array")
	case string:
		return differs(schema, "string")
	case float64:
		return differs(schema, "integer")
	case bool:
		return differs(schema, "boolean")
	case nil:
		return "null"
	}
	return ""
}

func differs(schema map[string]any, kind string) string {
	if schema["type"] != kind {
		return fmt.Sprintf("it is %s, %v is described", kind, schema["type"])
	}
	return ""
}

func TestBotsAreMadeByTheCommandLine(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	out := apptest.Command(t, 0, "", "bot", "add", "deploys", "--name", "Deploys", "--room", "general", "--data", s.Data)
	key := strings.TrimSpace(out)
	if keyOnPage.FindString(key) != key {
		t.Fatalf("it printed %q", out)
	}
	p := program{s.Visitor(), key}
	p.asks("POST", "/rooms/1/messages", `{"body":"hello"}`).Want(t, http.StatusCreated)
	if r := ada.Get("/rooms/1").Body; !strings.Contains(r, "Deploys") || !strings.Contains(r, "hello") {
		t.Error("it is not heard")
	}
	list := apptest.Command(t, 0, "", "bot", "list", "--data", s.Data)
	if !strings.Contains(list, "deploys") || !strings.Contains(list, key[:11]+"…") || strings.Contains(list, key) {
		t.Error("the list says", list)
	}
	fresh := program{p.Browser, strings.TrimSpace(apptest.Command(t, 0, "", "bot", "rotate", "deploys", "--data", s.Data))}
	p.asks("GET", "/rooms/1", "").Want(t, http.StatusOK)
	fresh.asks("GET", "/rooms/1", "").Want(t, http.StatusOK)
	apptest.Command(t, 1, "", "bot", "remove", "ada", "--data", s.Data)
	apptest.Command(t, 0, "", "bot", "remove", "deploys", "--data", s.Data)
	fresh.asks("GET", "/rooms/1", "").Want(t, http.StatusUnauthorized)
	if b := apptest.Command(t, 0, "", "export", "-", "--data", s.Data); strings.Contains(b, key) || !strings.Contains(b, `"bot":1`) {
		t.Error("an export holds a key, or does not say what is a bot")
	}
}
