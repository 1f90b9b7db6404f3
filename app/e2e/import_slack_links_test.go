package e2e

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/app/apptest"
)

// harbour is an export with people of every kind, and two channels.
func harbour(t *testing.T) string {
	return packSlack(t, map[string]string{
		"users.json": `[{"id":"U1","team_id":"T1","name":"mei","is_owner":true,"profile":{"real_name":"Mei, Tanaka","email":"mei@a.example"}},
			{"id":"U2","team_id":"T1","name":"jon","profile":{"real_name":"=HYPERLINK(1)","email":"jon@a.example"}},
			{"id":"U3","team_id":"T1","name":"pat","is_restricted":true,"profile":{"email":"pat@b.example"}},
			{"id":"U4","team_id":"T1","name":"robot","is_bot":true,"profile":{}},{"id":"U5","team_id":"T1","name":"ida","profile":{}}]`,
		"channels.json": `[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},
			{"id":"C2","name":"harbour","members":["U1"]}]`,
		"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"to <#C2|harbour>","ts":"1704100000.000100"}]`,
		"harbour/2024-01-01.json": `[{"type":"message","user":"U1","text":"ships","ts":"1704100000.000100"}]`,
	})
}

func TestLinksToChooseAPasswordAreWrittenForWhoCame(t *testing.T) {
	t.Parallel()
	file, dir := harbour(t), t.TempDir()
	data, list := filepath.Join(dir, "parley.db"), filepath.Join(dir, "links.csv")
	args := func(more ...string) []string {
		return append([]string{"import", "slack", file, "--data", data, "--links", list, "--url", "https://chat.example.org"}, more...)
	}
	if out := apptest.Command(t, 0, "", args("--dry-run")...); !strings.Contains(out, "would be in "+list+", for 4 people") ||
		!strings.Contains(out, "pat came as a guest") {
		t.Error("a dry run says", out)
	}
	if _, err := os.Stat(list); err == nil {
		t.Error("a dry run wrote links")
	}
	apptest.Command(t, 1, "", args("--same", "nobody=mei")...)
	if _, err := os.Stat(list); err == nil {
		t.Error("an import that failed left a file of links")
	}
	if out := apptest.Command(t, 0, "", args()...); !strings.Contains(out, "for 4 people. They end after a day.") {
		t.Error("it says", out)
	}
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(list); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("its mode is", info.Mode(), err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(rows) != 5 || !slices.Equal(rows[0], []string{"name", "mail", "link"}) || rows[1][0] != "Mei, Tanaka" ||
		rows[1][1] != "mei@a.example" || rows[2][0] != "'=HYPERLINK(1)" || rows[3][1] != "pat@b.example" || rows[4][1] != "" {
		t.Fatal("the file holds", rows, err)
	}
	out := apptest.Command(t, 1, "", args()...)
	if kept, err := os.ReadFile(list); !strings.Contains(out, "is there already") || string(kept) != string(b) {
		t.Error("a second time it says", out, err)
	}
	apptest.Command(t, 1, "", args("--dry-run")...)
	s := &apptest.Server{T: t, Data: data}
	s.Run()
	defer s.Stop()
	at := strings.TrimPrefix(rows[1][2], "https://chat.example.org")
	if !strings.HasPrefix(at, "/reset/") {
		t.Fatal("the link is", rows[1][2])
	}
	mei := s.Visitor()
	mei.Get(at).Want(t, 200)
	mei.Post(at, "password", apptest.Password, "again", apptest.Password).Want(t, 303)
	s.Visitor().Get(at).Want(t, 410)
	s.Visitor().Post("/login", "username", "mei", "password", apptest.Password).Want(t, 303)
	// Who has a password by now gets no link; the others get another, and theirs ends.
	again := filepath.Join(dir, "again.csv")
	apptest.Command(t, 0, "", "import", "slack", file, "--data", data, "--links", again, "--url", "https://chat.example.org")
	if b, err := os.ReadFile(again); err != nil || strings.Contains(string(b), "Mei") || strings.Count(string(b), "/reset/") != 3 {
		t.Errorf("the second file holds %q %v", b, err)
	}
	s.Visitor().Get(strings.TrimPrefix(rows[2][2], "https://chat.example.org")).Want(t, 410)
}

func TestNoLinksAreWrittenThroughALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list := filepath.Join(dir, "links.csv")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), list); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "parley.db")
	apptest.Command(t, 1, "", "import", "slack", harbour(t), "--data", data, "--links", list)
	for _, path := range []string{filepath.Join(dir, "elsewhere"), data} {
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Error(path, "was made:", err)
		}
	}
}

func TestChannelsComeIntoRoomsByTheirNewNames(t *testing.T) {
	t.Parallel()
	file, dir := harbour(t), t.TempDir()
	data, names := filepath.Join(dir, "parley.db"), filepath.Join(dir, "names.txt")
	if err := os.WriteFile(names, []byte("\uFEFF# what they are called here\r\n\r\nharbour = The port\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, code := range map[string]int{"general": 2, "=lobby": 2, "general=": 2, "general=everyone": 2, "general=a,general=b": 2,
		"quay=port": 1, "general=port,harbour=Port": 1} {
		apptest.Command(t, code, "", "import", "slack", file, "--data", data, "--rooms", args)
		if _, err := os.Stat(data); err == nil {
			t.Error(args, "made a data file")
		}
	}
	if out := apptest.Command(t, 0, "", "import", "slack", file, "--data", data, "--dry-run", "--rooms", "#general=#lobby",
		"--rooms", names); !strings.Contains(out, `room "general": "lobby"`) || !strings.Contains(out, `room "harbour": "The port"`) {
		t.Error("a dry run says", out)
	}
	apptest.Command(t, 0, "", "import", "slack", file, "--data", data, "--rooms", "general=lobby", "--rooms", names)
	if out := apptest.Command(t, 0, "", "export", "-", "--data", data); !strings.Contains(out, `"name":"The port"`) ||
		!strings.Contains(out, `"body":"to #The port"`) {
		t.Error("what came is", out)
	}
	apptest.Command(t, 0, "", "check", "--data", data)
}

func TestAnArchiveWithoutMessagesFails(t *testing.T) {
	t.Parallel()
	file := packSlack(t, map[string]string{"users.json": `[{"id":"U1","name":"mei","profile":{}}]`,
		"channels.json": `[{"id":"C1","name":"general","members":["U1"]}]`})
	data := filepath.Join(t.TempDir(), "parley.db")
	for _, args := range [][]string{{}, {"--dry-run"}} {
		out := apptest.Command(t, 1, "", append([]string{"import", "slack", file, "--data", data}, args...)...)
		if !strings.Contains(out, "there is no file of messages in it") {
			t.Error("it says", out)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("it made a data file")
	}
}
