package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
)

// noon is when everything happens, unless a test says otherwise.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// file is an open data file with people in it; number 1 founded it.
type file struct {
	testing.TB
	*DB
	path string
}

func create(t testing.TB, people int) *file {
	t.Helper()
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	f.DB = f.open()
	f.Cleanup(f.headsAreTrue)
	for n := range people {
		name := fmt.Sprint("person", n+1)
		_, err := f.AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: noon}, chat.NoAudit)
		f.ok(err)
	}
	return f
}

// open opens the file once more, as another process would.
func (f *file) open() *DB {
	f.Helper()
	d, err := Open(f.Context(), f.path)
	f.ok(err)
	f.Cleanup(func() { d.Close() })
	return d
}

// headsAreTrue compares what the writer keeps of rooms with the rooms.
func (f *file) headsAreTrue() {
	var wrong []string
	err := f.change(context.Background(), func(t *db.Tx) error {
		for room, k := range f.writer.roomStates {
			var h db.RoomState
			err := t.One("SELECT rev, posts, last_author, last_at FROM rooms WHERE id = ?", []any{room}, &h.Rev, &h.Posts, &h.Author, &h.At)
			if err != nil || h != k {
				wrong = append(wrong, fmt.Sprintf("of room %d the writer keeps %+v, but it is at %+v (%v)", room, k, h, err))
			}
		}
		return nil
	})
	if !errors.Is(err, chat.ErrBusy) { // else it is closed
		f.ok(err)
	}
	for _, w := range wrong {
		f.Error(w)
	}
}

func (f *file) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// room makes a room of these people; the first owns it.
func (f *file) room(name string, people ...chat.AccountID) chat.RoomID {
	f.Helper()
	r, err := f.CreateRoom(f.Context(), chat.NewRoom{Name: name, By: people[0], People: people[1:]}, noon)
	f.ok(err)
	return r.ID
}

// draft is a message that passed every rule.
func draft(room chat.RoomID, author chat.AccountID, body, cid string, to ...chat.AccountID) chat.NewMessage {
	text, err := chat.ParseText(body)
	if err != nil {
		panic(err)
	}
	return chat.NewMessage{Room: room, Author: chat.Person{ID: author}, At: noon, Body: body, Text: text, CID: cid, For: to}
}

var cids int

// says stores a message.
func (f *file) says(room chat.RoomID, author chat.AccountID, body string, to ...chat.AccountID) chat.Message {
	f.Helper()
	cids++
	a, err := f.AddMessage(f.Context(), draft(room, author, body, fmt.Sprint("cid", cids), to...))
	f.ok(err)
	if !a.Fresh {
		f.Fatal("the message is not fresh")
	}
	return a.Message
}

// marks are a person's unread posts and mentions in a room.
func (f *file) marks(room chat.RoomID, who chat.AccountID) (unread int64, mentions int) {
	f.Helper()
	r, m, err := f.RoomFor(f.Context(), room, who)
	f.ok(err)
	if m == nil {
		f.Fatalf("%d is not in room %d", who, room)
	}
	return m.Unread(r), m.Mentions
}

// within polls until what is true, and fails the test when it stays false.
func within(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not come true: %s", what)
		}
	}
}
