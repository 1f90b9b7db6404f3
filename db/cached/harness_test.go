package cached

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db/sqlite"
)

// noon is when everything happens, unless a test says otherwise.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// file is a store that remembers, over a data file with people in it; number 1 founded it.
type file struct {
	testing.TB
	*Store
	DB   *sqlite.DB // what it asks
	path string
}

func create(t testing.TB, people int) *file {
	t.Helper()
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	f.DB = f.open()
	f.Store = New(f.DB)
	for n := range people {
		name := fmt.Sprint("person", n+1)
		_, err := f.AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: noon}, chat.NoAudit)
		f.ok(err)
	}
	return f
}

// open opens the file once more, as another process would.
func (f *file) open() *sqlite.DB {
	f.Helper()
	d, err := sqlite.Open(f.Context(), f.path)
	f.ok(err)
	f.Cleanup(func() { d.Close() })
	return d
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

// linking is a draft with a link to another room, where that is there and open.
func (f *file) linking(room chat.RoomID, author chat.AccountID, other chat.RoomID, cid string, to ...chat.AccountID) chat.NewMessage {
	f.Helper()
	r, _, err := f.DB.RoomFor(f.Context(), other, 0)
	if !errors.Is(err, chat.ErrNotFound) {
		f.ok(err)
	}
	n := draft(room, author, "hello #"+r.Name, cid, to...)
	links, err := f.OpenRoomsNamed(f.Context(), n.Text.RoomNames())
	f.ok(err)
	n.Text.LinkRooms(links)
	return n
}

var cids int

// says stores a message.
func (f *file) says(room chat.RoomID, author chat.AccountID, body string) chat.Message {
	f.Helper()
	cids++
	a, err := f.AddMessage(f.Context(), draft(room, author, body, fmt.Sprint("cid", cids)))
	f.ok(err)
	return a.Message
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
