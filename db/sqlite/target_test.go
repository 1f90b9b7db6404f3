package sqlite

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refused fails the test unless a backup to a file is refused with these words, and
// nothing is left beside the file.
func (f *file) refused(to, words string) {
	f.Helper()
	before, _ := filepath.Glob(to + "*")
	if err := Backup(context.Background(), f.path, to); err == nil || !strings.Contains(err.Error(), words) {
		f.Errorf("a backup to %s: %v", to, err)
	}
	if after, _ := filepath.Glob(to + "*"); len(after) != len(before) {
		f.Errorf("there is %q, and was %q", after, before)
	}
}

func TestABackupOntoItselfIsRefused(t *testing.T) {
	f := create(t, 1)
	f.says(1, 1, "still here")
	dir := t.TempDir()
	symbolic, hard, other := filepath.Join(dir, "symbolic.db"), filepath.Join(filepath.Dir(f.path), "hard.db"), filepath.Join(dir, "other")
	f.ok(os.Symlink(f.path, symbolic))
	f.ok(os.Link(f.path, hard))
	f.ok(os.Symlink(filepath.Dir(f.path), other))
	t.Chdir(filepath.Dir(f.path))
	for _, to := range []string{f.path, "parley.db", symbolic, hard, filepath.Join(other, "parley.db")} {
		f.refused(to, "the data file")
		for _, beside := range logs[:2] {
			f.refused(strings.TrimSuffix(to, ".db")+".db"+beside, "")
		}
	}
	f.refused(f.path+"-journal", "belongs to")
	f.ok(os.Rename(symbolic, symbolic+".part")) // where the copy to it would be made
	f.refused(symbolic, "the data file")
	if err := Backup(t.Context(), symbolic+".part", f.path); err == nil {
		t.Error("a backup of a link replaced what it leads to")
	}
	if err := Backup(t.Context(), symbolic+".part", f.path+"-wal"); err == nil {
		t.Error("a backup of a link replaced the log of what it leads to")
	}
	f.ok(f.Writable(t.Context()))
	if got := said(t, f.path); len(got) != 1 {
		t.Error("said:", got)
	}
}

func TestABackupReplacesOnlyABackupThatNobodyUses(t *testing.T) {
	f, old := create(t, 1), create(t, 2)
	f.says(1, 1, "in the backup")
	f.refused(old.path, "is in use")
	f.ok(old.Close())
	release, err := Claim(old.path)
	f.ok(err)
	f.refused(old.path, "a running Parley uses")
	f.ok(release())
	f.ok(Backup(t.Context(), f.path, old.path))
	if got := said(t, old.path); len(got) != 1 {
		t.Error("said:", got)
	}
	dir := t.TempDir()
	for name, holds := range map[string]string{"thesis.txt": "years of work", "songs.db": ""} {
		to := filepath.Join(dir, name)
		f.ok(os.WriteFile(to, []byte(holds), 0o600))
		if holds == "" {
			f.ok(script(to, "CREATE TABLE songs (name TEXT)"))
		}
		was, err := os.ReadFile(to)
		f.ok(err)
		f.refused(to, "holds something else")
		if now, err := os.ReadFile(to); err != nil || !bytes.Equal(was, now) {
			t.Error(name, "is not what it was")
		}
	}
	empty := filepath.Join(dir, "empty")
	f.ok(os.WriteFile(empty, nil, 0o600))
	f.ok(Backup(t.Context(), f.path, empty))
}

func TestABackupFollowsALinkAndReplacesNoDevice(t *testing.T) {
	f := create(t, 1)
	dir := t.TempDir()
	pipe, link, real := filepath.Join(dir, "pipe"), filepath.Join(dir, "link"), filepath.Join(dir, "real.db")
	f.ok(syscall.Mkfifo(pipe, 0o600))
	f.refused(pipe, "backup - > "+pipe)
	f.refused("/dev/null", "backup - > /dev/null")
	f.refused(dir, "is a directory")
	f.ok(os.Symlink(real, link))
	f.ok(Backup(t.Context(), f.path, link)) // to what is not there yet
	f.ok(Backup(t.Context(), f.path, link))
	if to, err := os.Readlink(link); err != nil || to != real {
		t.Error("the link is gone:", err)
	}
	f.ok(verify(t.Context(), real))
}

func TestRotationLeavesADataFileAlone(t *testing.T) {
	f := create(t, 1)
	f.says(1, 1, "still here")
	f.ok(f.Close())
	dir := t.TempDir()
	served := filepath.Join(dir, backupName(noon.Add(-time.Hour)))
	f.ok(os.Rename(f.path, served))
	f.path = served
	f.DB = f.open()
	for n := range 3 {
		if _, err := Rotate(t.Context(), f.path, dir, 1, noon.Add(time.Duration(n)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	f.ok(f.Writable(t.Context()))
	if names, _ := filepath.Glob(filepath.Join(dir, "*.db")); len(names) != 2 {
		t.Error("there are", names)
	}
}
