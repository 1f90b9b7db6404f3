package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/app/chat"
)

// load is people who write without a pause, and how long they wait.
type load struct {
	*file
	cancel  context.CancelFunc
	writing sync.WaitGroup
	gate    sync.RWMutex // is locked while nobody may write
	mu      sync.Mutex
	acked   map[chat.MessageID]string // bodies
	waits   []time.Duration           // since the last lap
}

func (f *file) underLoad(writers int) *load {
	ctx, cancel := context.WithCancel(f.Context())
	l := &load{file: f, cancel: cancel, acked: map[chat.MessageID]string{}}
	for w := range writers {
		l.writing.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				l.gate.RLock()
				began, body := time.Now(), fmt.Sprintf("number %d of writer %d", n, w)
				m, err := f.AddMessage(context.WithoutCancel(ctx), draft(1, chat.AccountID(w+1), body, fmt.Sprint("load", w, "-", n)))
				l.gate.RUnlock()
				if err != nil {
					f.Error(err)
					return
				}
				l.mu.Lock()
				l.acked[m.ID] = body
				l.waits = append(l.waits, time.Since(began))
				l.mu.Unlock()
			}
		})
	}
	return l
}

// lap answers with how long the writers waited since the lap before: the wait that
// one in a hundred exceeds.
func (l *load) lap() (p99 time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.waits)
	if n := len(l.waits); n > 0 {
		p99 = l.waits[n*99/100]
	}
	l.waits = nil
	return p99
}

// sofar are the messages that were acknowledged until now.
func (l *load) sofar() map[chat.MessageID]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make(map[chat.MessageID]string, len(l.acked))
	for id, body := range l.acked {
		all[id] = body
	}
	return all
}

func TestABackupUnderLoadHoldsWhatWasAcknowledgedBefore(t *testing.T) {
	f := filled(t, fillSize{messages: 10_000, rooms: 10, people: 20, unsearched: true})
	f.indexNow(t.Context())
	l := f.underLoad(8)
	defer l.cancel()
	within(t, "there are messages", func() bool { return len(l.sofar()) > 50 })
	var without, during []time.Duration
	pause := 300 * time.Millisecond
	for n := range *rounds {
		l.lap()
		time.Sleep(pause)
		without = append(without, l.lap())
		to := filepath.Join(t.TempDir(), "copy.db")
		before, began := l.sofar(), time.Now()
		f.ok(Backup(t.Context(), f.path, to))
		pause = time.Since(began)
		during = append(during, l.lap())
		if i, err := os.Stat(to); err != nil || i.Mode().Perm() != 0o600 {
			t.Error("others may read the backup:", i.Mode(), err)
		}
		if left, _ := filepath.Glob(to + ".part*"); len(left) > 0 {
			t.Error("left behind:", left)
		}
		l.gate.Lock()
		l.present(before, to)
		l.gate.Unlock()
		if t.Failed() {
			t.Fatal("in round ", n)
		}
	}
	l.cancel()
	l.writing.Wait()
	f.ok(f.Writable(t.Context())) // its locks are its own still
	slices.Sort(without)
	slices.Sort(during)
	one, other := without[len(without)/2], during[len(during)/2]
	t.Logf("%d backups of %d MB in %v each; p99 of writers, median of rounds: %v without, %v during one, %.1f times; worst round %v",
		*rounds, size(f.path)>>20, pause, one, other, float64(other)/float64(one), during[len(during)-1])
}

// present restores a backup elsewhere, and asks it for messages.
func (l *load) present(want map[chat.MessageID]string, backup string) {
	l.Helper()
	f := &file{TB: l.TB, path: filepath.Join(l.TempDir(), "restored.db")}
	if _, err := Restore(f.Context(), backup, f.path, noon); err != nil {
		l.Fatal(err)
	}
	f.DB = f.open()
	defer f.Close()
	if p := f.check(); len(p) > 0 {
		l.Error("it is not as it should be:", p)
	}
	for id, body := range want {
		m, err := f.Message(f.Context(), id)
		if err != nil || m.Body != body {
			l.Fatalf("message %d, acknowledged before the backup, is %q in it (%v)", id, m.Body, err)
		}
	}
}
