package chattest

import (
	"context"
	"fmt"
	"testing"

	"parley/app/chat"
)

// Snapshot is one state of a store, whoever writes meanwhile; see site.Source.
type Snapshot interface {
	Workspace() (string, error)
	Rooms(kinds []chat.RoomKind) ([]chat.Room, error)
	With(chat.RoomID) ([]chat.Person, error)
	Accounts(put func(chat.Account) error) error
	Log(room chat.RoomID, put func(chat.Message) error) error
	Said(kinds []chat.RoomKind, put func(chat.Message) error) error
}

// RunSnapshot tries the states that view gives of stores that open makes, as Run does.
func RunSnapshot[S Store](t *testing.T, open func(testing.TB) S, view func(context.Context, S, func(Snapshot) error) error) {
	for what, test := range snapshotTests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			opened := open(t)
			s := &store{T: t, Store: opened}
			for n := range 4 {
				s.account(fmt.Sprint("person", n+1))
			}
			test(s, func(do func(Snapshot)) {
				t.Helper()
				s.ok(view(t.Context(), opened, func(v Snapshot) error { do(v); return nil }))
			})
		})
	}
}

func (s *store) said(v Snapshot, kinds ...chat.RoomKind) (bodies []string) {
	s.Helper()
	s.ok(v.Said(kinds, func(m chat.Message) error { bodies = append(bodies, m.Body); return nil }))
	return bodies
}

var snapshotTests = map[string]func(s *store, view func(func(Snapshot))){
	"it stays as it was when it began": func(s *store, view func(func(Snapshot))) {
		room := s.room("quay", 1, 2)
		s.says(room, 1, "before")
		view(func(v Snapshot) {
			s.equal(s.said(v, chat.Open), "[before]", "at first")
			s.says(room, 1, "meanwhile")
			s.room("later", 1)
			s.equal(s.said(v, chat.Open), "[before]", "after a message")
			rooms, err := v.Rooms([]chat.RoomKind{chat.Open})
			s.ok(err)
			s.equal(len(rooms), 2, "rooms")
		})
		view(func(v Snapshot) { s.equal(s.said(v, chat.Open), "[before meanwhile]", "the next one") })
	},
	"rooms of some kinds by name, and who is in them": func(s *store, view func(func(Snapshot))) {
		s.room("Quay", 1)
		s.roomOf(chat.Private, "cellar", 2)
		direct, err := s.AddDirect(s.Context(), []chat.AccountID{1, 2}, s.draft(0, 1, "psst", "d"))
		s.ok(err)
		_, err = s.DeleteRoom(s.Context(), s.room("gone", 1), noon, chat.NoAudit)
		s.ok(err)
		view(func(v Snapshot) {
			name, err := v.Workspace()
			s.ok(err)
			s.equal(name, "Test", "the workspace")
			for _, c := range []struct {
				kinds []chat.RoomKind
				want  string
			}{
				{[]chat.RoomKind{chat.Open}, "[general Quay]"},
				{[]chat.RoomKind{chat.Open, chat.Private}, "[cellar general Quay]"},
				{[]chat.RoomKind{chat.Private, chat.Direct}, "[cellar ]"},
			} {
				rooms, err := v.Rooms(c.kinds)
				s.ok(err)
				names := make([]string, len(rooms))
				for i, r := range rooms {
					names[i] = r.Name
				}
				s.equal(names, c.want, fmt.Sprint("rooms of ", c.kinds))
			}
			people, err := v.With(direct.Room)
			s.ok(err)
			s.equal(len(people), 2, "people of the conversation")
			accounts := 0
			s.ok(v.Accounts(func(chat.Account) error { accounts++; return nil }))
			s.equal(accounts, 4, "accounts")
		})
	},
	"what was said, in order, without what was deleted": func(s *store, view func(func(Snapshot))) {
		one, two := s.room("one", 1), s.roomOf(chat.Private, "two", 1)
		s.says(one, 1, "a")
		s.says(two, 1, "b")
		gone := s.says(one, 1, "c")
		s.says(one, 1, "d")
		_, err := s.DeleteMessage(s.Context(), gone.ID, 1, noon, chat.NoAudit)
		s.ok(err)
		view(func(v Snapshot) {
			s.equal(s.said(v, chat.Open), "[a d]", "in open rooms")
			s.equal(s.said(v, chat.Open, chat.Private), "[a b d]", "in all")
			var log []string
			s.ok(v.Log(one, func(m chat.Message) error { log = append(log, m.Body); return nil }))
			s.equal(log, "[a d]", "the log of one room")
		})
	},
	"links have the names that rooms have then": func(s *store, view func(func(Snapshot))) {
		room := s.room("quay", 1)
		n := s.draft(1, 1, "see #quay", "link")
		links, err := s.OpenRoomsNamed(s.Context(), n.Text.RoomNames())
		s.ok(err)
		n.Text.LinkRooms(links)
		linked, err := s.AddMessage(s.Context(), n)
		s.ok(err)
		s.answers(linked.Message, 2, "where?")
		_, err = s.SetRoomName(s.Context(), room, 1, "pier", noon)
		s.ok(err)
		view(func(v Snapshot) {
			var texts []string
			s.ok(v.Said([]chat.RoomKind{chat.Open}, func(m chat.Message) error {
				texts = append(texts, m.Text.Plain()+"|"+m.Quote.Text)
				return nil
			}))
			s.equal(texts, "[see #pier| where?|see #pier]", "texts and what they answer")
		})
		again, err := s.AddMessage(s.Context(), n)
		s.ok(err)
		s.equal(again.Text.Plain(), "see #pier", "the answer to a repeat")
	},
}
