package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

// Pages of replies lead through all of a conversation, each reply once, for people and for
// programs.
func TestThePagesOfAConversationShowEachReplyOnce(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	who := s.Account("ada")
	root, err := s.App.Chat.PostMessage(t.Context(), who, 1, chat.Draft{Body: "who is there?"})
	if err != nil {
		t.Fatal(err)
	}
	const replies = 130
	for i := range replies {
		if _, err := s.App.Chat.PostMessage(t.Context(), who, 1, chat.Draft{Body: fmt.Sprintf("reply %d.", i), ReplyTo: root.ID}); err != nil {
			t.Fatal(err)
		}
	}
	type part struct {
		Thread []struct{ Body string }
		More   bool
		Newer  *string
	}
	path, shown, pages := fmt.Sprintf("/messages/%d.json", root.ID), []string{"who is there?"}, 0
	for path != "" {
		p := answered[part](t, ada.Get(path).Want(t, http.StatusOK))
		for i, m := range p.Thread {
			if pages > 0 || i > 0 { // the first page begins with the message itself
				shown = append(shown, m.Body)
			}
		}
		if p.More != (p.Newer != nil) {
			t.Errorf("%s: more is %v", path, p.More)
		}
		if path = ""; p.Newer != nil {
			path = *p.Newer
		}
		pages++
	}
	for i, body := range shown[1:] {
		if body != fmt.Sprintf("reply %d.", i) {
			t.Fatalf("reply %d is %q", i, body)
		}
	}
	if len(shown) != replies+1 || pages != 3 {
		t.Errorf("%d replies on %d pages", len(shown)-1, pages)
	}
	html := ada.Get(fmt.Sprint("/messages/", root.ID)).Want(t, http.StatusOK).Body
	next := fmt.Sprint("/messages/", root.ID, "?after=", int(root.ID)+chat.MaxReplies)
	if !strings.Contains(html, next) || strings.Contains(html, "First replies") {
		t.Error("the first page does not lead to the next one, or to itself")
	}
	second := ada.Get(next).Want(t, http.StatusOK).Body
	if !strings.Contains(second, "reply 50.") || strings.Contains(second, "reply 49.") || !strings.Contains(second, "First replies") ||
		!strings.Contains(second, "who is there?") {
		t.Error("the second page shows", second)
	}
}
