package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const someone, group = 4321, 4322

// asRoot gives a directory to somebody who has no account here; only root can.
func asRoot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chown(dir, someone, group); err != nil {
		t.Skip("only root makes files for others:", err)
	}
	return dir
}

// owned says whether all below a path, and that itself, belongs to somebody.
func owned(t *testing.T, path string) {
	t.Helper()
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := os.Lstat(name)
		if s := i.Sys().(*syscall.Stat_t); s.Uid != someone || s.Gid != group {
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
	dir := asRoot(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("backups"), 0o700); err != nil || os.Chown(at("backups"), someone, group) != nil {
		t.Fatal(err)
	}
	data := at("parley.db")
	command(t, 0, password+"\n", "user", "add", "ada", "--data", data)
	command(t, 0, "", "backup", at("copy.db"), "--data", data)
	command(t, 0, "", "backup", "--to", at("backups"), "--data", data)
	command(t, 0, "", "export", at("export.jsonl"), "--data", data)
	command(t, 0, "", "export", "--site", at("site"), "--private", "--data", data)
	command(t, 0, "", "import", at("export.jsonl"), "--data", at("imported.db"))
	command(t, 0, "", "restore", at("copy.db"), "--data", data)
	command(t, 0, "", "restore", at("copy.db"), "--data", at("new.db"))
	older(t, at("older.db"))
	if err := os.Chown(at("older.db"), someone, group); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, data: at("older.db")}
	s.run()
	owned(t, dir) // with -wal and -shm
	s.stop()
	owned(t, dir)
}

func TestARestoreKeepsOwnerGroupAndModeOfWhatItReplaces(t *testing.T) {
	t.Parallel()
	dir, aside := t.TempDir(), t.TempDir()
	data, copied := filepath.Join(dir, "parley.db"), filepath.Join(aside, "copy.db")
	command(t, 0, password+"\n", "user", "add", "ada", "--data", data)
	command(t, 0, "", "backup", copied, "--data", data)
	if err := os.Chown(data, someone, group); err != nil {
		t.Skip("only root makes files for others:", err)
	}
	for _, name := range []string{data, copied} {
		if err := os.Chown(name, someone, group); err != nil || os.Chmod(name, 0o640) != nil {
			t.Fatal(err)
		}
	}
	command(t, 0, "", "restore", copied, "--data", data)
	command(t, 0, "", "backup", copied, "--data", data) // over an older one
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
		command(t, 0, password+"\n", "user", "add", "ada", "--data", link) // the link led nowhere
		command(t, 0, "", "backup", copied, "--data", link)
		command(t, 0, password+"\n", "user", "add", "bea", "--data", link)
		out := command(t, 0, "", "restore", copied, "--data", link)
		if i, err := os.Lstat(link); err != nil || i.Mode().Type() != fs.ModeSymlink {
			t.Fatal("the link became", i.Mode(), err)
		}
		kept, _ := filepath.Glob(real + ".before-*")
		if len(kept) != 1 || !strings.Contains(out, kept[0]) {
			t.Fatalf("kept: %q; it says %s", kept, out)
		}
		if out := command(t, 0, "", "user", "list", "--data", kept[0]); !strings.Contains(out, "bea") {
			t.Error("kept:", out)
		}
		if out := command(t, 0, "", "user", "list", "--data", real); strings.Contains(out, "bea") || !strings.Contains(out, "ada") {
			t.Error("restored:", out)
		}
		os.Remove(kept[0])
		os.Remove(real)
		command(t, 0, "", "restore", copied, "--data", link) // the volume is empty
		if out := command(t, 0, "", "user", "list", "--data", real); !strings.Contains(out, "ada") {
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
	dir, aside := asRoot(t), t.TempDir()
	data, victim := filepath.Join(aside, "parley.db"), filepath.Join(aside, "victim")
	command(t, 0, password+"\n", "user", "add", "ada", "--data", data)
	for _, lay := range []func(string, string) error{os.Symlink, os.Link} {
		if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		part := filepath.Join(dir, "copy.db.part")
		if err := lay(victim, part); err != nil {
			t.Fatal(err)
		}
		command(t, 1, "", "backup", filepath.Join(dir, "copy.db"), "--data", data)
		i, err := os.Stat(victim)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" || i.Sys().(*syscall.Stat_t).Uid == someone {
			t.Errorf("it is %q now", b)
		}
		os.Remove(part)
	}
}

func TestTheDirectoryOfAPrivateSiteIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("ada")
	dir := t.TempDir() // 0755 before
	for _, args := range [][]string{{"--private"}, {"--direct"}, {"--private", "--direct"}} {
		for _, to := range []string{dir, filepath.Join(dir, "..", "new "+strings.Join(args, ""))} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			command(t, 0, "", append([]string{"export", "--site", to, "--data", s.data}, args...)...)
			if i, err := os.Stat(to); err != nil || i.Mode().Perm() != 0o700 {
				t.Errorf("%q to %s: %v %v", args, to, i.Mode(), err)
			}
		}
	}
}
