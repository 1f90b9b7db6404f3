package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

func TestPagesKnowWhatIsBeforeAndAfter(t *testing.T) {
	f := create(t, 2)
	var ids []chat.MessageID
	for i := range 30 {
		ids = append(ids, f.says(1, 1, fmt.Sprint("message ", i)).ID)
	}
	for _, c := range []struct {
		span         chat.Span
		first, last  int
		older, newer bool
	}{
		{chat.Span{}, 20, 29, true, false},
		{chat.Span{Before: ids[20]}, 10, 19, true, true},
		{chat.Span{After: ids[9]}, 10, 19, true, true},
		{chat.Span{After: ids[19]}, 20, 29, true, false},
		{chat.Span{Around: ids[15]}, 10, 20, true, true},
		{chat.Span{Around: ids[29]}, 24, 29, true, false},
	} {
		p, err := f.History(t.Context(), 1, c.span, 10)
		f.ok(err)
		if p.Messages[0].ID != ids[c.first] || p.Messages[len(p.Messages)-1].ID != ids[c.last] || p.Older != c.older || p.Newer != c.newer {
			t.Errorf("%+v: %d to %d, older %v, newer %v", c.span, p.Messages[0].ID, p.Messages[len(p.Messages)-1].ID, p.Older, p.Newer)
		}
	}
}

func TestUnreadIsArithmeticAndMarksNeverGoBack(t *testing.T) {
	f := create(t, 2)
	first := f.says(1, 1, "one")
	second := f.says(1, 1, "two", 2)
	f.says(1, 1, "three")
	want := func(unread int64, mentions int) {
		t.Helper()
		if u, m := f.marks(1, 2); u != unread || m != mentions {
			t.Errorf("%d unread, %d mentions; want %d, %d", u, m, unread, mentions)
		}
	}
	want(3, 1)
	read := func(upto chat.MessageID, moves bool) {
		t.Helper()
		moved, err := f.SetRead(t.Context(), 1, 2, upto)
		f.ok(err)
		if moved != moves {
			t.Errorf("reading up to %d moved: %v", upto, moved)
		}
	}
	read(first.ID, true)
	want(2, 1)
	read(second.ID, true)
	want(1, 0)
	read(first.ID, false)
	want(1, 0)
	f.says(1, 2, "mine")
	want(0, 0)
}

func TestAChangedMessageIsToldAgainAndAnErasedOneKeepsItsRow(t *testing.T) {
	f := create(t, 2)
	m := f.says(1, 1, "first words", 2)
	before, err := f.ChangesSince(t.Context(), 1, 0, 200)
	f.ok(err)
	text, _ := chat.ParseText("other words")
	edited, err := f.SetBody(t.Context(), m.ID, chat.NewMessage{Body: "other words", Text: text, At: noon.Add(time.Minute)})
	f.ok(err)
	if _, mentions := f.marks(1, 2); mentions != 0 {
		t.Error("who is not mentioned any more is still counted")
	}
	c, err := f.ChangesSince(t.Context(), 1, before.Rev, 200)
	f.ok(err)
	if len(c.Messages) != 1 || c.Messages[0].Body != "other words" || c.Messages[0].Rev != edited.Rev || edited.Rev != before.Rev+1 ||
		edited.Edited.IsZero() {
		t.Errorf("after the edit: %+v", c)
	}
	old, _, err := f.Versions(t.Context(), m.ID, 0, 10, 1<<20)
	f.ok(err)
	if len(old) != 1 || old[0].Text.Plain() != "first words" {
		t.Errorf("earlier versions: %+v", old)
	}
	for range 2 { // the second time changes nothing
		_, err = f.DeleteMessage(t.Context(), m.ID, 1, noon.Add(2*time.Minute), chat.NoAudit)
		f.ok(err)
	}
	c, err = f.ChangesSince(t.Context(), 1, edited.Rev, 200)
	f.ok(err)
	if len(c.Messages) != 1 || !c.Messages[0].Deleted || c.Messages[0].Body != "" || c.Rev != edited.Rev+1 {
		t.Errorf("after the deletion: %+v", c)
	}
	f.ok(f.PurgeDeleted(t.Context(), noon.Add(4*time.Minute)))
	if old, _, err = f.Versions(t.Context(), m.ID, 0, 10, 1<<20); err != nil || len(old) != 0 {
		t.Error("earlier versions outlive the message:", old, err)
	}
}

func TestChangesAreBoundedAndTellWhoWent(t *testing.T) {
	f := create(t, 3)
	room := f.room("three", 1, 2, 3)
	start, err := f.ChangesSince(t.Context(), room, 0, 200)
	f.ok(err)
	if _, _, err := f.RemoveMember(t.Context(), room, 2, noon, chat.NoAudit); err != nil {
		t.Fatal(err)
	}
	c, err := f.ChangesSince(t.Context(), room, start.Rev, 200)
	f.ok(err)
	if len(c.Gone) != 1 || c.Gone[0] != 2 {
		t.Errorf("gone: %v", c.Gone)
	}
	for range 11 {
		f.says(room, 1, "many")
	}
	if c, err = f.ChangesSince(t.Context(), room, start.Rev, 10); err != nil || !c.Reset || len(c.Messages) > 0 {
		t.Errorf("beyond the bound: %+v %v", c, err)
	}
	if c, err = f.ChangesSince(t.Context(), room, c.Rev, 10); err != nil || c.Reset || len(c.Messages) > 0 {
		t.Errorf("at the end: %+v %v", c, err)
	}
}

func TestArrivalsOfHalfAnHourShareARow(t *testing.T) {
	f := create(t, 5)
	room := f.room("arrivals", 1)
	add := func(at time.Time, who chat.AccountID) {
		_, err := f.AddMembers(t.Context(), room, []chat.AccountID{who}, at)
		f.ok(err)
	}
	add(noon, 2)
	add(noon.Add(29*time.Minute), 3)
	add(noon.Add(31*time.Minute), 4)
	f.says(room, 1, "welcome")
	add(noon.Add(32*time.Minute), 5)
	p, err := f.History(t.Context(), room, chat.Span{}, 10)
	f.ok(err)
	var counts []int
	for _, m := range p.Messages {
		counts = append(counts, m.System.Count)
	}
	if fmt.Sprint(counts) != "[2 1 0 1]" {
		t.Errorf("rows with so many arrivals: %v", counts)
	}
}

func TestADeletedRoomLeavesNothingBehind(t *testing.T) {
	f := create(t, 2)
	room := f.room("passing", 1, 2)
	for range 1200 {
		f.says(room, 1, "soon gone", 2)
	}
	people, err := f.DeleteRoom(t.Context(), room, time.Now(), chat.NoAudit)
	f.ok(err)
	if len(people) != 2 {
		t.Errorf("people: %v", people)
	}
	within(t, "nothing of the room is left", func() bool {
		var n int
		f.ok(f.One(t.Context(), `SELECT (SELECT count(*) FROM messages WHERE room_id = ?1) + (SELECT count(*) FROM mentions WHERE room_id = ?1)
			+ (SELECT count(*) FROM memberships WHERE room_id = ?1) + (SELECT count(*) FROM rooms WHERE id = ?1)`, []any{room}, &n))
		return n == 0
	})
	f.room("passing", 1) // the name is free again
}

// What is read for every page and every message must not grow with the history.
func TestHotReadsScanNothing(t *testing.T) {
	f := create(t, 2)
	f.says(1, 1, "hello", 2)
	f.stmts.Clear()
	for _, s := range []chat.Span{{}, {Before: 9}, {After: 1}, {Around: 1}} {
		_, err := f.History(t.Context(), 1, s, 10)
		f.ok(err)
	}
	_, err := f.ChangesSince(t.Context(), 1, 0, 10)
	f.ok(err)
	_, err = f.Sidebar(t.Context(), 1)
	f.ok(err)
	_, _, err = f.RoomFor(t.Context(), 1, 1)
	f.ok(err)
	_, _, err = f.ReadMarks(t.Context(), 1, nil)
	f.ok(err)
	_, err = f.Message(t.Context(), 1)
	f.ok(err)
	f.MessageByCID(t.Context(), 1, "none")
	f.SessionOf(t.Context(), []byte("none"))
	f.Mentionable(t.Context(), 1, []string{"person1"})
	_, err = f.NewestOf(t.Context(), []chat.RoomID{1}, 10)
	f.ok(err)
	var queries []string
	f.stmts.Range(func(query, _ any) bool { queries = append(queries, query.(string)); return true })
	if len(queries) < 11 {
		t.Fatalf("only %d queries were looked at", len(queries))
	}
	for _, query := range queries {
		rows, err := f.read.Query("EXPLAIN QUERY PLAN "+dialect.Translate(query), make([]any, parameters(query))...)
		if err != nil {
			t.Fatal(err, query)
		}
		for rows.Next() {
			var id, parent, x int
			var detail string
			f.ok(rows.Scan(&id, &parent, &x, &detail))
			if strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "CONSTANT ROW") && !strings.Contains(detail, "json_each") {
				t.Errorf("%s\nin %s", detail, query)
			}
		}
		rows.Close()
	}
}

func TestWhatWasDeletedIsNotUnread(t *testing.T) {
	f := create(t, 2)
	room := f.room("r", 1, 2)
	var said []chat.Message
	for range 6 {
		said = append(said, f.says(room, 1, "hello"))
	}
	want := func(what string, n int64) {
		t.Helper()
		if got, _ := f.marks(room, 2); got != n {
			t.Errorf("%s: %d are unread, want %d", what, got, n)
		}
		list, err := f.Sidebar(t.Context(), 2)
		f.ok(err)
		for _, r := range list {
			if r.ID == room && r.Unread(r.Room) != n {
				t.Errorf("%s: the list says %d, want %d", what, r.Unread(r.Room), n)
			}
		}
	}
	erase := func(i int) {
		t.Helper()
		_, err := f.DeleteMessage(t.Context(), said[i].ID, 1, noon, chat.NoAudit)
		f.ok(err)
	}
	want("six said", 6)
	erase(5)
	erase(2)
	want("two deleted", 4)
	_, err := f.RestoreMessage(t.Context(), said[5].ID, 1, noon)
	f.ok(err)
	want("one brought back", 5)
	_, err = f.SetRead(t.Context(), room, 2, said[1].ID)
	f.ok(err)
	want("two read", 3)
	erase(0) // it was read
	want("one deleted that was read", 3)
	f.ok(f.SetUnread(t.Context(), room, 2, said[1].ID))
	want("unread from the second on", 4)
	_, err = f.SetRead(t.Context(), room, 2, said[5].ID)
	f.ok(err)
	want("all read", 0)
	f.says(room, 2, "an answer")
	f.says(room, 1, "another")
	want("after an answer", 1)
}
