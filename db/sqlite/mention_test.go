package sqlite

import (
	"context"
	"fmt"
	"testing"

	"parley/app/chat"
	"parley/db"
)

// counting is the engine of a file that counts the statements of its changes.
type counting struct {
	*engine
	asked int
}

func (c *counting) Change(ctx context.Context, do func(*db.Tx) error) error {
	return c.engine.Change(ctx, func(*db.Tx) error { return do(db.NewTx(ctx, countingWriter{c.writer, c})) })
}

func (c *counting) ChangeBeside(ctx context.Context, do func(*db.Tx) error) error {
	return c.Change(ctx, do)
}

type countingWriter struct {
	*writer
	by *counting
}

func (w countingWriter) Stmt(ctx context.Context, query string) (db.Stmt, error) {
	w.by.asked++
	return w.writer.Stmt(ctx, query)
}

func (w countingWriter) Insert(ctx context.Context, query string, args []any) (int64, error) {
	w.by.asked++
	return w.writer.Insert(ctx, query, args)
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
	work := func(n chat.NewMessage) (asked int) {
		f.Helper()
		for range 2 { // the first time the room is looked at
			cids++
			n.CID = fmt.Sprint("cid", cids)
			count := &counting{engine: (*engine)(f.DB)}
			_, err := db.New(count).AddMessage(f.Context(), n)
			f.ok(err)
			asked = count.asked
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
