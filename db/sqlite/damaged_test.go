package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// left copies a file and its log as a process leaves them that was killed.
func (f *file) left() *file {
	f.Helper()
	g := &file{TB: f.TB, path: filepath.Join(f.TempDir(), "left.db")}
	for _, beside := range []string{"", "-wal"} {
		b, err := os.ReadFile(f.path + beside)
		f.ok(err)
		f.ok(os.WriteFile(g.path+beside, b, 0o600))
	}
	return g
}

// asIs are the bytes of a file and of its log.
func (f *file) asIs() string {
	f.Helper()
	log, err := os.ReadFile(f.path + "-wal")
	if err != nil && !os.IsNotExist(err) {
		f.Fatal(err)
	}
	return string(f.bytes()) + "|" + string(log)
}

// damagedFiles are files with a log that are damaged in different places.
func damagedFiles(t *testing.T) map[string]*file {
	f := create(t, 1)
	for range 300 {
		f.says(1, 1, strings.Repeat("words ", 100))
	}
	if _, err := f.truncate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.says(1, 1, "this stands in the log")
	middle, head, whole, old := f.left(), f.left(), f.left(), f.left()
	ruin(f, middle.path)
	b := head.bytes()
	copy(b[16:], strings.Repeat("ruin", 20))
	f.ok(os.WriteFile(head.path, b, 0o600))
	f.ok(os.WriteFile(whole.path, []byte(strings.Repeat("ruin", len(b)/4)), 0o600))
	ruin(f, old.path)
	return map[string]*file{"in the middle": middle, "at its head": head, "everywhere": whole,
		"without a log": func() *file { f.ok(os.Remove(old.path + "-wal")); return old }()}
}

func TestADamagedFileAndItsLogStayAsTheyAre(t *testing.T) {
	for name, f := range damagedFiles(t) {
		for what, do := range map[string]func() error{
			"open":    func() error { d, err := Open(context.Background(), f.path); closeIf(d); return err },
			"command": func() error { d, err := OpenCurrent(context.Background(), f.path); closeIf(d); return err },
			"check": func() error {
				r, err := Check(context.Background(), f.path, nil)
				if err == nil && len(r.Problems) > 0 {
					err = os.ErrInvalid
				}
				return err
			},
			"backup": func() error { return Backup(context.Background(), f.path, f.path+".copy") },
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				was := f.asIs()
				if err := do(); err == nil {
					t.Error("nothing was found")
				} else {
					t.Log(err)
				}
				if f.asIs() != was {
					t.Error("the file or its log changed")
				}
			})
		}
	}
}

func closeIf(d *DB) {
	if d != nil {
		d.Close()
	}
}

func TestADamagedFileOfAnOlderFormatIsNotUpgraded(t *testing.T) {
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	f.old(400)
	ruin(f, f.path)
	was := f.asIs()
	if d, err := Open(t.Context(), f.path); err == nil {
		d.Close()
		t.Fatal("it was opened")
	} else if !strings.Contains(err.Error(), "left as it is") {
		t.Error(err)
	}
	if f.asIs() != was {
		t.Error("it was changed")
	}
	if kept, _ := filepath.Glob(f.path + ".v*"); len(kept) > 0 {
		t.Error("left beside it:", kept)
	}
}

func TestASoundFileWithALogIsReadAndServedWithIt(t *testing.T) {
	f := create(t, 1)
	m := f.says(1, 1, "this stands in the log")
	g := f.left()
	if p := g.check(); len(p) > 0 {
		t.Error(p)
	}
	g.DB = g.open()
	if got, err := g.Message(t.Context(), m.ID); err != nil || got.Body != m.Body {
		t.Error(got, err)
	}
}

func TestARestoreKeepsADamagedFileAndItsLogAsTheyAre(t *testing.T) {
	good := create(t, 1)
	copied := filepath.Join(t.TempDir(), "good.db")
	good.ok(Backup(t.Context(), good.path, copied))
	for name, f := range damagedFiles(t) {
		t.Run(name, func(t *testing.T) {
			was := f.asIs()
			kept, err := Restore(t.Context(), copied, f.path, noon)
			if err != nil {
				if name == "everywhere" || name == "at its head" { // nobody knows that it is ours
					return
				}
				t.Fatal(err)
			}
			if k := (&file{TB: t, path: kept}); k.asIs() != was {
				t.Error("what was kept is not what was there")
			}
			if p := (&file{TB: t, path: f.path}).check(); len(p) > 0 {
				t.Error(p)
			}
		})
	}
}
