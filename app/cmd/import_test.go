package cmd_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"

	"parley/app/apptest"
	"parley/app/cmd"
)

func TestAnImportRefusesAHashThatWouldTakeTheMachineDown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, file := filepath.Join(dir, "parley.db"), filepath.Join(dir, "export.jsonl")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Command(t, 0, "", "export", file, "--data", data)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, crafted := range []string{"m=4294967295,t=1,p=1", "m=47104,t=4294967295,p=1", "m=47104,t=1,p=0", "m=262145,t=1,p=1"} {
		bad := strings.Replace(string(b), "m=47104,t=1,p=1", crafted, 1)
		if bad == string(b) {
			t.Fatal("the export has no hash:", bad)
		}
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, "imported.db")
		if out := apptest.Command(t, 1, "", "import", file, "--data", to); !strings.Contains(out, "nothing was imported: line ") ||
			!strings.Contains(out, "the hash of the password") {
			t.Errorf("%s: %s", crafted, out)
		}
		if _, err := os.Stat(to); err == nil {
			t.Error("a data file was left")
		}
	}
}

// Such a hash may have come in before imports looked at them.
func TestALogInWithACraftedHashEndsNothing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	apptest.Query(t, s.Data, "UPDATE accounts SET password = replace(password, 'm=47104,t=1,p=1', 'm=47104,t=1,p=0')")
	if r := s.Visitor().Post("/login", "username", "ada", "password", apptest.Password); r.Status < 400 {
		t.Error("status", r.Status)
	}
	s.Visitor().Get("/readyz").Want(t, 200)
}

func TestAnExportComesByAPipeAndPacked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, file := filepath.Join(dir, "parley.db"), filepath.Join(dir, "export.jsonl")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Command(t, 0, "", "export", file, "--data", data)
	plain, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	g := gzip.NewWriter(&zipped)
	z, err := zstd.NewWriter(nil)
	if err == nil {
		_, err = g.Write(plain)
	}
	if err == nil {
		err = g.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for kind, packed := range map[string][]byte{"plain": plain, "gzip": zipped.Bytes(), "zstd": z.EncodeAll(plain, nil)} {
		name := filepath.Join(dir, kind)
		if err := os.WriteFile(name, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		pipe := filepath.Join(dir, kind+".pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		for to, from := range map[string]string{"file": name, "standard input": "-", "pipe": pipe} {
			imported := filepath.Join(dir, kind+" "+to+".db")
			give := func() string {
				if to == "pipe" {
					go os.WriteFile(pipe, packed, 0o600)
				}
				if to == "standard input" {
					return string(packed)
				}
				return ""
			}
			if out := apptest.Command(t, 0, give(), "import", from,
				"--dry-run", "--data", imported); !strings.Contains(out, "It would come: 1 account") {
				t.Errorf("%s by %s: %s", kind, to, out)
			}
			if out := apptest.Command(t, 0, give(), "import", from, "--data", imported); !strings.Contains(out, "It came: 1 account") {
				t.Errorf("%s by %s: %s", kind, to, out)
			}
			if out := apptest.Command(t, 0, give(), "import", from, "--data", imported); !strings.Contains(out, "holds all of it already") {
				t.Errorf("%s by %s, again: %s", kind, to, out)
			}
		}
		cut := filepath.Join(dir, kind+".cut")
		if err := os.WriteFile(cut, packed[:len(packed)-20], 0o600); err != nil {
			t.Fatal(err)
		}
		if out := apptest.Command(t, 1, "", "import", cut,
			"--data", filepath.Join(dir, "cut.db")); !strings.Contains(out, "nothing was imported") {
			t.Errorf("%s, cut off: %s", kind, out)
		}
	}
	apptest.Command(t, 1, "", "import", filepath.Join(dir, "none"), "--data", filepath.Join(dir, "none.db"))
	apptest.Command(t, 1, "", "import", dir, "--data", filepath.Join(dir, "none.db"))
}

func TestACompactFileIsSmallerAndHoldsTheSame(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	for n := range 300 {
		s.Says("ada", 1, strings.Repeat("words ", 1000)+fmt.Sprint(n))
	}
	if out := apptest.Command(t, 1, "", "compact", "--data", s.Data); !strings.Contains(out, "another Parley serves") {
		t.Error(out)
	}
	s.Stop()
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(s.Data, link); err != nil {
		t.Fatal(err)
	}
	export := apptest.Command(t, 0, "", "export", "-", "--data", s.Data)
	apptest.Query(t, s.Data, "CREATE TABLE heavy (b BLOB); INSERT INTO heavy SELECT randomblob(3000000); DROP TABLE heavy")
	before := cmd.Size(s.Data)
	out := apptest.Command(t, 0, "", "compact", "--data", link)
	if after := cmd.Size(s.Data); after > before-2_900_000 || !strings.Contains(out, cmd.FormatBytes(before)) ||
		!strings.Contains(out, cmd.FormatBytes(after)) {
		t.Errorf("%d bytes became %d: %s", before, after, out)
	}
	if names, _ := filepath.Glob(s.Data + "?*"); len(names) > 0 {
		t.Errorf("left: %q", names)
	}
	if i, err := os.Lstat(link); err != nil || i.Mode().Type() != os.ModeSymlink {
		t.Error("the link is", i.Mode(), err)
	}
	if apptest.Command(t, 0, "", "export", "-", "--data", s.Data) != export {
		t.Error("it holds something else")
	}
	apptest.Command(t, 0, "", "check", "--data", s.Data)
	apptest.Command(t, 1, "", "compact", "--data", s.Data+".none")
	d, err := sql.Open("sqlite", s.Data+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec("PRAGMA journal_mode = WAL; BEGIN; SELECT count(*) FROM rooms"); err != nil {
		t.Fatal(err)
	}
	if out := apptest.Command(t, 1, "", "compact", "--data", s.Data); !strings.Contains(out, "another command uses") {
		t.Error(out)
	}
}
