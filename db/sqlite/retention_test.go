package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/app/chat"
	"parley/db"
)

func TestOldMessagesGoAndNothingElseChanges(t *testing.T) {
	f := lived(t)
	f.indexNow(t.Context())
	late := draft(1, 4, "lighthouse again @person2", "late", 2)
	late.At = noon.Add(40 * 24 * time.Hour)
	young, err := f.AddMessage(t.Context(), late)
	f.ok(err)
	f.indexNow(t.Context())
	f.ok(f.SetSetting(t.Context(), chat.SettingRetention, "30"))
	for n := 1; n > 0; {
		n, err = f.DeleteBefore(t.Context(), noon.Add(30*24*time.Hour))
		f.ok(err)
	}
	left, err := db.All(t.Context(), f.Store, db.ScanID[chat.MessageID], "SELECT id FROM messages")
	f.ok(err)
	if len(left) != 1 || left[0] != young.ID {
		t.Error("left:", left)
	}
	hits, _, _, err := f.Search(t.Context(), 2, chat.Search{All: []chat.Match{{Tokens: []string{"lighthouse"}}}, Limit: 9})
	f.ok(err)
	if len(hits) != 1 || hits[0].ID != young.ID {
		t.Error("found:", hits)
	}
	for id, want := range map[chat.AccountID]int64{1: 1, 2: 1, 3: 1, 4: 0} {
		if n, _ := f.marks(1, id); n != want {
			t.Errorf("%d has %d unread", id, n)
		}
	}
	if problems := f.check(); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

// Who posts while old messages are removed waits at most twice as long as usual, most
// of the time.
func TestPostsGoOnWhileOldMessagesAreRemoved(t *testing.T) {
	f := filled(t, fillSize{messages: 20_000, rooms: 20, people: 50})
	c := chat.New(f.DB, deaf{}, unlimited(), func() time.Time { return noon })
	post := func(name string) time.Duration {
		took := make([]time.Duration, 300)
		for n := range took {
			began := time.Now()
			_, err := f.AddMessage(t.Context(), draft(1, 1, "as ever", fmt.Sprint(name, n)))
			took[n] = time.Since(began)
			f.ok(err)
			time.Sleep(time.Millisecond) // people think
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	count := func() (n int) {
		f.ok(f.One(t.Context(), "SELECT count(*) FROM messages WHERE cid IS NULL OR cid NOT LIKE 'quiet%' AND cid NOT LIKE 'busy%'", nil, &n))
		return n
	}
	best, before := 100.0, count()
	f.ok(f.SetSetting(t.Context(), chat.SettingRetention, "1"))
	for round := range 5 { // a machine that is busy otherwise is so for one of the two
		quiet := post(fmt.Sprint("quiet", round))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.ApplyRetention(ctx) }()
		busy := post(fmt.Sprint("busy", round))
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		ratio := float64(busy) / float64(quiet)
		t.Logf("median %v, and %v while old messages go: ×%.2f; %d are left of %d", quiet, busy, ratio, count(), before)
		if best = min(best, ratio); best <= 2 {
			break
		}
	}
	if best > 2 {
		t.Errorf("posts take %.1f times as long", best)
	}
	if count() >= before {
		t.Error("nothing was removed")
	}
}
