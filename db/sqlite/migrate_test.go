package sqlite

import (
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/db"
)

var update = flag.Bool("update", false, "write schema.sql anew")

func TestSchemaIsTheResultOfAllMigrations(t *testing.T) {
	f := create(t, 0)
	statements, err := db.All(t.Context(), f.Store, func(r db.Scanner) (s string, err error) { return s, r.Scan(&s) },
		"SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type = 'index', name")
	f.ok(err)
	got := fmt.Sprintf("-- The result of all migrations, for reading. Written by: go test ./db/sqlite -run Schema -update\n-- user_version %d\n\n%s;\n", Version(), strings.Join(statements, ";\n\n"))
	if *update {
		f.ok(os.WriteFile("schema.sql", []byte(got), 0o644))
	}
	want, err := os.ReadFile("schema.sql")
	f.ok(err)
	if got != string(want) {
		t.Error("schema.sql is not what the migrations make; go test ./db/sqlite -run Schema -update")
	}
}

func TestOpeningAgainChangesNothing(t *testing.T) {
	f := create(t, 2)
	f.ok(f.Close())
	was := f.bytes()
	for range 2 {
		d := f.open()
		f.ok(d.Close())
	}
	if !bytes.Equal(was, f.bytes()) {
		t.Error("the file changed")
	}
	if names, _ := filepath.Glob(f.path + ".v*"); len(names) > 0 {
		t.Error("a copy was made without a migration:", names)
	}
	if i, err := os.Stat(f.path); err != nil || i.Mode().Perm() != 0o600 {
		t.Error("others may read the file:", i.Mode(), err)
	}
}

func (f *file) bytes() []byte {
	f.Helper()
	b, err := os.ReadFile(f.path)
	f.ok(err)
	return b
}

func TestAFileThatIsNotOursIsRefusedAndLeftAlone(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"garbage":       func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("garbage "), 1000), 0o600) },
		"a short text":  func(path string) error { return os.WriteFile(path, []byte("hello"), 0o600) },
		"half a header": func(path string) error { return os.WriteFile(path, []byte("SQLite format 3\x00"), 0o600) },
		"another program's": func(path string) error {
			return script(path, "CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES ('one')")
		},
		"another program's with WAL": func(path string) error {
			return script(path, "PRAGMA journal_mode = WAL; CREATE TABLE songs (name TEXT)")
		},
		"newer": func(path string) error {
			return script(path, fmt.Sprintf("CREATE TABLE later (name TEXT); PRAGMA application_id = %d; PRAGMA user_version = %d",
				applicationID, Version()+1))
		},
		"newer and ours before": func(path string) error {
			d, err := Open(t.Context(), path)
			if err != nil {
				return err
			}
			if err := d.Close(); err != nil {
				return err
			}
			return script(path, fmt.Sprintf("PRAGMA user_version = %d", Version()+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
			f.ok(make(f.path))
			was := f.bytes()
			d, err := Open(t.Context(), f.path)
			if err == nil {
				d.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), "it was left as it is") {
				t.Error("no word on what to do:", err)
			}
			if !bytes.Equal(was, f.bytes()) {
				t.Error("the file changed")
			}
			if names, _ := filepath.Glob(f.path + "?*"); len(names) > 0 {
				t.Error("something was left beside it:", names)
			}
		})
	}
}

// script makes or changes a file as another program would.
func script(path, sqls string) error {
	d, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Exec(sqls)
	return err
}

func TestTwoProcessesMayBeginOneFile(t *testing.T) {
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			d, err := Open(t.Context(), f.path)
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := d.Writable(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestADataFileInADirectoryThatIsNotThereIsRefused(t *testing.T) {
	if d, err := Open(t.Context(), filepath.Join(t.TempDir(), "no", "parley.db")); err == nil {
		d.Close()
		t.Error("it was opened")
	}
}
