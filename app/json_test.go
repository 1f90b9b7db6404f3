package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// asked gets an address as a program does.
func (b *browser) asked(path string) (a answer, value any) {
	b.s.t.Helper()
	a = b.get(path, "Accept", "application/json")
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		b.s.t.Fatalf("%s: %v in %.300s", path, err, a.body)
	}
	return a, value
}

// shape writes the names in a JSON value in order, each with the kind of what it names.
func shape(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+" "+shape(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		if len(v) == 0 {
			return "[]"
		}
		return "[" + shape(v[len(v)-1]) + "]"
	case nil:
		return "null"
	case float64:
		return "number"
	}
	return fmt.Sprintf("%T", v)
}

const (
	shapePerson  = "{id number, name string, username string}"
	shapeRoom    = "{created string, id number, kind string, membership {mentions number, muted bool, rank string, starred bool, unread number}, name string, people number, rev number, slow number, title string, topic string}"
	shapeMessage = "{at string, author " + shapePerson +
		", body string, deleted bool, edited null, files [], for [], for_all bool, id number, kind string, reactions [{by [" +
		shapePerson + "], emoji string}], " +
		"replies number, reply_to number, rev number, room number, system null, text string}"
)

// What programs read is a contract: a name that is gone breaks somebody's program.
func TestPagesHaveAShapeForPrograms(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "body", "the beam is *seen*", "cid", "first").want(t, 303)
	ada.post("/rooms/1/messages", "body", "from far away", "cid", "second", "reply_to", "1").want(t, 303)
	ada.post("/messages/2/reactions", "e", "👍").want(t, 303)
	ada.post("/messages/1/edit", "body", "the beam is *seen* well").want(t, 303)
	for path, want := range map[string]string{
		"/rooms/1": "{members [{id number, name string, rank string, username string}], messages [" + shapeMessage +
			"], newer null, older null, room " + shapeRoom + "}",
		"/messages/1": "{message " + strings.Replace(strings.Replace(shapeMessage, "edited null", "edited string", 1),
			"reactions [{by ["+shapePerson+"], emoji string}]", "reactions []", 1) + ", more bool, older null, room " + shapeRoom + ", thread [" +
			shapeMessage + "], versions [{text string, until string}]}",
		"/search?q=from+far": "{behind bool, hits [{message " + shapeMessage + ", room " + shapeRoom +
			", snippet string}], older null, query string}",
	} {
		if path == "/messages/1" {
			want = strings.Replace(want, "reply_to number", "reply_to null", 1)
		}
		a, value := ada.asked(path)
		if got := shape(value); got != want {
			t.Errorf("%s has the shape\n%s\nwant\n%s", path, got, want)
		}
		if a.header.Get("Content-Type") != "application/json" || !strings.Contains(a.header.Get("Vary"), "Accept") {
			t.Errorf("%s: %v", path, a.header)
		}
		address, query, _ := strings.Cut(path, "?")
		if named := ada.get(address + ".json?" + query); named.status != 200 || shape(decoded(t, named.body)) != want {
			t.Errorf("%s.json: %d %.200s", address, named.status, named.body)
		}
		if html := ada.get(path, "Accept", "text/html,application/xhtml+xml,application/json;q=0.1"); !strings.HasPrefix(
			html.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s for a browser is %s", path, html.header.Get("Content-Type"))
		}
	}
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Errorf("%v in %.200s", err, text)
	}
	return value
}

// A program is let in nowhere where its person is not, and told in the same words.
func TestAProgramIsRefusedAsItsPersonIs(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, mei := s.signup("ada"), s.signup("mei")
	ada.post("/rooms", "name", "quay", "kind", "private").want(t, 303)
	ada.post("/rooms/2/messages", "body", "a secret", "cid", "one").want(t, 303)
	for _, path := range []string{"/rooms/2", "/rooms/9", "/messages/1", "/messages/99", "/rooms/2/@1", "/rooms/2/people", "/nothing"} {
		seen := mei.get(path)
		a, value := mei.asked(path)
		problem, _ := value.(map[string]any)
		if a.status != seen.status || a.status != http.StatusNotFound || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, for people %d", path, a.status, a.header.Get("Content-Type"), seen.status)
		}
		if detail, _ := problem["detail"].(string); problem["status"] != float64(404) || detail == "" || !strings.Contains(seen.body, detail) {
			t.Errorf("%s says %v", path, problem)
		}
	}
	if _, value := mei.asked("/search?q=secret"); len(value.(map[string]any)["hits"].([]any)) > 0 {
		t.Error("a private message was found:", value)
	}
	if a, _ := s.visitor().asked("/rooms/1"); a.status != http.StatusUnauthorized {
		t.Error("a stranger gets", a.status)
	}
	if a := s.visitor().get("/rooms/1.json"); a.status != http.StatusUnauthorized {
		t.Error("a stranger who names JSON gets", a.status)
	}
}

// A program that reads a room has not read it for its person.
func TestAProgramMarksNothingRead(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, mei := s.signup("ada"), s.signup("mei")
	ada.post("/rooms/1/messages", "body", "hello", "cid", "one").want(t, 303)
	for range 3 {
		mei.asked("/rooms/1")
		mei.get("/rooms/1.json").want(t, 200)
	}
	if a, value := mei.asked("/rooms/1"); value.(map[string]any)["room"].(map[string]any)["membership"].(map[string]any)["unread"] != float64(1) {
		t.Errorf("%.400s", a.body)
	}
}

// Pages of history lead to each other.
func TestProgramsReadHistoryByPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	for n := range 120 {
		ada.post("/rooms/1/messages", "body", fmt.Sprint("number ", n), "cid", fmt.Sprint("c", n)).want(t, 303)
	}
	var bodies []string
	for path := "/rooms/1.json"; path != ""; {
		a := ada.get(path).want(t, 200)
		var p struct {
			Messages []struct{ Kind, Body string }
			Older    string
		}
		if err := json.Unmarshal([]byte(a.body), &p); err != nil {
			t.Fatal(err)
		}
		var page []string
		for _, m := range p.Messages {
			if m.Kind == "message" {
				page = append(page, m.Body)
			}
		}
		bodies, path = append(page, bodies...), p.Older
	}
	for n, body := range bodies {
		if body != fmt.Sprint("number ", n) {
			t.Fatalf("message %d is %q", n, body)
		}
	}
	if len(bodies) != 120 {
		t.Error(len(bodies), "messages came")
	}
}
