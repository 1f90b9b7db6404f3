package sqlite

import (
	"bytes"
	"testing"
	"time"

	"parley/app/chat"
	"parley/db"
)

// The disk gets back what files took; what was written before this format does when it
// is compacted.
func TestTheFileShrinksWhenFilesGo(t *testing.T) {
	f := create(t, 1)
	var mode int
	f.ok(f.One(t.Context(), "PRAGMA auto_vacuum", nil, &mode))
	if mode != 2 {
		t.Fatal("a new file gives nothing back: mode", mode)
	}
	one := f.uploads(1, "large.bin", chat.FileOther, bytes.Repeat([]byte("0123456789abcdef"), 1<<20)) // 16 MB
	if _, err := f.truncate(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := size(f.path)
	f.ok(f.DropFiles(t.Context(), 1, []chat.FileID{one.ID}))
	f.ok(f.Sweep(t.Context(), noon))
	if _, err := f.truncate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := size(f.path); before < 16<<20 || after > before-10<<20 {
		t.Errorf("the file had %d bytes and has %d", before, after)
	}
	if p := f.check(); len(p) > 0 {
		t.Error(p)
	}
}

func TestWhatIsDamagedInAFileIsFound(t *testing.T) {
	f := create(t, 1)
	d := draft(1, 1, "with it", "a")
	d.Files = []chat.File{f.uploads(1, "a.txt", chat.FileText, []byte("as it was"))}
	_, err := f.AddMessage(t.Context(), d)
	f.ok(err)
	if p := f.check(); len(p) > 0 {
		t.Fatal(p)
	}
	f.ok(f.change(t.Context(), func(tx *db.Tx) error { return tx.Exec("UPDATE chunks SET data = CAST('as it is now' AS BLOB)") }))
	if p := f.check(); len(p) != 1 {
		t.Error("a check finds", p)
	}
}

func TestUploadsThatNobodySendsGo(t *testing.T) {
	f := create(t, 2)
	one := f.uploads(1, "old.txt", chat.FileText, []byte("old"))
	f.ok(f.Sweep(t.Context(), noon.Add(-time.Hour)))
	if found, err := f.UnsentFiles(t.Context(), 1, []string{"OLDTXT"}); err != nil || found["OLDTXT"].ID != one.ID {
		t.Error("one that is young is gone:", found, err)
	}
	if found, _ := f.UnsentFiles(t.Context(), 2, []string{"OLDTXT"}); len(found) > 0 {
		t.Error("somebody else finds it")
	}
	f.ok(f.Sweep(t.Context(), noon.Add(time.Hour)))
	var left int
	f.ok(f.One(t.Context(), "SELECT (SELECT count(*) FROM files) + (SELECT count(*) FROM blobs) + (SELECT count(*) FROM chunks)", nil, &left))
	if left != 0 {
		t.Errorf("%d rows are left of it", left)
	}
}
