package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"parley/app/apptest"
	"parley/app/chat"
)

// withKey shows a key with every request.
type withKey string

func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(k))
	return http.DefaultTransport.RoundTrip(r)
}

// assistantOf connects a client of the protocol's own SDK.
func assistantOf(t *testing.T, s *apptest.Server, key string) (*mcp.ClientSession, error) {
	t.Helper()
	c := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := c.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: s.Base + "/mcp",
		HTTPClient: &http.Client{Transport: withKey(key)}, MaxRetries: -1}, nil)
	if err == nil {
		t.Cleanup(func() { session.Close() })
	}
	return session, err
}

// called is what a tool answers; problem: it refuses, with these words.
func called[T any](t *testing.T, c *mcp.ClientSession, tool string, arguments map[string]any) (out T, problem string) {
	t.Helper()
	r, err := c.CallTool(context.Background(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		return out, err.Error()
	}
	if r.IsError {
		return out, r.Content[0].(*mcp.TextContent).Text
	}
	b, err := json.Marshal(r.StructuredContent)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out, ""
}

type assistantRooms struct {
	Rooms []struct {
		ID     int
		Name   string
		Member bool
	}
}

type assistantMessages struct {
	Messages, Hits []struct {
		ID   int
		Text string
	}
}

func (m assistantMessages) texts() string {
	var all []string
	for _, one := range append(m.Messages, m.Hits...) {
		all = append(all, one.Text)
	}
	return strings.Join(all, "|")
}

func TestAssistantsReadAndPostAsTheirPerson(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	hidden := ada.Found("hideout", "private")
	ada.Says(hidden, "the boat leaves at dawn")
	open := ada.Found("harbour", "open")
	ada.Says(open, "the **boat** is in")
	if _, err := s.App.Chat.PostDirect(t.Context(), s.Account("ada"), []chat.AccountID{s.Account("bea").ID},
		chat.Draft{Body: "a boat for the two of us"}); err != nil {
		t.Fatal(err)
	}
	token := func(name string, writes bool) string {
		secret, _, err := s.App.Auth.CreateKey(t.Context(), s.Account(name), s.Account(name), "assistant", writes, 0)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	c, err := assistantOf(t, s, token("bea", true))
	if err != nil {
		t.Fatal(err)
	}
	tools, err := c.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) != 4 {
		t.Fatalf("the tools are %+v, %v", tools, err)
	}
	rooms, problem := called[assistantRooms](t, c, "list_rooms", nil)
	names := fmt.Sprint(rooms)
	if problem != "" || strings.Contains(names, "hideout") || !strings.Contains(names, "harbour") || !strings.Contains(names, "ada") {
		t.Error("the rooms are", names, problem)
	}
	if m, problem := called[assistantMessages](t, c, "read_room", map[string]any{"room": open}); m.texts() != "the **boat** is in" ||
		problem != "" {
		t.Error("the room says", m, problem)
	}
	_, outside := called[assistantMessages](t, c, "read_room", map[string]any{"room": hidden})
	_, none := called[assistantMessages](t, c, "read_room", map[string]any{"room": 9999})
	if outside == "" || outside != none {
		t.Errorf("a hidden room says %q, one that is not there %q", outside, none)
	}
	if m, problem := called[assistantMessages](t, c, "search", map[string]any{"query": "boat"}); strings.Contains(m.texts(), "dawn") ||
		!strings.Contains(m.texts(), "two of us") || problem != "" {
		t.Error("search finds", m, problem)
	}
	if _, problem := called[assistantMessages](t, c, "post_message", map[string]any{"room": open, "text": "x"}); !strings.Contains(problem,
		"Join the room first") {
		t.Error("who is not in the room is told", problem)
	}
	if _, problem := called[assistantMessages](t, c, "post_message", map[string]any{"room": hidden, "text": "x"}); problem != none {
		t.Error("who must not know of the room is told", problem)
	}
	for range 2 {
		if _, problem := called[struct{ ID int }](t, c, "post_message", map[string]any{"room": 1, "text": "said by a **program**",
			"id": "once"}); problem != "" {
			t.Error(problem)
		}
	}
	if n := strings.Count(ada.Get("/rooms/1").Body, "said by a <strong>program</strong>"); n != 1 {
		t.Errorf("it is said %d times", n)
	}
	if _, problem := called[struct{ ID int }](t, c, "post_message", map[string]any{"room": 1, "text": " "}); problem == "" {
		t.Error("nothing can be said")
	}
	if _, problem := called[struct{ ID int }](t, c, "post_message", map[string]any{"room": "one", "text": "x"}); problem == "" {
		t.Error("a room has words for an id")
	}

	reader, err := assistantOf(t, s, token("bea", false))
	if err != nil {
		t.Fatal(err)
	}
	if tools, err := reader.ListTools(t.Context(), nil); err != nil || len(tools.Tools) != 3 {
		t.Errorf("who may only read has %+v, %v", tools, err)
	}
	if _, problem := called[struct{ ID int }](t, reader, "post_message", map[string]any{"room": 1, "text": "x"}); problem == "" {
		t.Error("a key that may only read has posted")
	}
	// Whose key it is not gets nothing, nor who has none, nor whose key ended.
	key := token("ada", true)
	for _, wrong := range []string{"", "x", key[:len(key)-1], key + "x", strings.ToLower(key)} {
		if _, err := assistantOf(t, s, wrong); err == nil {
			t.Errorf("the key %q opens it", wrong)
		}
	}
	ended, err := assistantOf(t, s, key)
	if err != nil {
		t.Fatal(err)
	}
	ada.Post("/me/tokens/3/revoke").Want(t, http.StatusSeeOther)
	if _, problem := called[assistantRooms](t, ended, "list_rooms", nil); problem == "" {
		t.Error("a key that was revoked opens it")
	}
	bea.Get("/mcp").Want(t, http.StatusMethodNotAllowed)
	bea.Do(http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Content-Type", "application/json").Want(t,
		http.StatusUnauthorized) // a cookie is no key
}
