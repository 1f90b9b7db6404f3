package chat_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db/sqlite"
)

// world is the service over a real data file, with a clock that stands still
// until it is moved.
type world struct {
	*testing.T
	ctx   context.Context
	store *sqlite.DB
	chat  *chat.Chat
	now   time.Time
	people

	mu     sync.Mutex
	events []chat.Event
}

// people by name.
type people map[string]chat.Account

func (w *world) Publish(event chat.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, event)
}

// begin makes a world with these people; the first is the administrator.
func begin(t *testing.T, names ...string) *world {
	t.Helper()
	w := &world{T: t, ctx: t.Context(), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), people: people{}}
	var err error
	if w.store, err = sqlite.Open(w.ctx, filepath.Join(t.TempDir(), "parley.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	limits := chat.NewLimits(nil)
	off := chat.Settings{}
	for _, l := range chat.AllLimits {
		off[l.Key] = "0"
	}
	limits.Adopt(off)
	w.chat = chat.New(w.store, w, limits, func() time.Time { return w.now })
	for _, name := range names {
		w.add(name)
	}
	return w
}

func (w *world) add(name string) chat.Account {
	w.Helper()
	j, err := w.store.AddAccount(w.ctx, auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: w.now}, chat.NoAudit)
	if err != nil {
		w.Fatal(err)
	}
	w.people[name] = j.Account
	return j.Account
}

// room makes a room of these people; the first owns it.
func (w *world) room(name string, kind chat.RoomKind, in ...string) chat.RoomID {
	w.Helper()
	r, err := w.chat.CreateRoom(w.ctx, w.people[in[0]], chat.NewRoom{Name: name, Kind: kind, People: w.ids(in[1:]...)})
	if err != nil {
		w.Fatal(err)
	}
	return r.ID
}

// direct begins a conversation.
func (w *world) direct(from string, to ...string) chat.RoomID {
	w.Helper()
	m, err := w.chat.PostDirect(w.ctx, w.people[from], w.ids(to...), chat.Draft{Body: "hello"})
	if err != nil {
		w.Fatal(err)
	}
	return m.Room
}

func (w *world) ids(names ...string) (ids []chat.AccountID) {
	for _, n := range names {
		ids = append(ids, w.people[n].ID)
	}
	return ids
}

// says posts a message.
func (w *world) says(who string, room chat.RoomID, body string) chat.Message {
	w.Helper()
	m, err := w.chat.PostMessage(w.ctx, w.people[who], room, chat.Draft{Body: body})
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// ok fails the test on an error.
func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// owners are the names of those responsible for a room.
func (w *world) owners(room chat.RoomID) (names []string) {
	w.Helper()
	all, err := w.store.Members(w.ctx, room)
	w.ok(err)
	for _, o := range all {
		if o.Rank == chat.RankOwner {
			names = append(names, o.Username)
		}
	}
	return names
}

// guest adds somebody and makes a guest of him.
func (w *world) guest(name string) chat.Account {
	w.Helper()
	w.ok(w.chat.SetRole(w.ctx, chat.Operator, w.add(name).ID, chat.RoleGuest))
	return w.renew(name)
}

// renew reads an account as it is now.
func (w *world) renew(name string) chat.Account {
	w.Helper()
	a, err := w.store.AccountNamed(w.ctx, name)
	w.ok(err)
	w.people[name] = a
	return a
}
