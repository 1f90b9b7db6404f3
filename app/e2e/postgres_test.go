package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/apptest/pgtest"
)

// A community moves to more than one machine, and back, with files: nothing is lost on the
// way, and nothing added.
func TestAWorkspaceMovesToPostgreSQLAndBack(t *testing.T) {
	t.Parallel()
	there := apptest.PostgresData(t)
	s := apptest.Start(t)
	ada := s.Signup("ada")
	bea := s.Signup("bea")
	ada.Says(1, "the lighthouse @bea 東京タワー")
	cellar := ada.Found("cellar", "private")
	ada.Says(cellar, "a secret")
	bea.Post("/messages/2/reactions", "e", ":tada:").Want(t, 303)
	noise := make([]byte, 300<<10)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	ada.Upload("/rooms/1/messages", []string{"body", "with files", "cid", "f1"}, apptest.NewFile("noise.bin", noise),
		apptest.NewFile("list.txt", []byte("one\ntwo\n"))).Want(t, 303)
	dir := t.TempDir()
	export := func(name, data string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		apptest.Command(t, 0, "", "export", file, "--data", data)
		b, err := os.ReadFile(file)
		if err != nil || len(b) < 300<<10 {
			t.Fatal(len(b), err)
		}
		return fmt.Sprintf("%x", sha256.Sum256(b))
	}
	first := export("one.jsonl", s.Data)
	if out := apptest.Command(t, 0, "", "import", filepath.Join(dir, "one.jsonl"), "--data", there); !strings.Contains(out,
		"It came: 2 accounts, 2 rooms") {
		t.Error("the import says", out)
	}
	if out := apptest.Command(t, 0, "", "import", filepath.Join(dir, "one.jsonl"), "--data", there); !strings.Contains(out,
		"Nothing was changed") {
		t.Error("the second import says", out)
	}
	if second := export("two.jsonl", there); second != first {
		t.Error("what came there is not what was here")
	}
	apptest.Command(t, 0, "", "check", "--data", there)
	back := filepath.Join(dir, "back.db")
	apptest.Command(t, 0, "", "import", filepath.Join(dir, "two.jsonl"), "--data", back)
	if third := export("three.jsonl", back); third != first {
		t.Error("what came back is not what was here")
	}
	moved := &apptest.Server{T: t, Data: there}
	moved.Run()
	defer moved.Stop()
	b := moved.Visitor()
	b.Post("/login", "username", "bea", "password", apptest.Password).Want(t, 303)
	if r := b.Get("/rooms/1").Want(t, 200); !strings.Contains(r.Body, "lighthouse") || !strings.Contains(r.Body, "🎉") {
		t.Error("the room did not come")
	}
	if r := b.Get("/search?q=東京").Want(t, 200); !strings.Contains(r.Body, "タワー") {
		t.Error("search does not find what came")
	}
	if said := b.Says(1, "goes on"); said != 5 {
		t.Error("the next message has number", said)
	}
	apptest.Command(t, 0, "", "check", "--data", there)
}

func TestCommandsTakeTheAddressOfAPostgreSQL(t *testing.T) {
	t.Parallel()
	data := apptest.PostgresData(t)
	apptest.Command(t, 1, "", "user", "list", "--data", data)
	if out := apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data); !strings.Contains(out,
		"ada was added as administrator") {
		t.Error(out)
	}
	for _, c := range []struct{ args, want string }{
		{"user list", "ada"}, {"invite --uses 1", "/join/"}, {"set limit.messages 9", ""}, {"set limit.messages", "9"},
		{"user reset ada", "/reset/"}, {"check", "is as it should be"}, {"export -", `"type":"parley"`},
	} {
		if out := apptest.Command(t, 0, "", append(strings.Fields(c.args), "--data", data)...); !strings.Contains(out, c.want) {
			t.Errorf("%s says %s", c.args, out)
		}
	}
	for _, args := range []string{"backup x.db", "restore x.db", "compact"} {
		if out := apptest.Command(t, 1, "", append(strings.Fields(args), "--data", data)...); !strings.Contains(out, "pg_dump") {
			t.Errorf("%s says %s", args, out)
		}
	}
	apptest.Command(t, 2, "", "set", "backup.dir", t.TempDir(), "--data", data)
	site := filepath.Join(t.TempDir(), "site")
	apptest.Command(t, 0, "", "export", "--site", site, "--data", data)
	if _, err := os.Stat(filepath.Join(site, "index.html")); err != nil {
		t.Error(err)
	}
	secret := strings.Replace(data, "parley@", "parley:hushhush@", 1)
	for _, args := range []string{"check", "backup x.db"} {
		out := apptest.Command(t, map[string]int{"check": 0, "backup x.db": 1}[args], "", append(strings.Fields(args), "--data", secret)...)
		if strings.Contains(out, "hushhush") {
			t.Errorf("%s tells the password: %s", args, out)
		}
	}
}

func TestCheckFindsAndRepairsWhatIsWrongOnPostgreSQL(t *testing.T) {
	t.Parallel()
	data := apptest.PostgresData(t)
	s := &apptest.Server{T: t, Data: data}
	s.Run()
	ada := s.Signup("ada")
	one, two := ada.Says(1, "first words"), ada.Says(1, "second words")
	s.Stop()
	apptest.Command(t, 0, "", "check", "--data", data)
	for what, c := range map[string]string{
		"message %d is not in the index":                    "DELETE FROM words WHERE message_id = %d",
		"message %d is in the index of search as something": "UPDATE words SET word = 'x' WHERE message_id = %d",
		"stands at change":                                  "UPDATE rooms SET rev = 1 WHERE id > 0*%d",
		"has counted":                                       "UPDATE rooms SET posts = 7 WHERE id > 0*%d",
		"have the same":                                     "UPDATE messages SET posts = 1 WHERE id = %[1]d OR id = " + fmt.Sprint(two),
	} {
		pgtest.Query(t, data, fmt.Sprintf(c, one))
		if strings.Contains(what, "%d") {
			what = fmt.Sprintf(what, one)
		}
		if out := apptest.Command(t, 1, "", "check", "--data", data); !strings.Contains(out, what) {
			t.Errorf("%s is not told:\n%s", what, out)
		}
		apptest.Command(t, 0, "", "check", "--repair", "--data", data)
		apptest.Command(t, 0, "", "check", "--data", data)
	}
}
