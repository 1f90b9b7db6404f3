package e2e

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/archive"
)

// slackExport packs an archive of a channel with so many messages.
func slackExport(t *testing.T, messages int) string {
	t.Helper()
	var day strings.Builder
	for n := range messages {
		fmt.Fprintf(&day, `{"type":"message","user":"U%d","text":"*number* %d","ts":"17041%05d.000100"},`, 1+n%2, n, n)
	}
	return packSlack(t, map[string]string{
		"users.json": `[{"id":"U1","team_id":"T1","name":"mei","is_owner":true,"profile":{"real_name":"Mei Tanaka"}},
			{"id":"U2","team_id":"T1","name":"jon","profile":{}}]`,
		"channels.json":           `[{"id":"C1","name":"general","created":1690000000,"creator":"U1","is_general":true,"members":["U1","U2"]}]`,
		"general/2024-01-01.json": "[" + strings.TrimSuffix(day.String(), ",") + "]",
	})
}

func packSlack(t *testing.T, files map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "Acme Slack export Jan 1 2024.zip")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAWorkspaceOfSlackIsImportedByCommand(t *testing.T) {
	t.Parallel()
	file, data := slackExport(t, 10), filepath.Join(t.TempDir(), "parley.db")
	if out := apptest.Command(t, 0, "", "import", "slack", file, "--dry-run", "--data", data); !strings.Contains(out, "Nothing was changed") ||
		!strings.Contains(out, "messages    10") {
		t.Error("a dry run says", out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a dry run made the data file")
	}
	var r archive.Report
	if err := json.Unmarshal([]byte(apptest.Command(t, 0, "", "import", "slack", file, "--json", "--data", data)), &r); err != nil ||
		r.Came.Messages != 10 {
		t.Error("the report is", r, err)
	}
	apptest.Command(t, 0, apptest.Password+"\n", "user", "passwd", "mei", "--data", data)
	apptest.Command(t, 0, "", "check", "--data", data)
	apptest.Command(t, 1, "", "import", "slack", file+".not", "--data", data)
	apptest.Command(t, 2, "", "import", "slack", file, "--same", "=mei", "--data", data)
	apptest.Command(t, 1, "", "import", "slack", file, "--same", "mei=jon", "--data", data)
	apptest.Command(t, 1, "", "import", "slack", data, "--data", data+".new")
	if _, err := os.Stat(data + ".new"); err == nil {
		t.Error("what is no archive made a data file")
	}
	s := &apptest.Server{T: t, Data: data}
	s.Run()
	defer s.Stop()
	mei := s.Visitor()
	mei.Post("/login", "username", "mei", "password", apptest.Password).Want(t, 303)
	if p := mei.Get("/rooms/1").Want(t, 200); !strings.Contains(p.Body, "<strong>number</strong> 9") || !strings.Contains(p.Body, "Acme") {
		t.Error("the room did not come")
	}
	if p := mei.Get("/search?q=number+3").Want(t, 200); !strings.Contains(p.Body, "/rooms/1/@4") {
		t.Error("search does not find what came")
	}
	if p := mei.Get("/admin/log").Want(t, 200); !strings.Contains(p.Body, "10 messages from") {
		t.Error("the audit log says nothing of the import")
	}
	// While the server runs, what comes is there at once, and for those who are there.
	apptest.Command(t, 0, "", "import", "slack", slackExport(t, 12), "--data", data)
	apptest.Within(t, "what came meanwhile", func() bool {
		p := mei.Get("/rooms/1").Want(t, 200)
		return strings.Contains(p.Body, "<strong>number</strong> 11") && strings.Count(p.Body, "<strong>number</strong> 9") == 1
	})
}

// Killed again and again, an import from Slack goes on where it ended.
func TestAnImportFromSlackThatIsKilledGoesOn(t *testing.T) {
	t.Parallel()
	rounds, messages := 10, 6000
	if apptest.Slowed {
		rounds, messages = 3, 600
	}
	file, data := slackExport(t, messages), filepath.Join(t.TempDir(), "parley.db")
	parley := func(args ...string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], append(args, "--data", data)...)
		cmd.Env = append(os.Environ(), "BE_PARLEY=1")
		return cmd
	}
	for range rounds {
		cmd := parley("import", "slack", file)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
	}
	out, _ := parley("export", "-").Output() // nothing, where each was killed before it began
	if n := strings.Count(string(out), `{"type":"message"`); n > 0 && n < messages {
		says := func() string { return apptest.Command(t, 0, "", "check", "--data", data) }
		if said := says(); !strings.Contains(said, filepath.Base(file)+" has not come in whole") {
			t.Errorf("with %d of %d messages, check says %s", n, messages, said)
		}
		apptest.Command(t, 1, "", "import", "slack", os.Args[0], "--data", data)
		if said := says(); !strings.Contains(said, filepath.Base(file)+" has not come in whole") {
			t.Error("after an import of which nothing came, check says", said)
		}
	}
	var r archive.Report
	if err := json.Unmarshal([]byte(apptest.Command(t, 0, "", "import", "slack", file, "--json", "--data", data)), &r); err != nil ||
		r.Came.Messages+r.Already.Messages != messages {
		t.Error("the report is", r, err)
	}
	t.Logf("%d of %d messages had come before the last time", r.Already.Messages, messages)
	if said := apptest.Command(t, 0, "", "check", "--data", data); strings.Contains(said, "has not come in whole") {
		t.Error("after it came in whole, check says", said)
	}
	lines := strings.Split(apptest.Command(t, 0, "", "export", "-", "--data", data), "\n")
	n := 0
	for _, line := range lines {
		if strings.HasPrefix(line, `{"type":"message"`) {
			if !strings.Contains(line, fmt.Sprintf(`"body":"**number** %d"`, n)) {
				t.Fatalf("message %d is %s", n, line)
			}
			n++
		}
	}
	if n != messages {
		t.Errorf("%d messages are there", n)
	}
}
