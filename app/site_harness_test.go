package app

import (
	"testing"

	"parley/app/chat"
)

// lively is a workspace with something of everything that pages show, and a room
// with more than one page of it.
func lively(t *testing.T) *server {
	t.Helper()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	ada.post("/rooms/1/messages", "cid", "one", "body",
		"Shall we meet at the **lighthouse**, @bea? <script>alert(1)</script> https://a.example/").want(t, 303)
	bea.post("/rooms/1/messages", "cid", "two", "body", "Aye, in 日本語\n\n> quoted\n\n```go\nx := 1\n```\n- a\n- b", "reply", "2").want(t, 303)
	bea.post("/messages/2/reactions", "e", ":tada:").want(t, 303)
	ada.post("/rooms", "name", "hideout", "kind", "private").want(t, 303)
	s.says("ada", 2, "behind closed doors")
	if _, err := s.app.Chat.PostDirect(t.Context(), s.account("ada"), []chat.AccountID{2},
		chat.Draft{Body: "between the two of us"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// siteOf exports a site, and walks it.
func siteOf(t *testing.T, s *server, dir string, args ...string) map[string]string {
	t.Helper()
	command(t, 0, "", append([]string{"export", "--site", dir, "--data", s.data}, args...)...)
	return walk(t, dir)
}

// says has somebody say something in a room.
func (s *server) says(name string, room chat.RoomID, body string) chat.Message {
	s.t.Helper()
	m, err := s.app.Chat.PostMessage(s.t.Context(), s.account(name), room, chat.Draft{Body: body})
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}
