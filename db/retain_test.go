package db

import (
	"testing"
	"time"

	"parley/app/chat"
)

func TestOldMessagesGoAndNothingElseChanges(t *testing.T) {
	f := lived(t)
	f.catchUp(t.Context())
	late := draft(1, 4, "lighthouse again @person2", "late", 2)
	late.At = noon.Add(40 * 24 * time.Hour)
	young, _, err := f.AddMessage(t.Context(), late)
	f.ok(err)
	f.catchUp(t.Context())
	for n := 1; n > 0; {
		n, err = f.DropBefore(t.Context(), noon.Add(30*24*time.Hour))
		f.ok(err)
	}
	left, err := all(t.Context(), f.DB, func(r scanner) (id chat.MessageID, err error) { return id, r.Scan(&id) }, "SELECT id FROM messages")
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
