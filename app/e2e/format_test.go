package e2e

import (
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/db/sqlite"
)

// older writes the frozen file of format 7.
func older(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open("../../db/sqlite/testdata/format7.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCommandsLeaveAFileOfAnOlderFormatToAServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "parley.db")
	older(t, data)
	was, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	commands := [][]string{{"user", "list"}, {"user", "add", "eve"}, {"user", "passwd", "ada"}, {"user", "reset", "ada"},
		{"user", "logout", "ada"}, {"set"}, {"set", "signup", "closed"},
		{"invite"}, {"invite", "list"}, {"export", "-"}, {"export", "--site", filepath.Join(t.TempDir(), "site")},
		{"import", data}, {"check", "--repair"}}
	try := func(want string) {
		t.Helper()
		for _, args := range commands {
			code := 1
			if args[0] == "check" {
				code = 0
			}
			out := apptest.Command(t, code, apptest.Password+"\n", append(args, "--data", data)...)
			if code == 0 && (!strings.Contains(out, "format 7, older") || !strings.Contains(out, " messages") ||
				!strings.Contains(out, "not checked, upgraded at start")) {
				t.Errorf("parley %q says %q", args, out)
			}
			if code == 1 && (!strings.Contains(out, "format 7") || !strings.Contains(out, want)) {
				t.Errorf("parley %q says %q", args, out)
			}
			if now, err := os.ReadFile(data); err != nil || string(now) != string(was) {
				t.Fatalf("parley %q changed the file: %v", args, err)
			}
		}
	}
	try("parley serve --data")
	release, err := sqlite.Claim(data) // as a server of that version has
	if err != nil {
		t.Fatal(err)
	}
	try("Stop that server")
	if err := release(); err != nil {
		t.Fatal(err)
	}
	log := &apptest.Written{}
	s := &apptest.Server{T: t, Data: data}
	s.Run(func(c *app.Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	defer s.Stop()
	if out := apptest.Command(t, 0, "", "user", "list", "--data", data); !strings.Contains(out, "person1") {
		t.Error("after a server started:", out)
	}
	for _, want := range []string{"msg=started", "version=", fmt.Sprint("format=", sqlite.Version()), "file=" + data,
		"address=" + s.App.Address.String(), "upgraded_from=7"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log: %s", want, log.String())
		}
	}
}

func TestAServerRefusesToWriteWhatAnotherVersionChanged(t *testing.T) {
	log := &apptest.Written{}
	s := apptest.Start(t, func(c *app.Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "cid", "a", "body", "before").Want(t, http.StatusSeeOther)
	apptest.Query(t, s.Data, formatIs(s.Data, sqlite.Version()+1))
	r := ada.Post("/rooms/1/messages", "cid", "b", "body", "after").Want(t, http.StatusServiceUnavailable)
	if r.Header.Get("Retry-After") == "" || strings.Contains(r.Body, "another version") {
		t.Errorf("it says %s", r.Body)
	}
	s.Visitor().Get("/readyz").Want(t, http.StatusServiceUnavailable)
	s.Visitor().Get("/healthz").Want(t, http.StatusOK)
	if r := ada.Get("/rooms/1").Want(t, http.StatusOK); !strings.Contains(r.Body, "before") || strings.Contains(r.Body, "<p>after") {
		t.Error("the room shows", r.Body)
	}
	apptest.Within(t, "the log says so", func() bool {
		return strings.Count(log.String(), `level=ERROR msg="another version of Parley has changed the format`) == 1
	})
	apptest.Query(t, s.Data, formatIs(s.Data, sqlite.Version()))
	ada.Post("/rooms/1/messages", "cid", "b", "body", "after").Want(t, http.StatusSeeOther)
	s.Visitor().Get("/readyz").Want(t, http.StatusOK)
}

// formatIs is what another version does to a workspace.
func formatIs(data string, n int) string {
	if app.Shared(data) {
		return fmt.Sprintf("UPDATE format SET number = %d, oldest = %[1]d", n)
	}
	return fmt.Sprint("PRAGMA user_version = ", n)
}
