package chattest

import (
	"fmt"
	"slices"
	"time"

	"parley/app/chat"
)

var roomTests = map[string]func(*store){
	"names of open rooms are unique, also those that look alike": func(s *store) {
		room := s.room("general2", 1)
		_, err := s.CreateRoom(s.Context(), chat.NewRoom{Name: "generaI2", By: 2}, noon) // a capital i
		s.is(err, chat.ErrConflict, "a name that looks the same")
		private := s.roomOf(chat.Private, "general2", 2)
		_, err = s.SetVisibility(s.Context(), private, 2, chat.Open, noon, chat.NoAudit)
		s.is(err, chat.ErrConflict, "a private room of the same name that is opened")
		_, err = s.SetRoomName(s.Context(), s.room("pier", 1), 1, "GENERAL2", noon)
		s.is(err, chat.ErrConflict, "the same name for another")
		rev, err := s.SetRoomName(s.Context(), room, 1, "Pier 2", noon)
		s.ok(err)
		s.equal(rev, s.rev(room), "the rev of a new name")
		last := s.log(room)[len(s.log(room))-1]
		s.equal(fmt.Sprint(last.Kind, last.System.Arg), fmt.Sprint(chat.MessageRenamed, "Pier 2"), "the row")
		links, err := s.OpenRoomsNamed(s.Context(), []string{chat.FoldName("pier 2"), "general", "nothing"})
		s.ok(err)
		s.equal(len(links), 2, "links")
		s.equal(links[chat.FoldName("pier 2")].Name, "Pier 2", "the link")
	},
	"a refused change of a room leaves it as it was": func(s *store) {
		room := s.room("quay", 1)
		s.room("pier", 1)
		rev := s.rev(room)
		_, err := s.SetRoomName(s.Context(), room, 1, "pier", noon)
		s.is(err, chat.ErrConflict, "the name of another")
		s.equal(s.rev(room), rev, "the rev")
		r, _, err := s.RoomFor(s.Context(), room, 1)
		s.ok(err)
		s.equal(r.Name, "quay", "the name")
	},
	"a deleted room is gone for everybody at once": func(s *store) {
		room := s.room("quay", 1, 2)
		s.says(room, 1, "words")
		people, err := s.DeleteRoom(s.Context(), room, noon, chat.NoAudit)
		s.ok(err)
		s.equal(len(people), 2, "people who were in it")
		_, _, err = s.RoomFor(s.Context(), room, 1)
		s.is(err, chat.ErrNotFound, "the room")
		_, _, err = s.RoomAccess(s.Context(), room, 1)
		s.is(err, chat.ErrNotFound, "access to it")
		_, err = s.AddMessage(s.Context(), s.draft(room, 1, "late", "late"))
		s.is(err, chat.ErrNotFound, "a message in it")
		_, err = s.AddMembers(s.Context(), room, []chat.AccountID{3}, noon)
		s.is(err, chat.ErrNotFound, "a member of it")
		for _, r := range s.sidebar(1) {
			if r.ID == room {
				s.Error("it is still in the list")
			}
		}
		s.room("quay", 2) // the name is free
	},
	"the topic and the kind are written in the log": func(s *store) {
		room := s.room("quay", 1)
		rev, err := s.SetTopic(s.Context(), room, 1, "boats", noon)
		s.ok(err)
		s.equal(rev, s.rev(room), "the rev")
		rev, err = s.SetVisibility(s.Context(), room, 1, chat.Private, noon, chat.NoAudit)
		s.ok(err)
		s.equal(rev, s.rev(room), "the rev")
		r, _, err := s.RoomFor(s.Context(), room, 1)
		s.ok(err)
		s.equal(fmt.Sprint(r.Topic, r.Kind), fmt.Sprint("boats", chat.Private), "the room")
	},
	"rooms in common are those of both, without conversations": func(s *store) {
		both := s.room("b quay", 1, 2)
		s.room("mine", 1)
		s.room("theirs", 2)
		_, err := s.AddDirect(s.Context(), []chat.AccountID{1, 2}, s.draft(0, 1, "psst", "a"))
		s.ok(err)
		common, err := s.RoomsInCommon(s.Context(), 1, 2)
		s.ok(err)
		var got []chat.RoomID
		for _, r := range common {
			got = append(got, r.ID)
		}
		s.equal(got, []chat.RoomID{both, 1}, "common, by name")
	},
}

func (s *store) sidebar(who chat.AccountID) []chat.SidebarRoom {
	s.Helper()
	rooms, err := s.Sidebar(s.Context(), who)
	s.ok(err)
	return rooms
}

var memberTests = map[string]func(*store){
	"coming in twice changes nothing": func(s *store) {
		room := s.room("quay", 1)
		rev, err := s.AddMembers(s.Context(), room, []chat.AccountID{2, 3}, noon)
		s.ok(err)
		s.equal(rev, s.rev(room), "the rev")
		again, err := s.AddMembers(s.Context(), room, []chat.AccountID{2}, noon)
		s.ok(err)
		s.equal(fmt.Sprint(again, s.rev(room)), fmt.Sprint(0, rev), "again")
		s.equal(s.members(room), []string{"1 owner", "2 member", "3 member"}, "members")
		r, _, err := s.RoomFor(s.Context(), room, 1)
		s.ok(err)
		s.equal(r.People, 3, "the count")
	},
	"a room keeps an owner": func(s *store) {
		room := s.room("quay", 1, 2, 3)
		s.is(s.SetRank(s.Context(), room, 1, chat.RankMember, chat.NoAudit), chat.ErrConflict, "the last owner")
		s.is(s.SetRank(s.Context(), room, 4, chat.RankOwner, chat.NoAudit), chat.ErrNotFound, "who is not in it")
		s.ok(s.SetRank(s.Context(), room, 3, chat.RankModerator, chat.NoAudit))
		_, emptied, err := s.RemoveMember(s.Context(), room, 1, noon, chat.NoAudit)
		s.ok(err)
		s.equal(emptied, false, "emptied")
		s.equal(s.members(room), []string{"2 member", "3 owner"}, "members: a moderator comes first")
	},
	"who is disabled is still a member": func(s *store) {
		room := s.roomOf(chat.Private, "quay", 1, 2, 3)
		s.ok(s.DisableAccount(s.Context(), 2, noon, false, false, chat.NoAudit))
		_, _, err := s.RemoveMember(s.Context(), room, 3, noon, chat.NoAudit)
		s.ok(err)
		people, err := s.MemberIDs(s.Context(), room)
		s.ok(err)
		slices.Sort(people)
		s.equal(people, []chat.AccountID{1, 2}, "members")
		_, emptied, err := s.RemoveMember(s.Context(), room, 1, noon, chat.NoAudit)
		s.ok(err)
		s.equal(emptied, false, "emptied")
	},
	"a private room goes with its last member": func(s *store) {
		room := s.roomOf(chat.Private, "quay", 1)
		_, emptied, err := s.RemoveMember(s.Context(), room, 1, noon, chat.NoAudit)
		s.ok(err)
		s.equal(emptied, true, "emptied")
		_, _, err = s.RoomFor(s.Context(), room, 1)
		s.is(err, chat.ErrNotFound, "the room")
	},
	"who is banned does not come in": func(s *store) {
		room := s.room("quay", 1, 2)
		rev, err := s.BanMember(s.Context(), room, 2, noon, chat.NoAudit)
		s.ok(err)
		s.equal(rev, s.rev(room), "the rev")
		again, err := s.AddMembers(s.Context(), room, []chat.AccountID{2}, noon)
		s.ok(err)
		s.equal(again, 0, "coming in again")
		_, _, err = s.RoomFor(s.Context(), room, 2)
		s.is(err, chat.ErrNotFound, "the room, for who is banned")
		banned, err := s.BannedMembers(s.Context(), room)
		s.ok(err)
		s.equal(len(banned), 1, "banned")
		s.ok(s.UnbanMember(s.Context(), room, 2, chat.NoAudit))
		if rev, err = s.AddMembers(s.Context(), room, []chat.AccountID{2}, noon); err != nil || rev == 0 {
			s.Error("after the ban:", rev, err)
		}
	},
	"access is what is true after the change": func(s *store) {
		room := s.room("quay", 1, 2)
		for range 3 { // whatever is remembered
			_, m, err := s.RoomAccess(s.Context(), room, 2)
			s.ok(err)
			if m == nil {
				s.Fatal("2 is not in it")
			}
		}
		s.ok(s.SetRank(s.Context(), room, 2, chat.RankModerator, chat.NoAudit))
		_, m, err := s.RoomAccess(s.Context(), room, 2)
		s.ok(err)
		s.equal(m.Rank, chat.RankModerator, "the rank")
		_, _, err = s.RemoveMember(s.Context(), room, 2, noon, chat.NoAudit)
		s.ok(err)
		if _, m, err = s.RoomAccess(s.Context(), room, 2); err != nil || m != nil {
			s.Error("after going:", m, err)
		}
	},
	"stars have an order that one can change": func(s *store) {
		yes, rooms := true, []chat.RoomID{s.room("a", 1), s.room("b", 1), s.room("c", 1)}
		for _, room := range rooms {
			s.ok(s.SetRoomPrefs(s.Context(), room, 1, chat.RoomPrefs{Starred: &yes}))
		}
		s.ok(s.SetRoomPrefs(s.Context(), rooms[2], 1, chat.RoomPrefs{Raise: true}))
		at := map[chat.RoomID]int{}
		for _, r := range s.sidebar(1) {
			at[r.ID] = r.Star
		}
		if !(0 < at[rooms[0]] && at[rooms[0]] < at[rooms[2]] && at[rooms[2]] < at[rooms[1]]) {
			s.Error("places:", at)
		}
		other := s.room("d", 1)
		s.ok(s.SetStars(s.Context(), 1, []chat.RoomID{rooms[1], other, rooms[0], rooms[2]}))
		for _, r := range s.sidebar(1) {
			at[r.ID] = r.Star
		}
		if !(0 < at[rooms[1]] && at[rooms[1]] < at[rooms[0]] && at[rooms[0]] < at[rooms[2]]) || at[other] != 0 {
			s.Error("places that were given:", at)
		}
	},
	"a mute for a while ends by itself": func(s *store) {
		yes, no, room, other := true, false, s.room("a", 1), s.room("b", 1)
		s.ok(s.SetRoomPrefs(s.Context(), room, 1, chat.RoomPrefs{Muted: &yes, MutedUntil: noon}))
		s.ok(s.SetRoomPrefs(s.Context(), other, 1, chat.RoomPrefs{Muted: &yes}))
		s.ok(s.SetRoomPrefs(s.Context(), room, 1, chat.RoomPrefs{Starred: &yes})) // leaves it
		ends := func(at time.Time, people, muted string) {
			s.Helper()
			who, err := s.EndMutes(s.Context(), at)
			s.ok(err)
			var list []bool
			for _, r := range s.sidebar(1) {
				if r.ID == room || r.ID == other {
					list = append(list, r.Muted)
				}
			}
			s.equal(fmt.Sprint(who), people, "whose mute ended")
			s.equal(fmt.Sprint(list), muted, "what is muted")
		}
		_, m, err := s.RoomFor(s.Context(), room, 1)
		s.ok(err)
		if !m.MutedUntil.Equal(noon) {
			s.Error("it ends", m.MutedUntil)
		}
		ends(noon.Add(-time.Second), "[]", "[true true]")
		ends(noon, "[1]", "[false true]")
		ends(noon, "[]", "[false true]")
		s.ok(s.SetRoomPrefs(s.Context(), room, 1, chat.RoomPrefs{Muted: &yes, MutedUntil: noon}))
		s.ok(s.SetRoomPrefs(s.Context(), room, 1, chat.RoomPrefs{Muted: &no}))
		ends(noon, "[]", "[false true]")
	},
}
