package chattest

import (
	"slices"
	"strings"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

var deviceTests = map[string]func(*store){
	"a device ends with its session, and is of whoever has it": func(s *store) {
		first, second := s.device(2, "one"), s.device(2, "two")
		list, err := s.Devices(s.Context(), 2)
		s.ok(err)
		if len(list) != 2 || list[0].ID != second || list[1].ID != first || list[0].Endpoint != "https://push.example.org/two" ||
			string(list[0].Auth) != "0123456789abcdef" {
			s.Errorf("%+v", list)
		}
		s.ok(s.DeleteSession(s.Context(), []byte("session of one")))
		if _, err := s.Device(s.Context(), first); err == nil {
			s.Error("it outlives its session")
		}
		again, err := s.AddDevice(s.Context(), chat.Device{Account: 2, Session: list[0].Session, Endpoint: list[0].Endpoint,
			P256DH: []byte("new"), Auth: list[0].Auth, Name: "New", Made: noon.Add(time.Hour)}, 5)
		s.ok(err)
		if d, err := s.Device(s.Context(), second); err != nil || again != second || d.Name != "New" || !d.Made.Equal(noon) {
			s.Error(again, d, err)
		}
		s.session(3, "three")
		taken, err := s.AddDevice(s.Context(), chat.Device{Account: 3, Session: []byte("session of three"), Endpoint: list[0].Endpoint,
			P256DH: []byte("k"), Auth: list[0].Auth, Name: "Taken", Made: noon}, 5)
		s.ok(err)
		if d, err := s.Device(s.Context(), taken); err != nil || d.Account != 3 || taken == second {
			s.Error(d, err)
		}
		s.ok(s.RemoveDevice(s.Context(), 2, taken)) // of somebody else: nothing
		if _, err := s.Device(s.Context(), taken); err != nil {
			s.Error(err)
		}
		err = s.DisableAccount(s.Context(), 3, noon, false, false, chat.NoAudit)
		s.ok(err)
		_, err = s.Device(s.Context(), taken)
		s.is(err, chat.ErrNotFound, "of a disabled account")
	},
	"an account has so many devices at most": func(s *store) {
		for _, name := range strings.Fields("a b c") {
			s.device(2, name)
		}
		s.session(2, "d")
		_, err := s.AddDevice(s.Context(), chat.Device{Account: 2, Session: []byte("session of d"), Endpoint: "d", P256DH: []byte("k"),
			Auth: []byte("a"), Name: "d", Made: noon}, 2)
		s.ok(err)
		list, err := s.Devices(s.Context(), 2)
		s.ok(err)
		if len(list) != 2 || list[0].Name != "d" || list[1].Name != "c" {
			s.Errorf("%+v", list)
		}
	},
	"what was said is looked at once, and what waits is of the newest": func(s *store) {
		d := s.device(2, "one")
		room := s.room("harbour", 1, 2)
		quiet := s.room("quiet", 1, 3)
		first, second := s.says(room, 1, "@two"), s.says(room, 1, "again")
		s.says(quiet, 1, "nobody has a device here")
		before := noon.Add(-time.Hour)
		rooms, err := s.RoomsToPush(s.Context(), before)
		s.ok(err)
		if slices.Contains(rooms, quiet) || !slices.Contains(rooms, room) {
			s.Error("rooms:", rooms)
		}
		said, err := s.ToPush(s.Context(), room, before, 10)
		s.ok(err)
		if n := len(said); n < 2 || said[n-2].ID != first.ID || said[n-1].ID != second.ID {
			s.Errorf("%+v", said)
		}
		if late, err := s.ToPush(s.Context(), room, noon.Add(24*time.Hour), 10); err != nil || len(late) != 0 {
			s.Error("old:", late, err)
		}
		at := noon.Add(time.Minute)
		s.ok(s.QueuePushes(s.Context(), room, first.ID, []chat.Push{{Device: d, Message: first.ID, Next: at, Made: noon}}))
		s.ok(s.QueuePushes(s.Context(), room, second.ID, []chat.Push{{Device: d, Message: second.ID, Next: at.Add(time.Hour), Made: noon},
			{Device: d + 100, Message: second.ID, Next: at, Made: noon}}))
		s.ok(s.QueuePushes(s.Context(), room, first.ID, []chat.Push{{Device: d, Message: first.ID, Next: at, Made: noon}})) // a node that is late
		if said, err := s.ToPush(s.Context(), room, before, 10); err != nil || len(said) != 0 {
			s.Error("looked at twice:", said, err)
		}
		due, err := s.DuePushes(s.Context(), at.Add(-time.Second), 10)
		s.ok(err)
		if len(due) != 0 {
			s.Error("too early:", due)
		}
		due, err = s.DuePushes(s.Context(), at, 10)
		s.ok(err)
		if len(due) != 1 || due[0].Message != second.ID || due[0].Device != d || !due[0].Next.Equal(at) || due[0].State != chat.PushWaits {
			s.Fatalf("%+v", due)
		}
		old := due[0]
		old.Message, old.State = first.ID, chat.PushShown
		s.ok(s.SetPush(s.Context(), old)) // a newer one took its place
		s.ok(s.DropPush(s.Context(), old))
		if due, err := s.DuePushes(s.Context(), at, 10); err != nil || len(due) != 1 {
			s.Error(due, err)
		}
		due[0].State = chat.PushShown
		s.ok(s.SetPush(s.Context(), due[0]))
		s.ok(s.WithdrawRead(s.Context(), at))
		if due, err := s.DuePushes(s.Context(), at, 10); err != nil || len(due) != 0 {
			s.Error("it is shown, and not read:", due, err)
		}
		third := s.says(room, 1, "more")
		s.ok(s.QueuePushes(s.Context(), room, third.ID, []chat.Push{{Device: d, Message: third.ID, Next: noon, Made: noon}}))
		if due, err := s.DuePushes(s.Context(), noon.Add(chat.PushAgain-time.Second), 10); err != nil || len(due) != 0 {
			s.Error("it rings again at once:", due, err)
		}
		due, err = s.DuePushes(s.Context(), noon.Add(chat.PushAgain), 10)
		s.ok(err)
		if len(due) != 1 || due[0].Message != third.ID {
			s.Fatalf("%+v", due)
		}
		due[0].State = chat.PushShown
		s.ok(s.SetPush(s.Context(), due[0]))
		_, err = s.SetRead(s.Context(), room, 2, third.ID)
		s.ok(err)
		s.ok(s.WithdrawRead(s.Context(), at))
		due, err = s.DuePushes(s.Context(), at, 10)
		s.ok(err)
		if len(due) != 1 || due[0].State != chat.PushWithdraw {
			s.Fatalf("%+v", due)
		}
		s.ok(s.DropPush(s.Context(), due[0]))
		if due, err := s.DuePushes(s.Context(), at.Add(time.Hour), 10); err != nil || len(due) != 0 {
			s.Error(due, err)
		}
	},
}

func (s *store) session(who chat.AccountID, name string) {
	s.Helper()
	_, err := s.AddSession(s.Context(), auth.Session{Hash: []byte("session of " + name), Account: chat.Account{Person: chat.Person{ID: who}},
		Agent: "test", Created: noon, Seen: noon}, 20)
	s.ok(err)
}

func (s *store) device(who chat.AccountID, name string) chat.DeviceID {
	s.Helper()
	s.session(who, name)
	id, err := s.AddDevice(s.Context(), chat.Device{Account: who, Session: []byte("session of " + name),
		Endpoint: "https://push.example.org/" + name, P256DH: []byte("key"),
		Auth: []byte("0123456789abcdef"), Name: name, Made: noon}, 20)
	s.ok(err)
	return id
}
