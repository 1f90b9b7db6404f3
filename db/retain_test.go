package db

import (
	"testing"
	"time"

	"parley/app/chat"
)

func TestOldMessagesGoAndNothingElseChanges(t *testing.T) {
	f := lived(t)
	f.catchUp(t.Context())
	unread := map[chat.AccountID]int64{}
	for id := range chat.AccountID(4) {
		unread[id+1], _ = f.marks(1, id+1)
	}
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
	for id, had := range unread {
		if n, _ := f.marks(1, id); id != 4 && n != had+1 {
			t.Errorf("%d had %d unread, now %d", id, had, n)
		}
	}
	if problems := f.check(); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}
