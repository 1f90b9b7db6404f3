package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/app/apptest"
)

// owned says whether all below a path, and that itself, belongs to somebody.
func owned(t *testing.T, path string) {
	t.Helper()
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := os.Lstat(name)
		if s := i.Sys().(*syscall.Stat_t); s.Uid != apptest.Someone || s.Gid != apptest.Group {
			t.Errorf("%s belongs to %d:%d", strings.TrimPrefix(name, path), s.Uid, s.Gid)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWhatRootMakesBelongsToTheOwnerOfTheDirectory(t *testing.T) {
	t.Parallel()
	dir := apptest.AsRoot(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("backups"), 0o700); err != nil || os.Chown(at("backups"), apptest.Someone, apptest.Group) != nil {
		t.Fatal(err)
	}
	data := at("parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Command(t, 0, "", "backup", at("copy.db"), "--data", data)
	apptest.Command(t, 0, "", "backup", "--to", at("backups"), "--data", data)
	apptest.Command(t, 0, "", "export", at("export.jsonl"), "--data", data)
	apptest.Command(t, 0, "", "export", "--site", at("site"), "--private", "--data", data)
	apptest.Command(t, 0, "", "import", at("export.jsonl"), "--data", at("imported.db"))
	apptest.Command(t, 0, "", "restore", at("copy.db"), "--data", data)
	apptest.Command(t, 0, "", "restore", at("copy.db"), "--data", at("new.db"))
	older(t, at("older.db"))
	if err := os.Chown(at("older.db"), apptest.Someone, apptest.Group); err != nil {
		t.Fatal(err)
	}
	s := &apptest.Server{T: t, Data: at("older.db")}
	s.Run()
	owned(t, dir) // with -wal and -shm
	s.Stop()
	owned(t, dir)
}

func TestARestoreKeepsOwnerGroupAndModeOfWhatItReplaces(t *testing.T) {
	t.Parallel()
	dir, aside := t.TempDir(), t.TempDir()
	data, copied := filepath.Join(dir, "parley.db"), filepath.Join(aside, "copy.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Command(t, 0, "", "backup", copied, "--data", data)
	if err := os.Chown(data, apptest.Someone, apptest.Group); err != nil {
		t.Skip("only root makes files for others:", err)
	}
	for _, name := range []string{data, copied} {
		if err := os.Chown(name, apptest.Someone, apptest.Group); err != nil || os.Chmod(name, 0o640) != nil {
			t.Fatal(err)
		}
	}
	apptest.Command(t, 0, "", "restore", copied, "--data", data)
	apptest.Command(t, 0, "", "backup", copied, "--data", data) // over an older one
	names, err := filepath.Glob(data + "*")
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	for _, name := range append(names, copied) {
		i, err := os.Stat(name)
		if err != nil || i.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v %v", name, i.Mode(), err)
		}
		owned(t, name)
	}
}

func TestARestoreFollowsALinkToAVolume(t *testing.T) {
	t.Parallel()
	volume, dir := t.TempDir(), t.TempDir()
	link, real, copied := filepath.Join(dir, "parley.db"), filepath.Join(volume, "real.db"), filepath.Join(dir, "copy.db")
	for _, way := range []string{real, "../" + filepath.Base(volume) + "/real.db"} {
		os.Remove(link)
		if err := os.Symlink(way, link); err != nil {
			t.Fatal(err)
		}
		os.Remove(real)
		apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", link) // the link led nowhere
		apptest.Command(t, 0, "", "backup", copied, "--data", link)
		apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "bea", "--data", link)
		out := apptest.Command(t, 0, "", "restore", copied, "--data", link)
		if i, err := os.Lstat(link); err != nil || i.Mode().Type() != fs.ModeSymlink {
			t.Fatal("the link became", i.Mode(), err)
		}
		kept, _ := filepath.Glob(real + ".before-*")
		if len(kept) != 1 || !strings.Contains(out, kept[0]) {
			t.Fatalf("kept: %q; it says %s", kept, out)
		}
		if out := apptest.Command(t, 0, "", "user", "list", "--data", kept[0]); !strings.Contains(out, "bea") {
			t.Error("kept:", out)
		}
		if out := apptest.Command(t, 0, "", "user", "list", "--data", real); strings.Contains(out, "bea") || !strings.Contains(out, "ada") {
			t.Error("restored:", out)
		}
		os.Remove(kept[0])
		os.Remove(real)
		apptest.Command(t, 0, "", "restore", copied, "--data", link) // the volume is empty
		if out := apptest.Command(t, 0, "", "user", "list", "--data", real); !strings.Contains(out, "ada") {
			t.Error("restored to an empty volume:", out)
		}
		os.Remove(copied)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) != 1 {
		t.Error("beside the link:", left)
	}
}

func TestRootWritesThroughNoLinkThatSomebodyLaid(t *testing.T) {
	t.Parallel()
	dir, aside := apptest.AsRoot(t), t.TempDir()
	data, victim := filepath.Join(aside, "parley.db"), filepath.Join(aside, "victim")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	for _, lay := range []func(string, string) error{os.Symlink, os.Link} {
		if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		part := filepath.Join(dir, "copy.db.part")
		if err := lay(victim, part); err != nil {
			t.Fatal(err)
		}
		apptest.Command(t, 1, "", "backup", filepath.Join(dir, "copy.db"), "--data", data)
		i, err := os.Stat(victim)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" || i.Sys().(*syscall.Stat_t).Uid == apptest.Someone {
			t.Errorf("it is %q now", b)
		}
		os.Remove(part)
	}
}

func TestTheDirectoryOfAPrivateSiteIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	dir := t.TempDir() // 0755 before
	for _, args := range [][]string{{"--private"}, {"--direct"}, {"--private", "--direct"}} {
		for _, to := range []string{dir, filepath.Join(dir, "..", "new "+strings.Join(args, ""))} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			apptest.Command(t, 0, "", append([]string{"export", "--site", to, "--data", s.Data}, args...)...)
			if i, err := os.Stat(to); err != nil || i.Mode().Perm() != 0o700 {
				t.Errorf("%q to %s: %v %v", args, to, i.Mode(), err)
			}
		}
	}
}
