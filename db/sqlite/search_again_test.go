package sqlite

import (
	"fmt"
	"testing"

	"parley/app/chat"
	"parley/db"
)

func TestWhatWasSaidInARoomIsFoundByWhoMayReadItNow(t *testing.T) {
	f := create(t, 3)
	const said = 2*followBatch + 50
	room := f.room("quay", 1, 2)
	for range said {
		f.says(room, 1, "lighthouse")
	}
	f.says(1, 1, "lighthouse")
	for _, c := range []struct {
		kind     chat.RoomKind
		outsider int
	}{{chat.Private, 1}, {chat.Open, said + 1}, {chat.Private, 1}} {
		f.finds(1, "lighthouse")
		_, err := f.SetVisibility(t.Context(), room, 1, c.kind, noon, chat.NoAudit)
		f.ok(err)
		if p := f.check(); len(p) > 0 {
			t.Errorf("%s just now: %v", chat.KindWords[c.kind], p)
		}
		_, err = f.indexNext(t.Context(), 100) // and then the process ends
		f.ok(err)
		f.ok(f.Close())
		f.DB = f.open()
		if p := f.check(); len(p) > 0 {
			t.Errorf("%s, in the midst of it: %v", chat.KindWords[c.kind], p)
		}
		if in, out := f.finds(2, "lighthouse"), f.finds(3, "lighthouse"); in != said+1 || out != c.outsider {
			t.Errorf("%s: who is in the room finds %d, who is not %d, want %d and %d", chat.KindWords[c.kind], in, out, said+1, c.outsider)
		}
		if p := f.check(); len(p) > 0 {
			t.Errorf("%s: %v", chat.KindWords[c.kind], p)
		}
	}
}

// A search waits for a moment until it knows what it is asked for, and says when it does not.
func TestASearchKnowsThatARoomBecameOpen(t *testing.T) {
	f := create(t, 3)
	r, err := f.CreateRoom(t.Context(), chat.NewRoom{Name: "quay", Kind: chat.Private, By: 1}, noon)
	f.ok(err)
	for range followBatch + 10 {
		f.says(r.ID, 1, "lighthouse")
	}
	f.finds(1, "lighthouse")
	_, err = f.SetVisibility(t.Context(), r.ID, 1, chat.Open, noon, chat.NoAudit)
	f.ok(err)
	hits, _, behind, err := f.Search(t.Context(), 3, chat.Search{All: []chat.Match{{Tokens: []string{"lighthouse"}}}, Limit: 1000})
	if f.ok(err); !behind && len(hits) != followBatch+10 {
		t.Errorf("found %d", len(hits))
	}
}

// links says so many messages that link to a room, and tells their search as well.
func (f *file) links(name string, n int) {
	f.Helper()
	for i := range n {
		_, err := f.AddMessage(f.Context(), f.linking(1, 1, name, fmt.Sprint(name, i)))
		f.ok(err)
	}
	f.finds(1, name)
}

func TestWhatLinksToARenamedRoomIsIndexedAnewByAndBy(t *testing.T) {
	f := create(t, 2)
	const said = 2*followBatch + 50
	room := f.room("quay", 1)
	f.links("quay", said)
	_, err := f.SetRoomName(t.Context(), room, 1, "pier", noon)
	f.ok(err)
	for n := range 2 {
		if p := f.check(); len(p) > 0 {
			t.Errorf("after %d batches: %v", n, p)
		}
		_, err = f.indexNext(t.Context(), 100) // and then the process ends
		f.ok(err)
		f.ok(f.Close())
		f.DB = f.open()
	}
	_, err = f.SetRoomName(t.Context(), room, 1, "jetty", noon) // in the midst of it
	f.ok(err)
	if pier, jetty, quay := f.finds(2, "pier"), f.finds(2, "jetty"), f.finds(2, "quay"); pier != 0 || jetty != said || quay != said {
		t.Errorf("by its names are found %d, %d and %d", pier, jetty, quay)
	}
	if p := f.check(); len(p) > 0 {
		t.Error(p)
	}
}

// The index of the formats before 30 does not tell what links to a room.
func TestLinksOfAnOlderFileAreFoundByTheNamesThatRoomsHave(t *testing.T) {
	f := create(t, 2)
	f.room("pier", 1)
	f.room("quay", 1)
	const said = followBatch + 20
	f.links("quay", said)
	f.links("pier", 1)
	f.says(1, 1, "we are #1")
	f.finds(1, "we")
	f.ok(f.change(t.Context(), func(x *db.Tx) error {
		if err := x.Exec("DELETE FROM words"); err != nil {
			return err
		}
		entries, err := db.List(x, db.ScanEntry, db.EntryQuery+"WHERE m.kind = 0")
		if err != nil {
			return err
		}
		for _, e := range entries {
			plain, err := chat.ParseText(e.Plain())
			if err != nil {
				return err
			}
			e := db.Entry{Message: e.Message, Kind: e.Kind}
			e.Text = plain
			if err := indexMessage(x, e); err != nil {
				return err
			}
		}
		if err := x.Exec("UPDATE rooms SET name = 'jetty' WHERE name = 'quay'"); err != nil { // a version before
			return err
		}
		return db.SetSetting(x, "index.links", "0")
	}))
	if p := f.check(); len(p) > 0 {
		t.Error("before:", p)
	}
	if n := f.finds(2, "jetty"); n != said {
		t.Error("found", n)
	}
	if n := f.number("SELECT count(*) FROM settings WHERE key LIKE 'index.%'"); n != 0 {
		t.Error("it goes on")
	}
	if p := f.check(); len(p) > 0 {
		t.Error("after:", p)
	}
}
