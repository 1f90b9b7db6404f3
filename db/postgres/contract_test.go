package postgres

import (
	"context"
	"os"
	"testing"

	"parley/app/apptest/pgtest"
	"parley/app/chat/chattest"
	"parley/db"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// serving opens a workspace of its own, as a server does.
func serving(t testing.TB) *DB {
	t.Helper()
	return openAt(t, pgtest.Schema(t))
}

func openAt(t testing.TB, address string) *DB {
	t.Helper()
	d, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
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
