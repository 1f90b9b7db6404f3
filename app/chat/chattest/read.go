package chattest

import (
	"fmt"
	"slices"

	"parley/app/chat"
)

var readTests = map[string]func(*store){
	"unread is counted by posts, and deleted ones are none": func(s *store) {
		room := s.room("quay", 1, 2)
		var posted []chat.Message
		for n := range 5 {
			posted = append(posted, s.says(room, 1, fmt.Sprint("line ", n), 2))
		}
		check := func(unread int64, mentions int, what string) {
			s.Helper()
			u, m := s.unread(room, 2)
			s.equal(fmt.Sprint(u, m), fmt.Sprint(unread, mentions), what)
		}
		check(5, 5, "at first")
		_, err := s.DeleteMessage(s.Context(), posted[3].ID, 1, noon, chat.NoAudit)
		s.ok(err)
		check(4, 4, "after one was deleted")
		moved, err := s.SetRead(s.Context(), room, 2, posted[1].ID)
		s.ok(err)
		s.equal(moved, true, "moved")
		check(2, 2, "after two were read")
		moved, err = s.SetRead(s.Context(), room, 2, posted[0].ID)
		s.ok(err)
		s.equal(moved, false, "moved back")
		check(2, 2, "never back")
		s.ok(s.SetUnread(s.Context(), room, 2, posted[0].ID))
		check(4, 4, "marked unread")
		u, _ := s.unread(room, 1)
		s.equal(u, 0, "what one says oneself is read")
	},
	"all is read at once": func(s *store) {
		one, two := s.room("one", 1, 2), s.room("two", 1, 2)
		s.room("three", 1, 2)
		s.says(one, 1, "a", 2)
		s.says(two, 1, "b")
		if before := s.sidebar(2); len(before) != 4 {
			s.Error("rooms:", len(before))
		}
		rooms, err := s.SetAllRead(s.Context(), 2)
		s.ok(err)
		slices.Sort(rooms)
		s.equal(rooms, []chat.RoomID{one, two}, "rooms that moved")
		for _, r := range s.sidebar(2) {
			if r.Unread(r.Room) != 0 || r.Mentions != 0 {
				s.Errorf("%s has %d unread, %d mentions", r.Name, r.Unread(r.Room), r.Mentions)
			}
		}
		again, err := s.SetAllRead(s.Context(), 2)
		s.ok(err)
		s.equal(len(again), 0, "again")
	},
	"read marks of some people or of all": func(s *store) {
		room := s.room("quay", 1, 2, 3)
		s.says(room, 1, "a")
		_, all, err := s.ReadMarks(s.Context(), room, nil)
		s.ok(err)
		s.equal(len(all), 3, "all")
		_, some, err := s.ReadMarks(s.Context(), room, []chat.AccountID{2, 4})
		s.ok(err)
		if _, has := some[2]; len(some) != 1 || !has {
			s.Error("some:", some)
		}
		_, none, err := s.ReadMarks(s.Context(), room, []chat.AccountID{})
		s.ok(err)
		s.equal(len(none), 0, "nobody")
	},
	"mentions are listed for who is in the room": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 1, "for two", 2)
		s.says(room, 1, "for nobody")
		list, err := s.MentionsOf(s.Context(), 2, 0, 10)
		s.ok(err)
		s.equal(ids(list), []chat.MessageID{m.ID}, "mentions")
		_, _, err = s.RemoveMember(s.Context(), room, 2, noon, chat.NoAudit)
		s.ok(err)
		list, err = s.MentionsOf(s.Context(), 2, 0, 10)
		s.ok(err)
		s.equal(len(list), 0, "mentions of who went")
	},
}
