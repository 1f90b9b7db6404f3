package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/app/apptest"
)

// small mounts a disk of 4 MB.
func small(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("a small disk cannot be mounted here:", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestWhoMayOnlyReadIsToldWhatSQLiteNeeds(t *testing.T) {
	t.Parallel()
	dir := small(t)
	data := filepath.Join(dir, "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("a disk cannot be made read-only here:", err)
	}
	for _, args := range [][]string{{"check"}, {"backup", filepath.Join(t.TempDir(), "copy.db")}, {"user", "list"}, {"export", "-"}} {
		if out := apptest.Command(t, 1, "", append(args, "--data", data)...); strings.Count(out, "a -wal and a -shm beside it") != 1 {
			t.Errorf("parley %q says %q", args, out)
		}
	}
}

func TestARestoreOntoAFullDiskChangesNothing(t *testing.T) {
	apptest.NeedsFile(t)
	dir := small(t)
	data, copied := filepath.Join(dir, "parley.db"), filepath.Join(t.TempDir(), "copy.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Command(t, 0, "", "backup", copied, "--data", data)
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "bea", "--data", data)
	os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 8<<20), 0o600) // as much of it as there is room for
	if out := apptest.Command(t, 1, "", "restore", copied, "--data", data); !strings.Contains(out, "nothing was changed") ||
		!strings.Contains(out, "left") {
		t.Error(out)
	}
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	if out := apptest.Command(t, 0, "", "user", "list", "--data", data); !strings.Contains(out, "bea") {
		t.Error(out)
	}
}

func TestADamagedFileIsOneSentenceAndAFewDetails(t *testing.T) {
	apptest.NeedsFile(t)
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	for range 200 {
		s.Says("ada", 1, strings.Repeat("words ", 100))
	}
	s.Stop()
	b, err := os.ReadFile(s.Data)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.db")
	copy(b[len(b)*3/4:], strings.Repeat("ruin", len(b)/20))
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out := apptest.Command(t, 1, "", "check", "--data", bad)
	if !strings.HasPrefix(out, bad+" is not as it should be:\n") || strings.Count(out, "\n") > 10 ||
		!strings.Contains(out, "restore a backup") {
		t.Error("check says", out)
	}
	out = apptest.Command(t, 1, "", "restore", bad, "--data", filepath.Join(t.TempDir(), "new.db"))
	if !strings.HasPrefix(out, "parley: "+bad+" is damaged (") || strings.Count(out, "\n") != 1 {
		t.Error("restore says", out)
	}
	t.Log(out)
}
