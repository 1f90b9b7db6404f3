package live

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db/sqlite"
)

// discard is a bus that nobody listens to.
type discard struct{}

func (discard) Publish(chat.Event) {}

// listener lets account 1 into the room of everybody, number 1, as only chat can.
func listener(t *testing.T) chat.Listener {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	j, err := store.AddAccount(t.Context(), auth.NewAccount{Username: "ada", Name: "Ada", Hash: "-", At: time.Now()}, chat.NoAudit)
	if err != nil {
		t.Fatal(err)
	}
	l, err := chat.New(store, discard{}, chat.NewLimits(nil), nil).Enter(t.Context(), j.Account, 1)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func in() error { return nil } // who joins is still in the room

// After a break all pages of a room come back at once and ask for the same.
func TestWhatManyMissedIsWorkedOutOnce(t *testing.T) {
	l := listener(t)
	h := New(&witness{})
	room := &log{rev: 10}
	join := func(since chat.Rev, want string) {
		t.Helper()
		c := poll(h, 1)
		if err := h.Join(c, l, in, since, room.ask); err != nil {
			t.Fatal(err)
		}
		if text, code := c.Wait(10 * time.Second); string(text) != want {
			t.Fatalf("got %q (%d), want %q", text, code, want)
		}
	}
	for range 50 {
		join(4, "5-10 ")
	}
	if room.asks != 1 {
		t.Errorf("asked %d times", room.asks)
	}
	room.rev = 12
	h.Notify(chat.RoomChanged{Room: 1}, room.ask)
	for told := chat.Rev(0); told != 12; time.Sleep(time.Millisecond) {
		r := h.lookup(1, false)
		told = r.delivered
		r.mu.Unlock()
	}
	join(4, "5-12 ")
	join(11, "12-12 ")
}

func TestWhoJoinsCatchesUpBeforeWhatIsTold(t *testing.T) {
	l := listener(t)
	h := New(&witness{})
	room := &log{rev: 10}
	first, second, fresh := poll(h, 1), poll(h, 1), poll(h, 1)
	for c, since := range map[*Client]chat.Rev{first: 4, second: 10, fresh: -1} {
		if err := h.Join(c, l, in, since, room.ask); err != nil {
			t.Fatal(err)
		}
	}
	room.rev = 12
	h.Notify(chat.RoomChanged{Room: 1}, room.ask)
	for c, want := range map[*Client]string{first: "5-10 11-12 ", second: "11-12 ", fresh: "11-12 "} {
		var got []byte
		for len(got) < len(want) {
			text, code := c.Wait(10 * time.Second)
			if text == nil {
				t.Fatalf("got %q, then nothing (%d); want %q", got, code, want)
			}
			got = append(got, strings.ReplaceAll(string(text), TextSeparator, "")...)
		}
		if string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhoWasPutOutSinceHeEnteredDoesNotJoin(t *testing.T) {
	l := listener(t)
	h := New(&witness{})
	room := &log{rev: 10}
	stays, goes := poll(h, 2), poll(h, 1)
	h.listening(stays, 1, 10)
	// It stands where the room stands, so the log is not asked.
	err := h.Join(goes, l, func() error { return chat.NotFound() }, 10, room.ask)
	if !errors.Is(err, chat.ErrNotFound) || goes.Room() != 0 {
		t.Error("joined:", err, goes.Room())
	}
	room.gone = []chat.AccountID{1}
	if err := h.Join(goes, l, in, 3, room.ask); !errors.Is(err, chat.ErrNotFound) || goes.Room() != 0 {
		t.Error("the log says gone; joined:", err, goes.Room())
	}
	if text, _ := goes.Wait(0); len(text) > 0 {
		t.Errorf("who was put out is told %q", text)
	}
}

func TestManyEventsAreFewQuestions(t *testing.T) {
	h := New(&witness{})
	c := poll(h, 1)
	h.listening(c, 7, 0)
	l := &log{rev: 100}
	asked, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	ask := func(since chat.Rev, hints []chat.RoomChanged) (Updates, error) {
		once.Do(func() { close(asked); <-answer })
		return l.ask(since, hints)
	}
	h.Notify(chat.RoomChanged{Room: 7}, ask)
	<-asked
	for range 1000 {
		h.Notify(chat.RoomChanged{Room: 7}, ask)
	}
	close(answer)
	if text, _ := c.Wait(10 * time.Second); string(text) != "1-100 " {
		t.Errorf("told %q", text)
	}
	settle(t, "the teller ends", func() bool {
		r := h.lookup(7, false)
		defer r.mu.Unlock()
		r.queueMu.Lock()
		defer r.queueMu.Unlock()
		return !r.busy
	})
	if l.asks > 2 {
		t.Error("1,001 events were", l.asks, "questions")
	}
}

func TestFetchThatFailsOrPanicsIsRepeated(t *testing.T) {
	h := New(&witness{})
	c := poll(h, 1)
	h.listening(c, 7, 0)
	l := &log{rev: 3}
	h.Notify(chat.RoomChanged{Room: 7}, func(chat.Rev, []chat.RoomChanged) (Updates, error) {
		return Updates{}, errors.New("the disk is slow")
	})
	h.Notify(chat.RoomChanged{Room: 7}, func(chat.Rev, []chat.RoomChanged) (Updates, error) { panic("of a fetch") })
	settle(t, "what was not delivered is delivered", func() bool {
		h.Notify(chat.RoomChanged{Room: 7}, l.ask)
		text, _ := c.Wait(time.Millisecond)
		return string(text) == "1-3 "
	})
}

// settle polls until what is true, and fails the test when it stays false.
func settle(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not come true: %s", what)
		}
	}
}
