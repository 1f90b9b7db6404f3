package sqlite

import (
	"errors"
	"testing"

	"parley/app/chat"
)

func TestTwoProcessesGoOnFromEachOther(t *testing.T) {
	f := create(t, 2)
	room := f.room("r", 1, 2)
	other := f.open()
	r, _, err := f.RoomFor(t.Context(), room, 1)
	f.ok(err)
	for n, d := range []*DB{f.DB, other, f.DB, f.DB, other, other, f.DB} {
		m, err := d.AddMessage(t.Context(), draft(room, 1, "x", string(rune('a'+n))))
		f.ok(err)
		if m.Rev != r.Rev+chat.Rev(n+1) || m.Posts != int64(n+1) || m.Cont != (n > 0) {
			t.Errorf("message %d has rev %d, is post %d, goes on: %t", n+1, m.Rev, m.Posts, m.Cont)
		}
	}
}

func TestWhoIsNotInARoomLeavesNothingInIt(t *testing.T) {
	f := create(t, 2)
	room := f.room("r", 1)
	first := f.says(room, 1, "first")
	if _, err := f.AddMessage(t.Context(), draft(room, 2, "x", "a")); !errors.Is(err, chat.ErrNotFound) {
		t.Error("the store said", err)
	}
	if m := f.says(room, 1, "second"); m.Rev != first.Rev+1 || m.Posts != 2 {
		t.Error("the next message is", m.Rev, m.Posts)
	}
	if n := f.number("SELECT count(*) FROM messages WHERE kind = 0"); n != 2 {
		t.Error(n, "messages are there")
	}
}
