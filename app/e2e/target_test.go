package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// refusal runs a command that must fail with these words, and change no file of the
// directory.
func refusal(t *testing.T, code int, words, dir string, args ...string) {
	t.Helper()
	state := func() (all string) {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if b, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && e.Type().IsRegular() {
				all += e.Name() + "\n" + string(b)
			}
		}
		return all
	}
	before := state()
	if out := apptest.Command(t, code, "", args...); !strings.Contains(out, words) {
		t.Errorf("parley %q says %q, not %q", args, out, words)
	}
	if state() != before {
		t.Errorf("parley %q changed something", args)
	}
}

func TestNoCommandWritesOntoTheDataFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, link := filepath.Join(dir, "parley.db"), filepath.Join(t.TempDir(), "link")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	if err := os.Symlink(data, link); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"backup", "export"} {
		for _, to := range []string{data, link, data + "-wal", data + "-shm"} {
			refusal(t, 1, "the data file", dir, what, to, "--data", data)
		}
		refusal(t, 1, what+" - > /dev/null", dir, what, "/dev/null", "--data", data)
		other := filepath.Join(dir, "thesis.txt")
		if err := os.WriteFile(other, []byte("years of work"), 0o600); err != nil {
			t.Fatal(err)
		}
		refusal(t, 1, "holds something else", dir, what, other, "--data", data)
		again := filepath.Join(dir, "again-"+what)
		apptest.Command(t, 0, "", what, again, "--data", data)
		apptest.Command(t, 0, "", what, again, "--data", data)
	}
	refusal(t, 1, "holds something else", dir, "export", filepath.Join(dir, "again-backup"), "--data", data)
	refusal(t, 2, "backup --to "+dir, dir, "backup", dir, "--data", data)
	refusal(t, 2, "--keep belongs to --to", dir, "backup", filepath.Join(dir, "new"), "--keep", "3", "--data", data)
	if out := apptest.Command(t, 0, "", "backup", filepath.Join(dir, "new"), "--data", data); !strings.Contains(out, "B, verified.") {
		t.Error("a backup says", out)
	}
	if out := apptest.Command(t, 0, "", "user", "list", "--data", data); !strings.Contains(out, "ada") {
		t.Error("the accounts:", out)
	}
}

func TestACopyIsMadeWhereALinkLeads(t *testing.T) {
	t.Parallel()
	dir, links := t.TempDir(), t.TempDir()
	data := filepath.Join(dir, "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	for _, what := range []string{"backup", "export"} {
		to, link, far := filepath.Join(dir, "new-"+what), filepath.Join(links, what), filepath.Join(links, "far-"+what)
		if err := os.Symlink(filepath.Base(link), far); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time it replaces what is there
			apptest.Command(t, 0, "", what, far, "--data", data)
			if i, err := os.Lstat(to); err != nil || !i.Mode().IsRegular() || i.Size() == 0 {
				t.Error(what, i, err)
			}
			for _, l := range []string{link, far} {
				if i, err := os.Lstat(l); err != nil || i.Mode().Type() != os.ModeSymlink {
					t.Error(l, "is no link any more", err)
				}
			}
		}
	}
	loop := filepath.Join(links, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	refusal(t, 1, "leads nowhere", links, "backup", loop, "--data", data)
	onto := filepath.Join(links, "onto") // a log that is not there yet
	if err := os.Symlink(data+"-journal", onto); err != nil {
		t.Fatal(err)
	}
	refusal(t, 1, "belongs to", dir, "backup", onto, "--data", data)
}

func TestACommandMakesNoWorkspaceWhereNoneIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty, bare := filepath.Join(dir, "empty.db"), filepath.Join(dir, "bare.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	apptest.Query(t, bare, "VACUUM") // a database with nothing in it
	for _, args := range [][]string{{"user", "list"}, {"set"}, {"set", "signup"}, {"set", "signup", "closed"}, {"invite", "list"},
		{"invite"}, {"user", "promote", "ada"}, {"user", "reset", "ada"},
		{"export", "-"}, {"export", filepath.Join(dir, "export")}, {"export", "--site", filepath.Join(dir, "site")}} {
		for file, words := range map[string]string{filepath.Join(dir, "none.db"): "there is no data file",
			empty: "there is no workspace", bare: "there is no workspace"} {
			refusal(t, 1, words, dir, append(args, "--data", file)...)
		}
	}
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", empty)
}

func TestAHalfMadeFileIsRefusedInWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Query(t, data, "PRAGMA user_version = 0; PRAGMA journal_mode = DELETE")
	for _, args := range [][]string{{"user", "list"}, {"user", "add", "bea", "--password-file", data}, {"export", "-"}} {
		refusal(t, 1, "tables of no format", dir, append(args, "--data", data)...)
	}
	if _, err := app.Start(t.Context(), app.Config{Data: data, Listen: "127.0.0.1:0"}); err == nil ||
		!strings.Contains(err.Error(), "tables of no format") {
		t.Error("a server:", err)
	}
}

func TestASiteReplacesNothingButASite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "site", "parley.db")
	if err := os.Mkdir(filepath.Dir(data), 0o700); err != nil {
		t.Fatal(err)
	}
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	refusal(t, 1, "holds other things", filepath.Dir(data), "export", "--site", filepath.Dir(data), "--data", data)
	if err := os.WriteFile(filepath.Join(dir, "site", ".parley-site"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(data), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, site := range []string{"site", "link"} {
		refusal(t, 1, "holds other things (parley.db)", filepath.Dir(data), "export", "--site", filepath.Join(dir, site), "--data", data)
	}
	for _, beside := range []string{".part", ".old"} { // where the new and the old one are for a moment
		at := filepath.Join(dir, "new"+beside)
		if err := os.Rename(filepath.Dir(data), at); err != nil {
			t.Fatal(err)
		}
		data = filepath.Join(at, "parley.db")
		refusal(t, 1, "holds other things", at, "export", "--site", filepath.Join(dir, "new"), "--data", data)
	}
}
