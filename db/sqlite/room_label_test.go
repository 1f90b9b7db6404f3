package sqlite

import (
	"testing"

	"parley/app/chat"
	"parley/db"
)

// A link says what its room is called now, wherever a message is read.
func TestLinksHaveTheNamesOfTheirRoomsWhereverTheyAreRead(t *testing.T) {
	f := create(t, 2)
	room := f.room("quay", 1, 2)
	n := f.linking(1, 1, "quay", "linking")
	said, err := f.AddMessage(t.Context(), n)
	f.ok(err)
	f.answers(said.Message, 2, "an answer")
	_, err = f.SetRoomName(t.Context(), room, 1, "pier", noon)
	f.ok(err)
	const want = "see #pier ++"
	again, err := f.AddMessage(t.Context(), n)
	f.ok(err)
	if got := again.Text.Plain(); got != want || again.Labels != "#pier" {
		t.Errorf("a repeat is answered with %q, labels %q", got, again.Labels)
	}
	f.ok(f.Snapshot(t.Context(), func(s *db.Snapshot) error {
		look := func(where string) func(chat.Message) error {
			return func(m chat.Message) error {
				if got := m.Text.Plain(); m.ID == said.ID && (got != want || m.Labels != "#pier") {
					t.Errorf("%s says %q, labels %q", where, got, m.Labels)
				}
				if m.Quote.ID == said.ID && m.Quote.Text != want {
					t.Errorf("%s quotes %q", where, m.Quote.Text)
				}
				return nil
			}
		}
		if err := s.Log(1, look("the log")); err != nil {
			return err
		}
		return s.Said([]chat.RoomKind{chat.Open}, look("what was said"))
	}))
}
