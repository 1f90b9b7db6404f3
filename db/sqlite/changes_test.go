package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"parley/app/chat"
)

// everySince compares ChangesSince with the rows themselves, from every rev.
func (f *file) everySince(room chat.RoomID, limit int) {
	f.Helper()
	page, err := f.History(f.Context(), room, chat.Span{}, 1<<20)
	f.ok(err)
	r, _, err := f.RoomFor(f.Context(), room, 0)
	f.ok(err)
	for since := range r.Rev + 2 {
		var want []string
		for _, m := range page.Messages {
			if m.Rev > since {
				want = append(want, fmt.Sprint(m.ID, "@", m.Rev))
			}
		}
		c, err := f.ChangesSince(f.Context(), room, since, limit)
		f.ok(err)
		if len(want) > limit {
			if !c.Reset || c.Messages != nil {
				f.Fatalf("since %d %d rows changed, and the limit of %d does not hold", since, len(want), limit)
			}
			continue
		}
		var got []string
		for _, m := range c.Messages {
			got = append(got, fmt.Sprint(m.ID, "@", m.Rev))
		}
		if c.Rev != r.Rev || c.Reset || !slices.Equal(got, want) {
			f.Fatalf("since %d of %d: %v (reset %v), want %v", since, r.Rev, got, c.Reset, want)
		}
	}
}

func TestChangesSinceAnyRevAreTheRowsThatChanged(t *testing.T) {
	f := create(t, 3)
	room := f.room("a room", 1, 2)
	rnd := rand.New(rand.NewPCG(3, 4))
	var ids []chat.MessageID
	for i := range 150 {
		switch {
		case len(ids) == 0 || rnd.IntN(10) < 6:
			ids = append(ids, f.says(room, chat.AccountID(1+rnd.IntN(2)), fmt.Sprint("line ", i)).ID)
		case rnd.IntN(3) == 0:
			_, err := f.SetReactions(t.Context(), ids[rnd.IntN(len(ids))], func(all []chat.Reaction) ([]chat.Reaction, error) {
				return append(all, chat.Reaction{Emoji: fmt.Sprint(i), By: []chat.Person{{ID: 1}}}), nil
			})
			f.ok(err)
		case rnd.IntN(3) == 0:
			_, err := f.DeleteMessage(t.Context(), ids[rnd.IntN(len(ids))], 1, noon, chat.NoAudit)
			f.ok(err)
		default:
			body := fmt.Sprint("changed ", i)
			text, err := chat.ParseText(body)
			f.ok(err)
			_, err = f.SetBody(t.Context(), ids[rnd.IntN(len(ids))], chat.NewMessage{Body: body, Text: text, At: noon})
			f.ok(err)
		}
	}
	f.everySince(room, 200)
	f.everySince(room, 10)
}

func TestAFileOfFormat1TellsTheSameChanges(t *testing.T) {
	f := create(t, 0)
	f.ok(f.Close())
	f.ok(os.Remove(f.path))
	first, err := migrations.ReadFile("migrations/0001.sql")
	f.ok(err)
	f.ok(script(f.path, string(first)+fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = 1;
		INSERT INTO accounts (username, folded, skeleton, name, name_folded, password, created_at) VALUES ('ada', 'ada', 'ada', 'Ada', 'ada', '-', 1);
		INSERT INTO rooms (kind, name, rev, created_at) VALUES (0, 'a', 9, 1), (0, 'b', 3, 1);
		INSERT INTO messages (room_id, rev, posts, kind, author_id, at, cont, body, text, addressed) VALUES
		(1, 1, 1, 0, 1, 1, 0, 'a', x'7b7d', ''), (1, 7, 2, 0, 1, 1, 0, 'b', x'7b7d', ''), (2, 3, 1, 0, 1, 1, 0, 'c', x'7b7d', ''),
		(1, 3, 3, 0, 1, 1, 0, 'd', x'7b7d', ''), (1, 9, 4, 0, 1, 1, 0, 'e', x'7b7d', ''), (1, 6, 5, 0, 1, 1, 0, 'f', x'7b7d', '')`,
		applicationID)))
	f.DB = f.open()
	f.everySince(1, 200)
	f.everySince(1, 2)
	f.everySince(2, 200)
}
