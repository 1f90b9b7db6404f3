package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	if out := command(t, code, "", args...); !strings.Contains(out, words) {
		t.Errorf("parley %q says %q, not %q", args, out, words)
	}
	if state() != before {
		t.Errorf("parley %q changed something", args)
	}
}

func TestNoCommandWritesOntoTheDataFile(t *testing.T) {
	dir := t.TempDir()
	data, link := filepath.Join(dir, "parley.db"), filepath.Join(t.TempDir(), "link")
	command(t, 0, password+"\n", "user", "add", "ada", "--data", data)
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
		command(t, 0, "", what, again, "--data", data)
		command(t, 0, "", what, again, "--data", data)
	}
	refusal(t, 1, "holds something else", dir, "export", filepath.Join(dir, "again-backup"), "--data", data)
	refusal(t, 2, "backup --to "+dir, dir, "backup", dir, "--data", data)
	refusal(t, 2, "--keep belongs to --to", dir, "backup", filepath.Join(dir, "new"), "--keep", "3", "--data", data)
	if out := command(t, 0, "", "backup", filepath.Join(dir, "new"), "--data", data); !strings.Contains(out, "B, verified.") {
		t.Error("a backup says", out)
	}
	if out := command(t, 0, "", "user", "list", "--data", data); !strings.Contains(out, "ada") {
		t.Error("the accounts:", out)
	}
}

func TestASiteReplacesNothingButASite(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "site", "parley.db")
	if err := os.Mkdir(filepath.Dir(data), 0o700); err != nil {
		t.Fatal(err)
	}
	command(t, 0, password+"\n", "user", "add", "ada", "--data", data)
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
