package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/app/apptest"
)

// asked gets an address as a program does.
func asked(b *apptest.Browser, path string) (a apptest.Answer, value any) {
	b.Server.T.Helper()
	a = b.Get(path, "Accept", "application/json")
	if err := json.Unmarshal([]byte(a.Body), &value); err != nil {
		b.Server.T.Fatalf("%s: %v in %.300s", path, err, a.Body)
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
	shapePerson = "{id number, name string, username string}"
	shapeRoom   = "{created string, id number, kind string, " +
		"membership {mentions number, muted bool, rank string, starred bool, unread number}, " +
		"name string, people number, rev number, slow number, title string, topic string}"
	shapeMessage = "{at string, author " + shapePerson + ", body string, deleted bool, edited null, files [], for [], for_all bool, " +
		"id number, kind string, previews [], reactions [{by [" + shapePerson + "], count number, emoji string}], " +
		"replies number, reply_to number, rev number, room number, system null, text string}"
)

// What programs read is a contract: a name that is gone breaks somebody's program.
func TestPagesHaveAShapeForPrograms(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "body", "the beam is *seen*", "cid", "first").Want(t, 303)
	ada.Post("/rooms/1/messages", "body", "from far away", "cid", "second", "reply_to", "1").Want(t, 303)
	ada.Post("/messages/2/reactions", "e", "👍").Want(t, 303)
	ada.Post("/messages/1/edit", "body", "the beam is *seen* well").Want(t, 303)
	for path, want := range map[string]string{
		"/rooms/1": "{members [{id number, name string, rank string, username string}], messages [" + shapeMessage +
			"], newer null, older null, room " + shapeRoom + "}",
		"/messages/1": "{message " + strings.Replace(strings.Replace(shapeMessage, "edited null", "edited string", 1),
			"reactions [{by ["+shapePerson+"], count number, emoji string}]", "reactions []", 1) + ", more bool, newer null, older null, room " +
			shapeRoom + ", thread [" +
			shapeMessage + "], versions [{text string, until string}]}",
		"/search?q=from+far": "{behind bool, hits [{message " + shapeMessage + ", room " + shapeRoom +
			", snippet string}], older null, query string}",
	} {
		if path == "/messages/1" {
			want = strings.Replace(want, "reply_to number", "reply_to null", 1)
		}
		a, value := asked(ada, path)
		if got := shape(value); got != want {
			t.Errorf("%s has the shape\n%s\nwant\n%s", path, got, want)
		}
		if a.Header.Get("Content-Type") != "application/json" || !strings.Contains(a.Header.Get("Vary"), "Accept") {
			t.Errorf("%s: %v", path, a.Header)
		}
		address, query, _ := strings.Cut(path, "?")
		if named := ada.Get(address + ".json?" + query); named.Status != 200 || shape(decoded(t, named.Body)) != want {
			t.Errorf("%s.json: %d %.200s", address, named.Status, named.Body)
		}
		if html := ada.Get(path, "Accept", "text/html,application/xhtml+xml,application/json;q=0.1"); !strings.HasPrefix(
			html.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s for a browser is %s", path, html.Header.Get("Content-Type"))
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
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "private").Want(t, 303)
	ada.Post("/rooms/2/messages", "body", "a secret", "cid", "one").Want(t, 303)
	for _, path := range []string{"/rooms/2", "/rooms/9", "/messages/1", "/messages/99", "/rooms/2/@1", "/rooms/2/people", "/nothing"} {
		seen := mei.Get(path)
		a, value := asked(mei, path)
		problem, _ := value.(map[string]any)
		if a.Status != seen.Status || a.Status != http.StatusNotFound || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, for people %d", path, a.Status, a.Header.Get("Content-Type"), seen.Status)
		}
		if detail, _ := problem["detail"].(string); problem["status"] != float64(404) || detail == "" || !strings.Contains(seen.Body, detail) {
			t.Errorf("%s says %v", path, problem)
		}
	}
	if _, value := asked(mei, "/search?q=secret"); len(value.(map[string]any)["hits"].([]any)) > 0 {
		t.Error("a private message was found:", value)
	}
	if a, _ := asked(s.Visitor(), "/rooms/1"); a.Status != http.StatusUnauthorized {
		t.Error("a stranger gets", a.Status)
	}
	if a := s.Visitor().Get("/rooms/1.json"); a.Status != http.StatusUnauthorized {
		t.Error("a stranger who names JSON gets", a.Status)
	}
}

// A program that reads a room has not read it for its person.
func TestAProgramMarksNothingRead(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms/1/messages", "body", "hello", "cid", "one").Want(t, 303)
	for range 3 {
		asked(mei, "/rooms/1")
		mei.Get("/rooms/1.json").Want(t, 200)
	}
	a, value := asked(mei, "/rooms/1")
	room := value.(map[string]any)["room"].(map[string]any)
	if room["membership"].(map[string]any)["unread"] != float64(1) {
		t.Errorf("%.400s", a.Body)
	}
}

// Pages of history lead to each other.
func TestProgramsReadHistoryByPages(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for n := range 120 {
		ada.Post("/rooms/1/messages", "body", fmt.Sprint("number ", n), "cid", fmt.Sprint("c", n)).Want(t, 303)
	}
	var bodies []string
	for path := "/rooms/1.json"; path != ""; {
		a := ada.Get(path).Want(t, 200)
		var p struct {
			Messages []struct{ Kind, Body string }
			Older    string
		}
		if err := json.Unmarshal([]byte(a.Body), &p); err != nil {
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
