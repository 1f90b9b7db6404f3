package chattest

import (
	"fmt"
	"slices"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

var accountTests = map[string]func(*store){
	"the first administers, and everybody is in the room of everybody": func(s *store) {
		a, err := s.Account(s.Context(), 1)
		s.ok(err)
		s.equal(a.Role, chat.RoleAdmin, "the role of the first")
		b, err := s.AccountNamed(s.Context(), "PERSON2")
		s.ok(err)
		s.equal(fmt.Sprint(b.ID, b.Role), fmt.Sprint(2, chat.RoleMember), "the second")
		s.equal(len(s.members(1)), 4, "people in the room of everybody")
		has, err := s.HasAccounts(s.Context())
		s.ok(err)
		s.equal(has, true, "has accounts")
	},
	"a name that looks like another's is taken": func(s *store) {
		s.account("joel")
		_, err := s.AddAccount(s.Context(), auth.NewAccount{Username: "joeI", Name: "x", Hash: "-", At: noon}, chat.NoAudit)
		s.is(err, chat.ErrConflict, "a capital i")
		for name, want := range map[string]bool{"joeI": true, "J0el": true, "JOEL": true, "jo": false, "joelle": false} {
			taken, err := s.UsernameTaken(s.Context(), name)
			s.ok(err)
			s.equal(taken, want, name+" is taken")
		}
	},
	"what must be unique is a conflict": func(s *store) {
		invite := auth.Invite{Code: "CODE", Made: noon, By: chat.Person{ID: 1}}
		_, err := s.AddInvite(s.Context(), invite, chat.NoAudit)
		s.ok(err)
		_, err = s.AddInvite(s.Context(), invite, entry("invite"))
		s.is(err, chat.ErrConflict, "the code of another invite")
		s.equal(len(s.audit()), 0, "entries")
	},
	"people are found by id in the order asked, without who is disabled": func(s *store) {
		s.ok(s.DisableAccount(s.Context(), 3, noon, false, false, chat.NoAudit))
		people, err := s.Persons(s.Context(), []chat.AccountID{4, 3, 99, 2})
		s.ok(err)
		var got []chat.AccountID
		for _, p := range people {
			got = append(got, p.ID)
		}
		s.equal(got, []chat.AccountID{4, 2}, "people")
	},
	"a guest is in no room of everybody, and owns none": func(s *store) {
		room := s.roomOf(chat.Private, "room 1", 2, 3, 4)
		s.ok(s.SetRank(s.Context(), room, 3, chat.RankModerator, chat.NoAudit))
		s.ok(s.SetRole(s.Context(), 2, chat.RoleGuest, entry("role")))
		a, err := s.Account(s.Context(), 2)
		s.ok(err)
		s.equal(fmt.Sprint(a.Guest, a.Role), "true guest", "the guest")
		s.equal(len(s.members(1)), 3, "people in the room of everybody")
		everybody, _, err := s.RoomFor(s.Context(), 1, 0)
		s.ok(err)
		s.equal(everybody.People, 3, "the count of the room of everybody")
		ranks := map[chat.AccountID]chat.Rank{}
		members, err := s.Members(s.Context(), room)
		s.ok(err)
		for _, m := range members {
			ranks[m.ID] = m.Rank
			s.equal(m.Guest, m.ID == 2, "is a guest")
		}
		s.equal(ranks, map[chat.AccountID]chat.Rank{2: chat.RankMember, 3: chat.RankOwner, 4: chat.RankMember}, "ranks")
		guests, err := s.AccountRecords(s.Context(), "", chat.StateGuests, 0, 9)
		s.ok(err)
		s.equal(len(guests), 1, "guests")
		_, _, err = s.RemoveMember(s.Context(), room, 3, noon, chat.NoAudit)
		s.ok(err)
		_, m, err := s.RoomFor(s.Context(), room, 4)
		s.ok(err)
		s.equal(m.Rank, chat.RankOwner, "the rank of who is no guest")
		s.ok(s.SetRole(s.Context(), 2, chat.RoleMember, entry("role")))
		s.equal(len(s.members(1)), 4, "people in the room of everybody afterwards")
	},
	"people are listed and known by the rooms they are in together": func(s *store) {
		room := s.roomOf(chat.Private, "room 2", 2, 3)
		gone := s.roomOf(chat.Private, "room 3", 2, 4)
		s.ok(s.SetRole(s.Context(), 2, chat.RoleGuest, chat.NoAudit))
		ids := func(list []chat.Account, err error) (all []chat.AccountID) {
			s.ok(err)
			for _, a := range list {
				all = append(all, a.ID)
			}
			return all
		}
		s.equal(ids(s.People(s.Context(), 2, "", 0, 9)), []chat.AccountID{2, 3, 4}, "people together")
		s.equal(ids(s.People(s.Context(), 2, "person4", 0, 9)), []chat.AccountID{4}, "who is called so")
		s.equal(ids(s.People(s.Context(), 0, "", 0, 9)), []chat.AccountID{1, 2, 3, 4}, "everybody")
		_, _, err := s.RemoveMember(s.Context(), room, 3, noon, chat.NoAudit)
		s.ok(err)
		_, err = s.DeleteRoom(s.Context(), gone, noon, chat.NoAudit)
		s.ok(err)
		s.equal(ids(s.People(s.Context(), 2, "", 0, 9)), []chat.AccountID{2}, "people together afterwards")
		for left, want := range map[bool][]chat.AccountID{true: {2, 3}, false: {2}} {
			known, err := s.Together(s.Context(), 2, []chat.AccountID{1, 2, 3, 4}, left)
			s.ok(err)
			slices.Sort(known)
			s.equal(known, want, fmt.Sprint("known, who left too: ", left))
		}
	},
	"guests come into the rooms of their invite that are left": func(s *store) {
		open, mine, others := s.roomOf(chat.Open, "room 4", 1), s.roomOf(chat.Private, "room 5", 1, 2), s.roomOf(chat.Private, "room 6", 2)
		made := auth.Invite{Code: "GUESTS", Role: chat.RoleGuest, Rooms: []chat.RoomID{open, mine, others}, Made: noon, By: chat.Person{ID: 1}}
		_, err := s.AddInvite(s.Context(), made, chat.NoAudit)
		s.ok(err)
		i, err := s.InviteByCode(s.Context(), "GUESTS")
		s.ok(err)
		s.equal(i.Rooms, made.Rooms, "the rooms of the invite")
		come := func(name string) (all []chat.RoomID, err error) {
			j, err := s.AddAccount(s.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Invite: "GUESTS", At: noon}, chat.NoAudit)
			if err != nil {
				return nil, err
			}
			s.equal(j.Account.Role, chat.RoleGuest, "the role")
			rooms, err := s.Sidebar(s.Context(), j.Account.ID)
			for _, r := range rooms {
				all = append(all, r.ID)
			}
			slices.Sort(all)
			return all, err
		}
		rooms, err := come("kim")
		s.ok(err)
		s.equal(rooms, []chat.RoomID{open, mine}, "the rooms of the first")
		_, _, err = s.RemoveMember(s.Context(), mine, 1, noon, chat.NoAudit)
		s.ok(err)
		rooms, err = come("lee")
		s.ok(err)
		s.equal(rooms, []chat.RoomID{open}, "the rooms of the second")
		_, err = s.DeleteRoom(s.Context(), open, noon, chat.NoAudit)
		s.ok(err)
		_, err = come("pat")
		s.is(err, auth.ErrInviteOver, "where no room is left")
	},
	"the last administrator stays one": func(s *store) {
		s.is(s.SetRole(s.Context(), 1, chat.RoleMember, chat.NoAudit), chat.ErrConflict, "demoted")
		s.is(s.DisableAccount(s.Context(), 1, noon, false, false, chat.NoAudit), chat.ErrConflict, "disabled")
		s.ok(s.SetRole(s.Context(), 2, chat.RoleAdmin, chat.NoAudit))
		s.ok(s.SetRole(s.Context(), 1, chat.RoleMember, chat.NoAudit))
	},
	"what an administrator made ends with the role": func(s *store) {
		s.ok(s.SetRole(s.Context(), 2, chat.RoleAdmin, chat.NoAudit))
		_, err := s.AddInvite(s.Context(), auth.Invite{Code: "CODE", Made: noon, By: chat.Person{ID: 2}}, chat.NoAudit)
		s.ok(err)
		s.ok(s.SetReset(s.Context(), 3, 2, []byte("hash"), noon.Add(time.Hour), chat.NoAudit))
		s.ok(s.SetRole(s.Context(), 2, chat.RoleMember, chat.NoAudit))
		i, err := s.InviteByCode(s.Context(), "CODE")
		s.ok(err)
		if i.Valid(noon) {
			s.Error("the invite is still good")
		}
		_, err = s.ResetOf(s.Context(), []byte("hash"), noon)
		s.is(err, chat.ErrNotFound, "the reset")
	},
	"who is disabled is not counted, and comes back as he was": func(s *store) {
		room := s.room("quay", 1, 2)
		s.ok(s.DisableAccount(s.Context(), 2, noon, false, false, chat.NoAudit))
		r, _, err := s.RoomFor(s.Context(), room, 1)
		s.ok(err)
		s.equal(fmt.Sprint(r.People, s.members(room)), fmt.Sprint(1, []string{"1 owner"}), "while disabled")
		s.ok(s.EnableAccount(s.Context(), 2, chat.NoAudit))
		r, _, err = s.RoomFor(s.Context(), room, 1)
		s.ok(err)
		s.equal(fmt.Sprint(r.People, s.members(room)), fmt.Sprint(2, []string{"1 owner", "2 member"}), "enabled again")
	},
}

var sessionTests = map[string]func(*store){
	"a session ends with the password, the account and its own end": func(s *store) {
		begin := func(hash string) {
			a, err := s.Account(s.Context(), 2)
			s.ok(err)
			_, err = s.AddSession(s.Context(), auth.Session{Hash: []byte(hash), Account: a, Created: noon, Seen: noon}, 10)
			s.ok(err)
			_, err = s.SessionOf(s.Context(), []byte(hash))
			s.ok(err)
		}
		gone := func(hash, what string) {
			s.Helper()
			_, err := s.SessionOf(s.Context(), []byte(hash))
			s.is(err, chat.ErrNotFound, what)
		}
		begin("one")
		s.ok(s.DeleteSession(s.Context(), []byte("one")))
		gone("one", "deleted")
		begin("two")
		s.ok(s.SetPassword(s.Context(), 2, "new", chat.NoAudit))
		gone("two", "after a new password")
		begin("three")
		s.ok(s.EndSessions(s.Context(), 2, chat.NoAudit))
		gone("three", "after the end of all")
		begin("four")
		s.ok(s.ExpireSessions(s.Context(), noon.Add(time.Second), noon.Add(-time.Hour)))
		gone("four", "run out")
		begin("five")
		s.ok(s.DisableAccount(s.Context(), 2, noon, false, false, chat.NoAudit))
		gone("five", "of who is disabled")
	},
	"the oldest session goes when there are too many": func(s *store) {
		a, err := s.Account(s.Context(), 2)
		s.ok(err)
		var dropped [][]byte
		for n := range 4 {
			at := noon.Add(time.Duration(n) * time.Minute)
			dropped, err = s.AddSession(s.Context(), auth.Session{Hash: fmt.Append(nil, "s", n), Account: a, Created: at, Seen: at}, 3)
			s.ok(err)
		}
		s.equal(fmt.Sprintf("%s", dropped), "[s0]", "dropped")
	},
	"a touched session is seen later": func(s *store) {
		a, err := s.Account(s.Context(), 2)
		s.ok(err)
		_, err = s.AddSession(s.Context(), auth.Session{Hash: []byte("x"), Account: a, Created: noon, Seen: noon}, 3)
		s.ok(err)
		_, err = s.SessionOf(s.Context(), []byte("x"))
		s.ok(err)
		s.ok(s.Touch(s.Context(), auth.Uses{Sessions: map[string]time.Time{"x": noon.Add(time.Hour), "gone": noon}}))
		got, err := s.SessionOf(s.Context(), []byte("x"))
		s.ok(err)
		if !got.Seen.Equal(noon.Add(time.Hour)) {
			s.Error("seen", got.Seen)
		}
		seen, err := s.LastSeen(s.Context(), 2)
		s.ok(err)
		if !seen.Equal(noon.Add(time.Hour)) {
			s.Error("last seen", seen)
		}
		if seen, err = s.LastSeen(s.Context(), 3); err != nil || !seen.IsZero() {
			s.Error("who was never here:", seen, err)
		}
	},
	"a reset works once": func(s *store) {
		s.ok(s.SetReset(s.Context(), 2, 1, []byte("r"), noon.Add(time.Hour), chat.NoAudit))
		_, err := s.UseReset(s.Context(), []byte("r"), "hash", noon.Add(2*time.Hour))
		s.is(err, chat.ErrNotFound, "too late")
		who, err := s.UseReset(s.Context(), []byte("r"), "hash", noon)
		s.ok(err)
		s.equal(who, 2, "whose")
		_, err = s.UseReset(s.Context(), []byte("r"), "hash", noon)
		s.is(err, chat.ErrNotFound, "again")
	},
}
