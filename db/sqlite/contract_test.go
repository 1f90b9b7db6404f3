package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"parley/app/chat/chattest"
	"parley/db"
)

// serving opens a file of its own, as a server does.
func serving(t testing.TB) *DB {
	t.Helper()
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	followed := make(chan struct{})
	go func() { d.FollowIndex(ctx); close(followed) }()
	t.Cleanup(func() { stop(); <-followed; d.Close() })
	return d
}

func TestTheStoreKeepsItsContract(t *testing.T) {
	chattest.Run(t, func(t testing.TB) chattest.Store { return serving(t) })
}

func TestArchivesKeepTheirContract(t *testing.T) {
	chattest.RunArchive(t, func(t testing.TB) chattest.Archive { return serving(t) })
}

func TestSnapshotsKeepTheirContract(t *testing.T) {
	chattest.RunSnapshot(t, serving, func(ctx context.Context, d *DB, do func(chattest.Snapshot) error) error {
		return d.Snapshot(ctx, func(s *db.Snapshot) error { return do(s) })
	})
}

func TestFilesKeepTheirContract(t *testing.T) {
	chattest.RunFiles(t, func(t testing.TB) chattest.Files { return serving(t) })
}
