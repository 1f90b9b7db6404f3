package db

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/app/chat"
)

// counted counts how often it is asked whether it is over, which each statement does.
type counted struct {
	context.Context
	asked atomic.Int64
}

func (c *counted) Done() <-chan struct{} {
	c.asked.Add(1)
	return c.Context.Done()
}

// Whatever the number of people, a message for all of them takes the writer as
// many statements as one for a single person.
func TestAMessageForAllTakesNoStatementForEach(t *testing.T) {
	f := create(t, 40)
	var all []chat.AccountID
	for id := range chat.AccountID(40) {
		all = append(all, id+1)
	}
	room := f.room("harbour", all...)
	small := f.room("quay", all[:2]...)
	work := func(n chat.NewMessage) (asked int64) {
		f.Helper()
		for range 2 { // the first time the statements are prepared
			cids++
			n.CID = fmt.Sprint("cid", cids)
			f.ok(f.change(f.Context(), func(t *Tx) error {
				count := &counted{Context: t.ctx}
				_, err := addMessage(&Tx{ctx: count, w: t.w}, n, []byte("{}"))
				asked = count.asked.Load()
				return err
			}))
		}
		return asked
	}
	none := work(draft(small, 1, "nobody", ""))
	one := work(draft(small, 1, "one", "", 2))
	n := draft(room, 1, "all", "")
	n.All = true
	many := work(n)
	here := work(draft(room, 1, "all by name", "", all[1:]...))
	if none == 0 || one <= none || many > one || here > one {
		t.Errorf("for nobody %d, for one %d, for all %d, for 39 by name %d", none, one, many, here)
	}
	for _, id := range all[1:] {
		if _, mentions := f.marks(room, id); mentions != 4 {
			t.Fatalf("%d has %d mentions", id, mentions)
		}
	}
	if _, mentions := f.marks(room, 1); mentions != 0 {
		t.Error("the author is called")
	}
}
