package app_test

import (
	"os"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// The server runs as somebody else than who sets the directory.
func TestADirectoryForBackupsIsAskedOfTheServerThatRuns(t *testing.T) {
	t.Parallel()
	apptest.AsRoot(t)
	p := apptest.Spawn(t)
	mine := t.TempDir()
	if err := os.Chmod(mine, 0o700); err != nil {
		t.Fatal(err)
	}
	if pid, uid := app.ServerOf(p.Data); pid != p.Cmd.Process.Pid || uid != os.Geteuid() {
		t.Fatalf("it is %d of %d, not %d", pid, uid, p.Cmd.Process.Pid)
	}
	apptest.Command(t, 0, "", "set", "backup.dir", mine, "--data", p.Data)
	if app.MayWrite(apptest.Someone, []int{apptest.Group}, mine) {
		t.Error("somebody else may write into", mine)
	}
}
