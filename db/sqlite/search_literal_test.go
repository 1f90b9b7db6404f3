package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/app/chat"
)

// linking is a draft with a link to a room of this name.
func (f *file) linking(room chat.RoomID, author chat.AccountID, name, cid string) chat.NewMessage {
	f.Helper()
	n := draft(room, author, "see #"+name+" ++", cid)
	links, err := f.OpenRoomsNamed(f.Context(), n.Text.RoomNames())
	f.ok(err)
	n.Text.LinkRooms(links)
	return n
}

// Searches for signs that look at links take a connection each, and no second one.
func TestASearchForSignsHoldsOneConnection(t *testing.T) {
	f := create(t, 2)
	f.room("quay", 1, 2)
	for n := range 3 {
		_, err := f.AddMessage(t.Context(), f.linking(1, 1, "quay", fmt.Sprint("link ", n)))
		f.ok(err)
	}
	f.finds(2, "see")
	for range readers - 1 { // others read at the same time
		conn, err := f.read.Conn(t.Context())
		f.ok(err)
		defer conn.Close()
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	signs := chat.Search{All: []chat.Match{{Tokens: []string{"see"}}}, Literals: []chat.Literal{{Text: "++"}}, Limit: 10}
	hits, _, _, err := f.Search(ctx, 2, signs)
	if err != nil || len(hits) != 3 {
		t.Errorf("found %d, %v", len(hits), err)
	}
}
