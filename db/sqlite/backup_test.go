package sqlite

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestABackupOfADamagedFileIsNotMade(t *testing.T) {
	f := create(t, 1)
	for range 300 {
		f.says(1, 1, strings.Repeat("words ", 100))
	}
	f.ok(f.Close())
	ruin(f, f.path)
	to := filepath.Join(t.TempDir(), "copy.db")
	f.ok(os.WriteFile(to, []byte("the backup of yesterday"), 0o600))
	if err := Backup(t.Context(), f.path, to); err == nil {
		t.Error("a backup was made")
	}
	if b, err := os.ReadFile(to); err != nil || string(b) != "the backup of yesterday" {
		t.Error("the older backup is not what it was")
	}
	if left, _ := filepath.Glob(to + "?*"); len(left) > 0 {
		t.Error("left behind:", left)
	}
	for _, foreign := range []string{to, to + ".not"} {
		if err := Backup(t.Context(), foreign, to+"2"); err == nil {
			t.Error("a backup was made of", foreign)
		}
	}
}

// ruin overwrites the middle of a file.
func ruin(f *file, path string) {
	f.Helper()
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	f.ok(err)
	i, err := w.Stat()
	f.ok(err)
	_, err = w.WriteAt([]byte(strings.Repeat("ruin", 20_000)), i.Size()*3/4)
	f.ok(err)
	f.ok(w.Close())
}

func TestRotationRemovesOnlyWhatItMade(t *testing.T) {
	f := create(t, 1)
	dir := t.TempDir()
	for _, name := range []string{"parley.db", "parley-20200101T000000Z.db.gz", "parley-2020.db", "notes.txt", "parley-backup.part"} {
		f.ok(os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	}
	f.ok(os.Mkdir(filepath.Join(dir, "parley-20200101T000000Z.db"), 0o700))
	for day := range 5 {
		if _, err := Rotate(t.Context(), f.path, dir, 2, noon.Add(time.Duration(day)*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	f.ok(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"notes.txt", "parley-2020.db", "parley-20200101T000000Z.db", "parley-20200101T000000Z.db.gz",
		"parley-20260304T120000Z.db", "parley-20260305T120000Z.db", "parley.db"}
	if !slices.Equal(names, want) {
		t.Errorf("there are %q", names)
	}
	if at, err := LastBackup(dir, noon.AddDate(1, 0, 0)); err != nil || !at.Equal(noon.Add(4*24*time.Hour)) {
		t.Error("the last:", at, err)
	}
}

func TestRotationIsNotFooledByNamesOfTheFuture(t *testing.T) {
	f := create(t, 1)
	dir := t.TempDir()
	future := filepath.Join(dir, "parley-20360101T000000Z.db")
	f.ok(os.WriteFile(future, []byte("made while the clock was wrong"), 0o600))
	for day := range 3 {
		at := noon.AddDate(0, 0, day)
		to, err := Rotate(t.Context(), f.path, dir, 1, at)
		f.ok(err)
		if _, err := os.Stat(to); err != nil {
			t.Fatal("what was just made is gone:", err)
		}
		if names, err := backups(dir, at); err != nil || len(names) != 1 || filepath.Join(dir, names[0]) != to {
			t.Error("kept:", names, err)
		}
		if last, err := LastBackup(dir, at.Add(time.Hour)); err != nil || !last.Equal(at) {
			t.Error("the last is of", last, err)
		}
	}
	if b, err := os.ReadFile(future); err != nil || len(b) != 30 {
		t.Error("the one of the future:", string(b), err)
	}
}
