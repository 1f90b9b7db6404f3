package postgres

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/app/apptest/pgtest"
)

// What both engines ask, they ask of the same tables: a migration has a twin.
func TestBothEnginesHaveTheSameTables(t *testing.T) {
	files, err := filepath.Glob("../sqlite/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	if newest := filepath.Base(files[len(files)-1]); newest != fmt.Sprintf("%04d.sql", Version()) {
		t.Errorf("SQLite's newest migration is %s, PostgreSQL's is %d: each has a twin of the same number", newest, Version())
	}
	d := openAt(t, pgtest.Schema(t))
	rows, err := d.read.QueryContext(context.Background(),
		`SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
		FROM information_schema.columns WHERE table_schema = current_schema()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := map[string]string{}
	for rows.Next() {
		var table, column, kind, null, value string
		if err := rows.Scan(&table, &column, &kind, &null, &value); err != nil {
			t.Fatal(err)
		}
		if ours[table] {
			continue
		}
		value = strings.TrimSuffix(strings.TrimSuffix(value, "::text"), "::bigint")
		got[table+"."+column] = fmt.Sprint(map[string]string{"bigint": "INTEGER", "text": "TEXT", "bytea": "BLOB"}[kind], " ",
			null == "NO", " ", value)
	}
	want := tablesOf(t, "../sqlite/schema.sql")
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s is %q, and %q in SQLite", name, got[name], want[name])
		}
		delete(got, name)
	}
	for name := range got {
		t.Error("SQLite has no column", name)
	}
}

// ours are tables that only one of the engines has.
var ours = map[string]bool{"format": true, "nodes": true, "counters": true, "words": true, "days": true, "indexed": true}

// tablesOf reads columns of SQLite's schema: type, whether there must be a value, default.
func tablesOf(t *testing.T, file string) map[string]string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]string{}
	schema := regexp.MustCompile(`--[^\n]*`).ReplaceAllString(string(text), "")
	for _, table := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\) STRICT`).FindAllStringSubmatch(schema, -1) {
		if ours[table[1]] {
			continue
		}
		keys := regexp.MustCompile(`PRIMARY KEY \(([^)]*)\)`).FindStringSubmatch(table[2])
		body := regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(table[2], "")
		for part := range strings.SplitSeq(body, ",") {
			c := regexp.MustCompile(`^\s*(\w+)\s+(INTEGER|TEXT|BLOB)\b(.*)`).FindStringSubmatch(strings.ReplaceAll(part, "\n", " "))
			if c == nil {
				continue
			}
			inKey := keys != nil && slices.Contains(strings.Split(keys[1], ", "), c[1])
			must := inKey || strings.Contains(c[3], "NOT NULL") || strings.Contains(c[3], "PRIMARY KEY")
			value := ""
			if d := regexp.MustCompile(`DEFAULT (\S+)`).FindStringSubmatch(c[3]); d != nil {
				value = d[1]
			}
			columns[table[1]+"."+c[1]] = fmt.Sprint(c[2], " ", must, " ", value)
		}
	}
	return columns
}

func TestWhatIsNotOursOrNewerIsRefused(t *testing.T) {
	for what, c := range map[string]struct{ begin, want string }{
		"another program's": {"CREATE TABLE other (a INT)", "tables here are those of another program"},
		"a newer version":   {"CREATE TABLE format (number BIGINT); INSERT INTO format VALUES (999)", "a newer Parley works here (format 999"},
	} {
		address := pgtest.Schema(t)
		pgtest.Query(t, address, c.begin)
		if d, err := Open(t.Context(), address); err == nil {
			d.Close()
			t.Error(what, "is opened")
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	address := pgtest.Schema(t)
	if d, err := OpenExisting(t.Context(), address); err == nil {
		d.Close()
		t.Error("a command makes a workspace")
	}
	openAt(t, address)
	pgtest.Query(t, address, "UPDATE format SET number = 9")
	if d, err := OpenCurrent(t.Context(), address); err == nil {
		d.Close()
		t.Error("a command opens an older format")
	}
}

func TestNodesThatBeginTogetherMakeOneWorkspace(t *testing.T) {
	address := pgtest.Schema(t)
	done := make(chan error)
	for range 6 {
		go func() {
			d, err := Open(context.Background(), address)
			if err == nil {
				err = d.Close()
			}
			done <- err
		}()
	}
	for range 6 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestPasswordsAreNotTold(t *testing.T) {
	for _, address := range []string{"postgres://p:secret@h/d", "postgres://p@h/d?password=secret&sslmode=disable"} {
		if said := Redacted(address); strings.Contains(said, "secret") {
			t.Error(said)
		}
	}
	if _, err := Open(t.Context(), "postgres://p:secret@127.0.0.1:1/d?sslmode=wrong"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}
