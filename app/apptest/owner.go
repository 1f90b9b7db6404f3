package apptest

import (
	"os"
	"testing"
)

// AsRoot gives a directory to somebody who has no account here; only root can.
func AsRoot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chown(dir, Someone, Group); err != nil {
		t.Skip("only root makes files for others:", err)
	}
	return dir
}

// Someone and Group are ids of nobody here.
const Someone, Group = 4321, 4322
