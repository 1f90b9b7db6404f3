package apptest

import (
	"os"
	"path/filepath"
	"testing"

	"parley/app/apptest/pgtest"
)

// engine is what the tests of the whole program store their workspaces in: a data file,
// or with TEST_ENGINE=postgres in the environment a PostgreSQL.
var engine = os.Getenv("TEST_ENGINE")

// NewData is where a workspace can be: none is there yet.
func NewData(t testing.TB) string {
	t.Helper()
	switch engine {
	case "", "sqlite":
		return filepath.Join(t.TempDir(), "parley.db")
	case "postgres":
		return pgtest.Schema(t)
	}
	t.Fatalf("there is no engine %q: sqlite or postgres", engine)
	return ""
}

// NeedsFile skips a test that is about data files where the engine has none.
func NeedsFile(t testing.TB) {
	t.Helper()
	if engine == "postgres" {
		t.Skip("it is about data files")
	}
}

// OnPostgres is for tests that are on a PostgreSQL whatever the others are on: where those
// are on one, it was run beside them on files, and is skipped.
func OnPostgres(t testing.TB) {
	t.Helper()
	if engine == "postgres" {
		t.Skip("it is on a PostgreSQL wherever the others are")
	}
}

// PostgresData is where a workspace can be on a PostgreSQL; see OnPostgres.
func PostgresData(t testing.TB) string {
	t.Helper()
	OnPostgres(t)
	return pgtest.Schema(t)
}
