package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestEveryLinkOfASiteLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := apptest.Lively(t)
	for n := range 450 {
		s.Says("ada", 1, fmt.Sprint("number ", n))
	}
	answer := func(name string, to chat.MessageID) {
		t.Helper()
		if _, err := s.App.Chat.PostMessage(t.Context(), s.Account(name), 1, chat.Draft{Body: "late answer", ReplyTo: to}); err != nil {
			t.Fatal(err)
		}
	}
	answer("bea", 2)
	gone := s.Says("bea", 1, "soon regretted")
	answer("ada", gone.ID)
	if _, err := s.App.Chat.DeleteMessage(t.Context(), s.Account("bea"), gone.ID); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "site")
	pages := apptest.SiteOf(t, s, dir)
	month := time.Now().UTC().Format("2006-01")
	first, second := pages["rooms/1/"+month+".html"], pages["rooms/1/"+month+"-2.html"]
	for _, words := range []string{"<strong>lighthouse</strong>", "&lt;script&gt;", `href="../../people.html#u-2"`, "🎉",
		`rel="next" href="` + month + `-2.html"`} {
		if !strings.Contains(first, words) {
			t.Errorf("%s is not in the first page", words)
		}
	}
	for _, words := range []string{"number 449", `href="` + month + `.html#m-2"`, "Message deleted", `rel="prev"`} {
		if !strings.Contains(second, words) {
			t.Errorf("%s is not in the second page", words)
		}
	}
	if strings.Contains(everything(t, dir), "regretted") {
		t.Error("what was deleted is there")
	}
}

// everything is all of a site in one.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		c, err := os.ReadFile(name)
		b.Write(c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestASiteHasTheRoomsThatWereAskedFor(t *testing.T) {
	t.Parallel()
	s := apptest.Lively(t)
	dir := filepath.Join(t.TempDir(), "site")
	for _, of := range []struct{ private, direct bool }{{}, {private: true}, {direct: true}, {true, true}} {
		var args []string
		if of.private {
			args = append(args, "--private")
		}
		if of.direct {
			args = append(args, "--direct")
		}
		apptest.SiteOf(t, s, dir, args...)
		if i, err := os.Stat(dir); err != nil || i.Mode()&0o077 == 0 != (of.private || of.direct) {
			t.Errorf("with %q the directory has mode %v, %v", args, i.Mode(), err)
		}
		all := everything(t, dir)
		for words, want := range map[string]bool{"lighthouse": true, "closed doors": of.private, "hideout": of.private,
			"two of us": of.direct, "argon2": false} {
			if strings.Contains(all, words) != want {
				t.Errorf("with %q the site holds %q: %t", args, words, !want)
			}
		}
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := apptest.Command(t, 1, "", "export", "--site", other, "--data", s.Data); !strings.Contains(out, "holds other things") {
		t.Error(out)
	}
	apptest.Command(t, 2, "", "export", "file", "--site", dir, "--data", s.Data)
	apptest.Command(t, 2, "", "export", "file", "--private", "--data", s.Data)
	if left, _ := filepath.Glob(dir + "*"); len(left) != 1 {
		t.Error("left:", left)
	}
}
