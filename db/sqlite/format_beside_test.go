package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/chat"
)

// What a command of this version does to a file of format 7 that a server of that
// version has claimed and is writing to, and what a server does when a newer version
// changes its file.
func TestACommandLeavesAFileOfAnOlderServerAsItIs(t *testing.T) {
	for _, used := range []bool{true, false} {
		t.Run(fmt.Sprint("served ", used), func(t *testing.T) {
			f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
			f.unpack("testdata/format7.db.gz")
			if used {
				release, err := Claim(f.path)
				f.ok(err)
				defer release()
			}
			was := f.asIs()
			d, err := OpenCurrent(t.Context(), f.path)
			if err == nil {
				d.Close()
				t.Fatal("it was opened")
			}
			if s := err.Error(); !strings.Contains(s, "format 7") || !strings.Contains(s, "Nothing was changed") ||
				strings.Contains(s, "Stop that server") != used {
				t.Error(err)
			}
			if f.asIs() != was {
				t.Error("it was changed")
			}
			if left, _ := filepath.Glob(f.path + ".v*"); len(left) > 0 {
				t.Error("left beside it:", left)
			}
		})
	}
}

func TestAServerStoresNothingInAFileThatAnotherVersionChanged(t *testing.T) {
	f := create(t, 1)
	before := f.says(1, 1, "before")
	watched := make(chan struct{}, 1)
	go f.WatchOtherProcesses(t.Context(), func() {
		select {
		case watched <- struct{}{}:
		default:
		}
	})
	f.ok(f.Writable(t.Context()))
	f.ok(script(f.path, fmt.Sprintf("PRAGMA user_version = %d", Version()+1)))
	for n := range 3 {
		_, err := f.AddMessage(t.Context(), draft(1, 1, "after", fmt.Sprint("after", n)))
		if !errors.Is(err, chat.ErrBusy) || !strings.Contains(err.Error(), fmt.Sprint("format ", Version()+1)) {
			t.Errorf("try %d: %v", n, err)
		}
	}
	if err := f.Writable(t.Context()); !errors.Is(err, chat.ErrBusy) {
		t.Error("it says that it is writable:", err)
	}
	if format, is := f.Reformatted(); !is || format != Version()+1 {
		t.Error("it says of itself", format, is)
	}
	<-watched
	if m, err := f.Message(t.Context(), before.ID); err != nil || m.Body != "before" {
		t.Error("it cannot be read:", err)
	}
	if r, _, err := f.RoomFor(t.Context(), 1, 1); err != nil || r.Rev != before.Rev {
		t.Errorf("the room went on: %+v, %v", r, err)
	}
	f.ok(script(f.path, fmt.Sprintf("PRAGMA user_version = %d", Version())))
	f.says(1, 1, "it is as it was")
}

func TestACommandFinishesAFileThatOneBeganAndNobodyUsed(t *testing.T) {
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	first, err := migrations.ReadFile("migrations/0001.sql")
	f.ok(err)
	f.ok(script(f.path, fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = 1", first, applicationID)))
	release, err := Claim(f.path) // a server of the older version begins it
	f.ok(err)
	if d, err := OpenCurrent(t.Context(), f.path); err == nil {
		d.Close()
		t.Fatal("it was opened under a server")
	}
	f.ok(release())
	d, err := OpenCurrent(t.Context(), f.path)
	f.ok(err)
	f.ok(d.Close())
}
