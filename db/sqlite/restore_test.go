package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/chat"
)

// said lists what was said in the file at path.
func said(t testing.TB, path string) (bodies []string) {
	t.Helper()
	f := &file{TB: t, path: path}
	d := f.open()
	p, err := d.History(t.Context(), 1, chat.Span{}, 500)
	f.ok(err)
	f.ok(d.Close())
	for _, m := range p.Messages {
		if m.Kind == chat.MessagePosted {
			bodies = append(bodies, m.Body)
		}
	}
	return bodies
}

func TestARestoreReplacesAFileAndKeepsIt(t *testing.T) {
	f := create(t, 1)
	f.says(1, 1, "before the backup")
	to := filepath.Join(t.TempDir(), "copy.db")
	f.ok(Backup(t.Context(), f.path, to))
	f.says(1, 1, "after the backup")
	release, err := Claim(f.path)
	f.ok(err)
	if _, err := Restore(t.Context(), to, f.path, noon); err == nil || !strings.Contains(err.Error(), "another Parley") {
		t.Fatal("a file that is served was replaced:", err)
	}
	f.ok(release())
	if _, err := Restore(t.Context(), to, f.path, noon); err == nil || !strings.Contains(err.Error(), "another command uses") {
		t.Fatal("a file that is open was replaced:", err)
	}
	f.says(1, 1, "the last")
	crash(f) // with everything in the log still
	kept, err := Restore(t.Context(), to, f.path, noon)
	f.ok(err)
	if kept != f.path+".before-20260301T120000Z" {
		t.Error("kept as", kept)
	}
	if got := fmt.Sprint(said(t, f.path)); got != "[before the backup]" {
		t.Error("restored:", got)
	}
	if got := fmt.Sprint(said(t, kept)); got != "[before the backup after the backup the last]" {
		t.Error("kept:", got)
	}
	if left, _ := filepath.Glob(f.path + ".restore*"); len(left) > 0 {
		t.Error("left behind:", left)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	if kept, err = Restore(t.Context(), f.path, fresh, noon); err != nil || kept != "" {
		t.Error("into no file:", kept, err)
	}
	if got := fmt.Sprint(said(t, fresh)); got != "[before the backup]" {
		t.Error("restored into no file:", got)
	}
	if i, err := os.Stat(fresh); err != nil || i.Mode().Perm() != 0o600 {
		t.Error("others may read it:", i.Mode(), err)
	}
}

// crash puts the file as it would be after a power cut in its own place.
func crash(f *file) {
	f.Helper()
	now := map[string][]byte{}
	for _, beside := range []string{"", "-wal"} {
		b, err := os.ReadFile(f.path + beside)
		f.ok(err)
		now[beside] = b
	}
	f.ok(f.Close())
	for beside, b := range now {
		f.ok(os.WriteFile(f.path+beside, b, 0o600))
	}
}

func TestARestoreTakesNothingThatIsNotWhole(t *testing.T) {
	f := create(t, 1)
	for n := range 300 {
		f.says(1, 1, fmt.Sprint(n, strings.Repeat(" words", 100)))
	}
	good := filepath.Join(t.TempDir(), "good.db")
	f.ok(Backup(t.Context(), f.path, good))
	f.ok(f.Close())
	was := f.bytes()
	whole, err := os.ReadFile(good)
	f.ok(err)
	for name, spoil := range map[string]func(path string) error{
		"a text":     func(path string) error { return os.WriteFile(path, []byte("hello, this is no backup at all"), 0o600) },
		"nothing":    func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"half of it": func(path string) error { return os.WriteFile(path, whole[:len(whole)/2], 0o600) },
		"a ruin": func(path string) error {
			err := os.WriteFile(path, whole, 0o600)
			ruin(f, path)
			return err
		},
		"another program's": func(path string) error { return script(path, "CREATE TABLE songs (name TEXT)") },
		"one of the future": func(path string) error {
			return script(path, fmt.Sprintf("CREATE TABLE later (name TEXT); PRAGMA application_id = %d; PRAGMA user_version = %d",
				applicationID, Version()+1))
		},
		"one that points to nowhere": func(path string) error {
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				return err
			}
			return script(path, "DELETE FROM accounts")
		},
		"itself": func(path string) error { return os.Symlink(f.path, path) },
	} {
		path := filepath.Join(t.TempDir(), "bad.db")
		f.ok(spoil(path))
		if _, err := Restore(t.Context(), path, f.path, noon); err == nil {
			t.Error(name, "was restored")
		}
		if !bytes.Equal(was, f.bytes()) {
			t.Error(name, "changed the data file")
		}
	}
}

func TestARestoreReplacesADamagedFileAndNoForeignOne(t *testing.T) {
	f := create(t, 1)
	for range 300 {
		f.says(1, 1, strings.Repeat("words ", 100))
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	f.ok(Backup(t.Context(), f.path, to))
	f.says(1, 1, "in the log")
	crash(f)
	ruin(f, f.path)
	w, err := os.OpenFile(f.path, os.O_RDWR, 0)
	f.ok(err)
	_, err = w.WriteAt(bytes.Repeat([]byte{0xff}, 3900), 100) // the schema, too
	f.ok(err)
	f.ok(w.Close())
	kept, err := Restore(t.Context(), to, f.path, noon)
	f.ok(err)
	if n := len(said(t, f.path)); n != 300 {
		t.Error("restored:", n)
	}
	if i, err := os.Stat(kept); err != nil || i.Size() == 0 {
		t.Error("the damaged file is not kept:", err)
	}
	foreign := filepath.Join(t.TempDir(), "songs.db")
	f.ok(script(foreign, "CREATE TABLE songs (name TEXT)"))
	was, err := os.ReadFile(foreign)
	f.ok(err)
	if _, err := Restore(t.Context(), to, foreign, noon); err == nil {
		t.Error("another program's file was replaced")
	}
	if now, err := os.ReadFile(foreign); err != nil || !bytes.Equal(was, now) {
		t.Error("another program's file was changed")
	}
}
