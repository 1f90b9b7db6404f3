package apptest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/app/chat"
)

// Lively is a workspace with something of everything that pages show, and a room
// with more than one page of it.
func Lively(t *testing.T) *Server {
	t.Helper()
	s := Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms/1/messages", "cid", "one", "body",
		"Shall we meet at the **lighthouse**, @bea? <script>alert(1)</script> https://a.example/").Want(t, 303)
	bea.Post("/rooms/1/messages", "cid", "two", "body", "Aye, in 日本語\n\n> quoted\n\n```go\nx := 1\n```\n- a\n- b", "reply", "2").Want(t, 303)
	bea.Post("/messages/2/reactions", "e", ":tada:").Want(t, 303)
	ada.Post("/rooms", "name", "hideout", "kind", "private").Want(t, 303)
	s.Says("ada", 2, "behind closed doors")
	if _, err := s.App.Chat.PostDirect(t.Context(), s.Account("ada"), []chat.AccountID{2},
		chat.Draft{Body: "between the two of us"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// SiteOf exports a site, and walks it.
func SiteOf(t *testing.T, s *Server, dir string, args ...string) map[string]string {
	t.Helper()
	Command(t, 0, "", append([]string{"export", "--site", dir, "--data", s.Data}, args...)...)
	return Walk(t, dir)
}

// Says has somebody say something in a room.
func (s *Server) Says(name string, room chat.RoomID, body string) chat.Message {
	s.T.Helper()
	m, err := s.App.Chat.PostMessage(s.T.Context(), s.Account(name), room, chat.Draft{Body: body})
	if err != nil {
		s.T.Fatal(err)
	}
	return m
}

// Walk reads every page of a site, and fails the test for a link that leads nowhere.
func Walk(t *testing.T, dir string) (pages map[string]string) {
	t.Helper()
	pages = map[string]string{}
	anchors, all := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[rel] = true
		if strings.HasSuffix(rel, ".html") {
			pages[rel] = string(b)
			for _, m := range siteAnchor.FindAllStringSubmatch(string(b), -1) {
				if anchors[rel+"#"+m[1]] {
					t.Errorf("%s has two anchors %s", rel, m[1])
				}
				anchors[rel+"#"+m[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for from, page := range pages {
		for _, m := range siteLink.FindAllStringSubmatch(page, -1) {
			to, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") {
				continue
			}
			links++
			if to = path.Join(path.Dir(from), to); strings.HasPrefix(m[1], "#") {
				to = from
			}
			if !all[to] || anchor != "" && !anchors[to+"#"+anchor] {
				t.Errorf("%s links to %s, which is not there", from, m[1])
			}
		}
	}
	if links < 10 {
		t.Error("there are only", links, "links")
	}
	return pages
}

var (
	siteLink   = regexp.MustCompile(` (?:href|src)="([^"]*)"`)
	siteAnchor = regexp.MustCompile(` id="([^"]*)"`)
)
