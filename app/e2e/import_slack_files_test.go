package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/archive"
	"parley/app/chat"
	"parley/db/sqlite"
)

// slackFiles is an export with a picture in the archive, and a directory with a text.
func slackFiles(t *testing.T) (file, dir string) {
	file = packSlack(t, map[string]string{
		"users.json":    `[{"id":"U1","team_id":"T1","name":"mei","is_owner":true,"profile":{"real_name":"Mei Tanaka"}}]`,
		"channels.json": `[{"id":"C1","name":"general","created":1690000000,"creator":"U1","is_general":true,"members":["U1"]}]`,
		"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"","ts":"1704100000.000100",
				"files":[{"id":"F024BERPE","name":"lighthouse.jpg","permalink":"https://a.slack.com/files/F024BERPE","alt_txt":"A white tower"}]},
			{"type":"message","user":"U1","text":"the tides","ts":"1704100001.000100",
				"files":[{"id":"F024TIDES","name":"tides.txt","permalink":"https://a.slack.com/files/F024TIDES"},
				{"id":"F024GONES","name":"lost.txt","permalink":"https://a.slack.com/files/F024GONES"}]}]`,
		"__uploads/F024BERPE/lighthouse.jpg": string(apptest.JpegOf(t, 900, 600)),
	})
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "F024TIDES-tides.txt"), []byte("high at noon"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, dir
}

func TestAnImportFromSlackBringsFiles(t *testing.T) {
	t.Parallel()
	file, dir := slackFiles(t)
	data := filepath.Join(t.TempDir(), "parley.db")
	args := func(more ...string) []string {
		return append([]string{"import", "slack", file, "--data", data}, more...)
	}
	apptest.Command(t, 1, "", args("--files", filepath.Join(dir, "none"))...)
	out := apptest.Command(t, 0, "", args("--files", dir, "--dry-run")...)
	if !strings.Contains(out, "  files     2 ") || !strings.Contains(out, "links to files     1 ") {
		t.Error("a dry run says", out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a dry run, or an import that failed, made the data file")
	}
	var r archive.Report
	err := json.Unmarshal([]byte(apptest.Command(t, 0, "", args("--files", dir, "--json")...)), &r)
	if err != nil || r.Came.Files != 2 || r.Came.Links != 1 {
		t.Error("the report is", r, err)
	}
	store, err := sqlite.OpenCurrent(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := store.WaitingPictures(t.Context(), 5)
	if err = errors.Join(err, store.Close()); err != nil || len(waiting) > 0 {
		t.Error("pictures wait after the import:", waiting, err)
	}
	apptest.Command(t, 0, "", "check", "--data", data)
	apptest.Command(t, 0, apptest.Password+"\n", "user", "passwd", "mei", "--data", data)
	s := &apptest.Server{T: t, Data: data}
	s.Run()
	defer s.Stop()
	showsFiles(t, s)
}

// showsFiles looks at what came of slackFiles.
func showsFiles(t *testing.T, s *apptest.Server) {
	t.Helper()
	mei := s.Visitor()
	mei.Post("/login", "username", "mei", "password", apptest.Password).Want(t, 303)
	p := mei.Get("/rooms/1").Want(t, 200).Body
	if strings.Contains(p, "F024BERPE") || strings.Contains(p, "F024TIDES") || !strings.Contains(p, "A white tower") ||
		!strings.Contains(p, "https://a.slack.com/files/F024GONES") {
		t.Error("the room shows", p)
	}
	found := map[string]bool{}
	for _, token := range apptest.Tokens(strings.ReplaceAll(p, "https://a.slack.com/files/", "")) {
		f := s.Ready(token)
		found[f.Name] = true
		switch f.Name {
		case "lighthouse.jpg":
			if f.Kind != chat.FilePicture || f.Width != 900 ||
				mei.Get("/files/"+token+"/s").Want(t, 200).Header.Get("Content-Type") != "image/jpeg" {
				t.Errorf("the picture is %+v", f)
			}
		case "tides.txt":
			if p := mei.Get("/files/"+token).Want(t, 200); !strings.Contains(p.Body, "high at noon") {
				t.Error("the text is", p.Body)
			}
		}
	}
	if len(found) != 2 {
		t.Error("the files are", found)
	}
	for _, words := range []string{"lighthouse", "tower", "tides.txt"} {
		if p := mei.Get("/search?q="+words).Want(t, 200); !strings.Contains(p.Body, "/rooms/1/@") {
			t.Errorf("search does not find %q", words)
		}
	}
	if p := mei.Get("/rooms/1/files").Want(t, 200); !strings.Contains(p.Body, "January 2024") {
		t.Error("the list of files does not say when they were sent")
	}
	if p := mei.Get("/admin/log").Want(t, 200); !strings.Contains(p.Body, "2 messages, 2 files from") {
		t.Error("the audit log says nothing of the files")
	}
}

// While a server runs, it makes the forms of pictures, and soon.
func TestPicturesThatComeFromSlackWhileAServerRunsAreShown(t *testing.T) {
	t.Parallel()
	file, dir := slackFiles(t)
	s := apptest.Start(t)
	cmd := exec.Command(os.Args[0], "import", "slack", file, "--files", dir, "--data", s.Data)
	cmd.Env = append(os.Environ(), "BE_PARLEY=1") // as its closing drops the locks of its process
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	apptest.Within(t, "the forms of the picture", func() bool {
		waiting, err := s.Stored().WaitingPictures(t.Context(), 5)
		return err == nil && len(waiting) == 0
	})
	apptest.Command(t, 0, "", "check", "--data", s.Data)
	if usage, err := s.Stored().FileUsage(t.Context(), 0); err != nil || usage.Files != 2 {
		t.Error("there are", fmt.Sprint(usage), err)
	}
}
