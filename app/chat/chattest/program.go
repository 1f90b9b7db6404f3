package chattest

import (
	"fmt"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// bot makes one of somebody, in a room.
func (s *store) bot(maker chat.AccountID, name string, rooms ...chat.RoomID) chat.Account {
	s.Helper()
	b, err := s.AddBot(s.Context(), chat.NewBot{Username: name, Name: name, Maker: maker, At: noon}, chat.NoAudit)
	s.ok(err)
	for _, room := range rooms {
		_, err := s.AddMembers(s.Context(), room, []chat.AccountID{b.ID}, noon)
		s.ok(err)
	}
	return b
}

var programTests = map[string]func(*store){
	"a bot is an account in no room, and belongs to somebody": func(s *store) {
		b := s.bot(1, "deploys")
		s.equal(fmt.Sprintf("%v %d %d", b.IsBot(), b.Maker, b.Role), "true 1 0", "the bot")
		rooms, err := s.Sidebar(s.Context(), b.ID)
		s.ok(err)
		s.equal(len(rooms), 0, "its rooms")
		_, err = s.AddBot(s.Context(), chat.NewBot{Username: "person2", Name: "x", Maker: 1, At: noon}, chat.NoAudit)
		s.is(err, chat.ErrConflict, "a name that a person has")
		s.bot(2, "alerts")
		mine, err := s.Bots(s.Context(), 1, 10)
		s.ok(err)
		all, err := s.Bots(s.Context(), 0, 10)
		s.ok(err)
		s.equal(fmt.Sprint(len(mine), len(all)), "1 2", "bots of one, and all")
		s.ok(s.SetBotMaker(s.Context(), b.ID, 2, chat.NoAudit))
		again, err := s.Account(s.Context(), b.ID)
		s.ok(err)
		s.equal(again.Maker, 2, "whose it is now")
		m := s.says(1, 1, "hello")
		s.equal(m.Author.Bot, false, "a person is a bot")
	},
	"a key is found by its hash alone, and ends": func(s *store) {
		b := s.bot(1, "deploys", 1)
		id, err := s.AddKey(s.Context(), auth.Key{Account: b.ID, Name: "ci", Begins: "parley_A", Writes: true, Made: noon}, []byte("hash one"),
			chat.NoAudit)
		s.ok(err)
		_, err = s.AddKey(s.Context(), auth.Key{Account: 2, Name: "token", Made: noon, Expires: noon.Add(time.Hour)}, []byte("hash two"),
			chat.NoAudit)
		s.ok(err)
		k, of, maker, err := s.KeyOf(s.Context(), []byte("hash one"))
		s.ok(err)
		s.equal(fmt.Sprintf("%s %v %v %d %d", k.Name, k.Writes, k.Expires.IsZero(), of.ID-b.ID, maker.ID), "ci true true 0 1", "the key")
		k, of, maker, err = s.KeyOf(s.Context(), []byte("hash two"))
		s.ok(err)
		s.equal(fmt.Sprintf("%v %v %d %d", k.Writes, k.Expires.Equal(noon.Add(time.Hour)), of.ID, maker.ID), "false true 2 0", "a person's key")
		for _, wrong := range []string{"", "hash", "hash one ", "HASH ONE"} {
			_, _, _, err := s.KeyOf(s.Context(), []byte(wrong))
			s.is(err, chat.ErrNotFound, fmt.Sprintf("the hash %q", wrong))
		}
		s.ok(s.Touch(s.Context(), auth.Uses{Keys: map[int64]time.Time{id: noon.Add(time.Minute)}}))
		list, err := s.Keys(s.Context(), b.ID)
		s.ok(err)
		s.equal(fmt.Sprint(len(list), list[0].Used.Equal(noon.Add(time.Minute))), "1 true", "keys of the bot")
		_, err = s.ExpireKey(s.Context(), 2, id, noon, chat.NoAudit)
		s.is(err, chat.ErrNotFound, "the key of another account")
		hash, err := s.ExpireKey(s.Context(), b.ID, id, noon.Add(time.Hour), chat.NoAudit)
		s.ok(err)
		s.equal(string(hash), "hash one", "its hash")
		k, _, _, err = s.KeyOf(s.Context(), []byte("hash one"))
		s.ok(err)
		s.equal(fmt.Sprint(k.Over(noon), k.Over(noon.Add(2*time.Hour))), "false true", "over")
		_, err = s.ExpireKey(s.Context(), b.ID, id, time.Time{}, chat.NoAudit)
		s.ok(err)
		_, _, _, err = s.KeyOf(s.Context(), []byte("hash one"))
		s.is(err, chat.ErrNotFound, "a key that was removed")
		s.ok(s.DisableAccount(s.Context(), 2, noon, false, false, chat.NoAudit))
		_, _, _, err = s.KeyOf(s.Context(), []byte("hash two"))
		s.is(err, chat.ErrNotFound, "the key of who is deactivated")
	},
	"the key of a hook is listed with its room and dies with it": func(s *store) {
		room := s.room("alerts", 1)
		b := s.bot(1, "alertmanager", room)
		_, err := s.AddKey(s.Context(), auth.Key{Account: b.ID, Name: "Alertmanager", Writes: true, Room: room, Dialect: chat.DialectSlack,
			Made: noon}, []byte("hook"), chat.NoAudit)
		s.ok(err)
		hooks, err := s.Hooks(s.Context(), room)
		s.ok(err)
		s.equal(fmt.Sprint(len(hooks), hooks[0].Dialect == chat.DialectSlack), "1 true", "hooks of the room")
		none, err := s.Hooks(s.Context(), 1)
		s.ok(err)
		s.equal(len(none), 0, "hooks of another room")
	},
	"what is said is queued for a webhook once, and what became of it is kept": func(s *store) {
		room := s.room("deploys", 1, 2)
		b := s.bot(1, "ci", room)
		s.says(room, 1, "before")
		id, err := s.AddWebhook(s.Context(), chat.Webhook{Room: room, Bot: b.ID, Name: "CI", URL: "https://ci.example", Secret: "s",
			Word: "deploy", Made: noon}, chat.NoAudit)
		s.ok(err)
		list, err := s.Webhooks(s.Context(), room)
		s.ok(err)
		s.equal(len(list), 1, "webhooks")
		w := list[0]
		s.says(room, 1, "chatter")
		told := s.says(room, 2, "deploy harbour")
		s.says(room, b.ID, "deploy by a bot")
		for range 2 {
			_, err = s.QueueDeliveries(s.Context(), w, noon)
			s.ok(err)
		}
		due, err := s.DueDeliveries(s.Context(), noon, 10)
		s.ok(err)
		s.equal(fmt.Sprint(len(due), due[0].Message == told.ID, due[0].Webhook == id), "1 true true", "due")
		early, err := s.DueDeliveries(s.Context(), noon.Add(-time.Second), 10)
		s.ok(err)
		s.equal(len(early), 0, "due before")
		d := due[0]
		d.Tries, d.Next, d.Note = 1, noon.Add(time.Minute), "away"
		s.ok(s.SetDelivery(s.Context(), d))
		due, err = s.DueDeliveries(s.Context(), noon, 10)
		s.ok(err)
		s.equal(len(due), 0, "due after a try")
		d.State, d.Tries, d.Status, d.Took, d.Note = chat.DeliveryGivenUp, 5, 500, 7*time.Millisecond, "it answered 500"
		s.ok(s.SetDelivery(s.Context(), d))
		list, err = s.Webhooks(s.Context(), 0)
		s.ok(err)
		s.equal(list[0].Failed, 1, "failures in a row")
		s.ok(s.QueueDelivery(s.Context(), id, told.ID, noon))
		log, err := s.Deliveries(s.Context(), id, 10)
		s.ok(err)
		s.equal(fmt.Sprint(len(log), log[0].State, log[1].Note, log[1].Status, log[1].Took), fmt.Sprint(2, chat.DeliveryWaits, "it answered 500",
			500, 7*time.Millisecond), "the log")
		s.ok(s.ForgetDeliveries(s.Context(), noon.Add(time.Hour)))
		log, err = s.Deliveries(s.Context(), id, 10)
		s.ok(err)
		s.equal(len(log), 1, "what still waits")
		s.ok(s.RemoveWebhook(s.Context(), id, chat.NoAudit))
		due, err = s.DueDeliveries(s.Context(), noon, 10)
		s.ok(err)
		s.equal(len(due), 0, "due of a webhook that is gone")
	},
	"bots are in a private room with their makers alone": func(s *store) {
		for _, kind := range []chat.RoomKind{chat.Private, chat.Open} {
			name := chat.KindWords[kind]
			room := s.roomOf(kind, "den "+name, 1, 2)
			his, hers := s.bot(2, "his-"+name, room), s.bot(1, "hers-"+name, room)
			_, _, err := s.RemoveMember(s.Context(), room, 2, noon, chat.NoAudit)
			s.ok(err)
			members, err := s.Members(s.Context(), room)
			s.ok(err)
			s.equal(len(members), map[chat.RoomKind]int{chat.Private: 2, chat.Open: 3}[kind], "people of the room")
			_, err = s.SetVisibility(s.Context(), room, 1, chat.Private, noon, chat.NoAudit)
			s.ok(err)
			members, err = s.Members(s.Context(), room)
			s.ok(err)
			for _, m := range members {
				if m.ID == his.ID || m.ID != hers.ID && m.ID != 1 {
					s.Errorf("%s: %+v is in the private room", name, m)
				}
			}
			s.equal(len(members), 2, "people of the private room")
		}
	},
	"what waits for one who does not listen is bounded": func(s *store) {
		room := s.room("quay", 1)
		b := s.bot(1, "ci", room)
		id, err := s.AddWebhook(s.Context(), chat.Webhook{Room: room, Bot: b.ID, Name: "CI", URL: "https://ci.example", Secret: "s", Made: noon},
			chat.NoAudit)
		s.ok(err)
		w, err := s.Webhook(s.Context(), id)
		s.ok(err)
		s.equal(w.Name, "CI", "the webhook")
		list, err := s.WebhooksOfBot(s.Context(), b.ID)
		s.ok(err)
		s.equal(list, []chat.Webhook{w}, "those of its bot")
		_, err = s.Webhook(s.Context(), id+1)
		s.is(err, chat.ErrNotFound, "another one")
		for i := range 450 {
			s.says(room, 1, fmt.Sprint("message ", i))
		}
		queue := func() {
			for more := true; more; {
				more, err = s.QueueDeliveries(s.Context(), w, noon)
				s.ok(err)
			}
		}
		told := 0
		for range 3 {
			queue()
			waits := 0
			for due := s.due(noon); len(due) > 0; due = s.due(noon) {
				for _, d := range due {
					d.State, waits = chat.DeliveryArrived, waits+1
					s.ok(s.SetDelivery(s.Context(), d))
				}
			}
			if waits > 300 {
				s.Errorf("%d wait", waits)
			}
			told += waits
		}
		s.equal(told, 450, "in all")
	},
}

// due are deliveries that are to be tried.
func (s *store) due(at time.Time) []chat.Delivery {
	s.Helper()
	due, err := s.DueDeliveries(s.Context(), at, 100)
	s.ok(err)
	return due
}
