package sqlite

import (
	"testing"

	"parley/app/chat"
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
