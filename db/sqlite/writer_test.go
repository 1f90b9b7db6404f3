package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/app/chat"
	"parley/db"
)

func TestOneClientIDIsOneMessageUnderFiftyParallelTries(t *testing.T) {
	f := create(t, 1)
	room := f.room("r", 1)
	var all [50]chat.Added
	var wait sync.WaitGroup
	for n := range all {
		wait.Go(func() {
			var err error
			if all[n], err = f.AddMessage(t.Context(), draft(room, 1, fmt.Sprint("body ", n), "same")); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	made := 0
	for n, m := range all {
		if m.Fresh {
			made++
		}
		if m.ID != all[0].ID || m.Body != all[0].Body || m.Rev != all[0].Rev || m.Author.ID != 1 {
			t.Errorf("answer %d is %+v, answer 0 is %+v", n, m, all[0])
		}
	}
	if p, err := f.History(t.Context(), room, chat.Span{}, 50); made != 1 || err != nil || len(p.Messages) != 1 ||
		p.Messages[0].Body != all[0].Body {
		t.Error(made, "were fresh; the room has", p.Messages, err)
	}
}

func TestRevsHaveNoGapsUnderParallelWriters(t *testing.T) {
	f := create(t, 8)
	rooms := []chat.RoomID{f.room("a", 1, 2, 3, 4, 5, 6, 7, 8), f.room("b", 1, 2, 3, 4, 5, 6, 7, 8)}
	var wait sync.WaitGroup
	for w := range 8 {
		wait.Go(func() {
			for n := range 25 {
				room := rooms[n%2]
				if _, err := f.AddMessage(t.Context(), draft(room, chat.AccountID(w+1), "x", fmt.Sprint("p", w, "-", n))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for _, room := range rooms {
		r, _, err := f.RoomFor(t.Context(), room, 0)
		f.ok(err)
		p, err := f.History(t.Context(), room, chat.Span{}, 1000)
		f.ok(err)
		if len(p.Messages) != int(r.Rev) {
			t.Fatalf("%d rows and rev %d", len(p.Messages), r.Rev)
		}
		for n, m := range p.Messages {
			if m.Rev != chat.Rev(n+1) {
				t.Fatalf("row %d has rev %d: the order of ids is not the order of revs", n, m.Rev)
			}
		}
		if last := p.Messages[len(p.Messages)-1]; r.Last != last.ID || r.Posts != last.Posts {
			t.Errorf("the room says %+v, its last row %+v", r, last)
		}
	}
}

// hold keeps the writer busy until the returned function is called.
func (f *file) hold() (release func()) {
	f.Helper()
	in, out := make(chan struct{}), make(chan struct{})
	go f.change(f.Context(), func(*db.Tx) error { close(in); <-out; return nil })
	<-in
	return sync.OnceFunc(func() { close(out) })
}

func TestAChangeThatFailsFailsAlone(t *testing.T) {
	f := create(t, 1)
	release := f.hold()
	defer release()
	broken := errors.New("broken")
	var wait sync.WaitGroup
	var got [12]error
	for n := range got {
		wait.Go(func() {
			got[n] = f.change(t.Context(), func(x *db.Tx) error {
				if err := db.SetSetting(x, fmt.Sprint("k", n), "v"); err != nil {
					return err
				}
				switch n % 4 {
				case 1:
					return broken
				case 2:
					panic("of a change")
				case 3:
					return x.Exec("INSERT INTO settings (key, value) VALUES (1, NULL)")
				}
				return nil
			})
		})
	}
	within(t, "all wait for one commit", func() bool { return len(f.writer.queue) == len(got) })
	release()
	wait.Wait()
	s, err := f.Settings(t.Context())
	f.ok(err)
	for n := range got {
		_, kept := s[fmt.Sprint("k", n)]
		if good := n%4 == 0; kept != good || (got[n] == nil) != good {
			t.Errorf("change %d: kept %t, answered %v", n, kept, got[n])
		}
	}
	if !errors.Is(got[1], broken) {
		t.Error("the error is not the one of the change:", got[1])
	}
}

func TestAFullQueueIsRefused(t *testing.T) {
	f := create(t, 1)
	release := f.hold()
	defer release()
	var wait sync.WaitGroup
	for range maxQueue {
		wait.Go(func() {
			if err := f.change(t.Context(), func(*db.Tx) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	within(t, "the queue is full", func() bool { return len(f.writer.queue) == maxQueue })
	err := f.change(t.Context(), func(*db.Tx) error { t.Error("it ran"); return nil })
	if !errors.Is(err, chat.ErrBusy) {
		t.Error("got", err)
	}
	release()
	wait.Wait()
	f.ok(f.Writable(t.Context()))
}

func TestAClosedFileRefusesChangesAndKeepsWhatWasAccepted(t *testing.T) {
	f := create(t, 1)
	release := f.hold()
	done := make(chan error, 1)
	go func() { done <- f.SetSetting(t.Context(), "accepted", "yes") }()
	within(t, "the change waits", func() bool { return len(f.writer.queue) == 1 })
	closed := make(chan error, 1)
	go func() { closed <- f.Close() }()
	within(t, "the file closes", func() bool {
		f.writer.mu.RLock()
		defer f.writer.mu.RUnlock()
		return f.writer.closed
	})
	if err := f.SetSetting(t.Context(), "late", "yes"); !errors.Is(err, chat.ErrBusy) {
		t.Error("while closing:", err)
	}
	release()
	f.ok(<-done)
	f.ok(<-closed)
	if err := f.Writable(t.Context()); !errors.Is(err, chat.ErrBusy) {
		t.Error("after closing:", err)
	}
	s, err := f.open().Settings(t.Context())
	f.ok(err)
	if s["accepted"] != "yes" || s["late"] != "" {
		t.Error("kept:", s)
	}
}

func TestAnotherProcessIsNoticed(t *testing.T) {
	f := create(t, 1)
	changed := make(chan struct{}, 100)
	other := f.open()
	f.ok(other.SetSetting(t.Context(), "signup", "closed")) // before anybody looks
	go f.WatchOtherProcesses(t.Context(), func() { changed <- struct{}{} })
	within(t, "what came before it looked is noticed", func() bool { return len(changed) > 0 })
	f.ok(other.SetSetting(t.Context(), "signup", "open"))
	within(t, "a change of another process is noticed", func() bool { return len(changed) > 1 })
}

// BenchmarkCommit stores messages of 64 writers at once: the groups they fall into
// are what a busy server commits.
func BenchmarkCommit(b *testing.B) {
	f := create(b, 2)
	room := f.room("a room", 1, 2)
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := f.AddMessage(b.Context(), draft(room, 1, "The labels stay put when you turn the phone.",
				fmt.Sprint("b", n.Add(1)))); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkCommitInManyRooms is the same for 1,000 people in 500 rooms of four: no
// two posts of a group touch the same rows.
func BenchmarkCommitInManyRooms(b *testing.B) {
	const rooms = 500
	f := create(b, 2*rooms)
	var ids []chat.RoomID
	for n := range chat.AccountID(rooms) {
		ids = append(ids, f.room(fmt.Sprint("room ", n), n+1, (n+1)%rooms+1, n+rooms+1, (n+1)%rooms+rooms+1))
	}
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(125)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			at := i * 7919 % rooms
			if _, err := f.AddMessage(b.Context(), draft(ids[at], chat.AccountID(at+1), "The labels stay put when you turn the phone.",
				fmt.Sprint("b", i))); err != nil {
				b.Error(err)
			}
		}
	})
}

// A commit that moves the log into the file keeps everybody waiting: it is little then.
func TestTheLogStaysShort(t *testing.T) {
	f := create(t, 1)
	for range 400 {
		f.says(1, 1, strings.Repeat("words ", 1500))
	}
	if log := f.Stats().Log; log > 3*autocheckpoint*4096/2 {
		t.Errorf("the log has %d bytes", log)
	}
}
