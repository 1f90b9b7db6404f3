package chattest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

var wayInTests = map[string]func(*store){
	"a code of an app is good once, and no later than a later one": func(s *store) {
		s.ok(s.SetFactor(s.Context(), 2, "FIRST"))
		s.ok(s.SetFactor(s.Context(), 2, "SECOND")) // it is being set up
		used, err := s.UseStep(s.Context(), 2, 100)
		s.ok(err)
		s.equal(used, false, "a code before it is confirmed")
		s.ok(s.ConfirmFactor(s.Context(), 2, 100, [][]byte{[]byte("a"), []byte("b")}, noon, chat.NoAudit))
		s.is(s.ConfirmFactor(s.Context(), 2, 101, nil, noon, chat.NoAudit), chat.ErrNotFound, "confirmed twice")
		s.is(s.SetFactor(s.Context(), 2, "THIRD"), chat.ErrConflict, "another one beside it")
		f, err := s.Factor(s.Context(), 2)
		s.ok(err)
		s.equal(f, auth.Factor{Secret: "SECOND", Confirmed: noon, Recovery: 2}, "the factor")
		for i, step := range []int64{100, 99, 101, 101, 100, 102} {
			used, err := s.UseStep(s.Context(), 2, step)
			s.ok(err)
			s.equal(used, i == 2 || i == 5, "the code of a step")
		}
		if used, err := s.UseRecovery(s.Context(), 3, []byte("a")); err != nil || used {
			s.Error("a recovery code of somebody else:", used, err)
		}
		s.equal(s.once(func() (bool, error) { return s.UseRecovery(s.Context(), 2, []byte("a")) }), 1, "uses of a recovery code")
		s.ok(s.RemoveFactor(s.Context(), 2, chat.NoAudit))
		_, err = s.Factor(s.Context(), 2)
		s.is(err, chat.ErrNotFound, "after it was removed")
	},
	"a ticket is taken once, and not after its end": func(s *store) {
		s.ok(s.AddTicket(s.Context(), []byte("t"), auth.Ticket{Kind: auth.TicketSecond, Account: 2, Data: []byte("d"),
			Until: noon.Add(time.Minute)}))
		s.ok(s.AddTicket(s.Context(), []byte("nobody's"), auth.Ticket{Kind: auth.TicketProvider, Data: []byte{}, Until: noon.Add(time.Minute)}))
		_, err := s.Ticket(s.Context(), auth.TicketPasskey, []byte("t"), noon)
		s.is(err, chat.ErrNotFound, "of another kind")
		_, err = s.TakeTicket(s.Context(), auth.TicketSecond, []byte("t"), noon.Add(time.Minute))
		s.is(err, chat.ErrNotFound, "after its end")
		s.equal(s.once(func() (bool, error) {
			v, err := s.TakeTicket(s.Context(), auth.TicketSecond, []byte("t"), noon)
			if _, refused := chat.AsError(err); refused {
				return false, nil
			}
			return v.Account == 2 && string(v.Data) == "d", err
		}), 1, "takings of a ticket")
		s.ok(s.ExpireTickets(s.Context(), noon.Add(time.Minute)))
		_, err = s.Ticket(s.Context(), auth.TicketProvider, []byte("nobody's"), noon)
		s.is(err, chat.ErrNotFound, "after it was removed")
	},
	"a log-in that is under way ends with what ends sessions": func(s *store) {
		for what, end := range map[string]func() error{
			"a new password":     func() error { return s.SetPassword(s.Context(), 2, "-", chat.NoAudit) },
			"log out everywhere": func() error { return s.EndSessions(s.Context(), 2, chat.NoAudit) },
			"deactivation":       func() error { return s.DisableAccount(s.Context(), 2, noon, false, false, chat.NoAudit) },
		} {
			for _, who := range []chat.AccountID{2, 3} {
				s.ok(s.AddTicket(s.Context(), []byte(what+string(rune('0'+who))), auth.Ticket{Kind: auth.TicketSecond, Account: who, Data: []byte{},
					Until: noon.Add(time.Minute)}))
			}
			s.ok(end())
			_, err := s.Ticket(s.Context(), auth.TicketSecond, []byte(what+"2"), noon)
			s.is(err, chat.ErrNotFound, "a log-in after "+what)
			_, err = s.Ticket(s.Context(), auth.TicketSecond, []byte(what+"3"), noon)
			s.ok(err)
		}
	},
	"a mention by somebody whom one blocks is not counted": func(s *store) {
		s.prefs(3, chat.Prefs{Blocked: []chat.AccountID{2}})
		s.says(1, 2, "for @person3 and @person4", 3, 4)
		n := s.draft(1, 2, "for all", "all")
		n.All = true
		_, err := s.AddMessage(s.Context(), n)
		s.ok(err)
		for who, want := range map[chat.AccountID]int{1: 1, 3: 0, 4: 2} {
			_, m, err := s.RoomFor(s.Context(), 1, who)
			s.ok(err)
			list, err := s.MentionsOf(s.Context(), who, 0, 9)
			s.ok(err)
			s.equal(fmt.Sprint(m.Mentions, len(list)), fmt.Sprint(want, want), fmt.Sprint("mentions of person", who))
		}
	},
	"who is gone is named nowhere": func(s *store) {
		room := s.room("quay", 1)
		_, err := s.AddMembers(s.Context(), room, []chat.AccountID{2, 3}, noon)
		s.ok(err)
		m := s.says(room, 1, "look")
		_, err = s.SetReactions(s.Context(), m.ID, func([]chat.Reaction) ([]chat.Reaction, error) {
			return []chat.Reaction{{Emoji: "👍", By: []chat.Person{{ID: 2, Name: "person2"}, {ID: 3, Name: "person3"}}}}, nil
		})
		s.ok(err)
		before, err := s.History(s.Context(), room, chat.Span{}, 50)
		s.ok(err)
		s.ok(s.ForgetAccount(s.Context(), 2, "deleted-2-abc", chat.DeletedName, noon, false, chat.NoAudit))
		after, err := s.History(s.Context(), room, chat.Span{}, 50)
		s.ok(err)
		s.equal(len(after.Messages), len(before.Messages), "rows")
		for i, m := range after.Messages {
			text, err := json.Marshal([]any{m.System, m.Reactions})
			s.ok(err)
			s.equal(strings.Contains(string(text), "person2"), false, "the name of who is gone")
			s.equal(strings.Contains(string(text), chat.DeletedName), true, "what stands for it")
			s.equal(m.Labels != before.Messages[i].Labels, true, "it is drawn anew")
		}
	},
	"who has words of his own or blocks somebody is known": func(s *store) {
		s.prefs(2, chat.Prefs{Keywords: "beam, tide", Theme: "dark"})
		s.prefs(3, chat.Prefs{Blocked: []chat.AccountID{2}})
		s.prefs(1, chat.Prefs{Theme: "light"})
		known, err := s.FilterPrefs(s.Context(), 1)
		s.ok(err)
		if len(known) != 2 || known[2].Keywords != "beam, tide" || !known[3].Blocks(2) {
			s.Errorf("%+v", known)
		}
		room := s.room("quay", 3)
		if known, err = s.FilterPrefs(s.Context(), room); err != nil || len(known) != 1 || !known[3].Blocks(2) {
			s.Errorf("in a room with one of them: %+v, %v", known, err)
		}
		_, err = s.AddMembers(s.Context(), room, []chat.AccountID{2}, noon)
		s.ok(err)
		if known, err = s.FilterPrefs(s.Context(), room); err != nil || len(known) != 2 {
			s.Errorf("after the other one came: %+v, %v", known, err)
		}
		s.prefs(2, chat.Prefs{})
		if known, err = s.FilterPrefs(s.Context(), 1); err != nil || len(known) != 1 || !known[3].Blocks(2) {
			s.Errorf("after it was taken back: %+v, %v", known, err)
		}
		s.ok(s.DisableAccount(s.Context(), 3, noon, false, false, chat.NoAudit))
		if known, err = s.FilterPrefs(s.Context(), 1); err != nil || len(known) != 0 {
			s.Errorf("after it was disabled: %+v, %v", known, err)
		}
		all, err := s.PrefsOf(s.Context(), []chat.AccountID{1, 2, 99})
		s.ok(err)
		if len(all) != 2 || all[1].Theme != "light" {
			s.Errorf("%+v", all)
		}
	},
	"passkeys and linked accounts are one person's": func(s *store) {
		s.session(2, "one")
		s.ok(s.AddPasskey(s.Context(), auth.Passkey{Account: 2, Name: "Key", Made: noon, Data: []byte("{}")}, []byte("c"), chat.NoAudit))
		s.is(s.AddPasskey(s.Context(), auth.Passkey{Account: 3, Name: "Key", Made: noon, Data: []byte("{}")}, []byte("c"), chat.NoAudit),
			chat.ErrConflict, "the same key")
		session, err := s.SessionOf(s.Context(), []byte("session of one"))
		s.ok(err)
		s.equal(session.Second, true, "the account has another factor")
		list, err := s.Passkeys(s.Context(), 2)
		s.ok(err)
		s.equal(len(list), 1, "passkeys")
		s.ok(s.UsePasskey(s.Context(), list[0].ID, []byte("{1}"), noon.Add(time.Hour)))
		s.is(s.RenamePasskey(s.Context(), 3, list[0].ID, "Mine"), chat.ErrNotFound, "renamed by another")
		s.is(s.RemovePasskey(s.Context(), 3, list[0].ID, chat.NoAudit), chat.ErrNotFound, "removed by another")
		s.ok(s.RenamePasskey(s.Context(), 2, list[0].ID, "New"))
		list, err = s.Passkeys(s.Context(), 2)
		s.ok(err)
		s.equal(list, []auth.Passkey{{ID: list[0].ID, Account: 2, Name: "New", Made: noon, Used: noon.Add(time.Hour), Data: []byte("{1}")}},
			"the passkey")

		i := auth.Identity{Issuer: "https://id.example.org", Subject: "s", Account: 2, Label: "two@example.org", Made: noon}
		s.ok(s.AddIdentity(s.Context(), i, chat.NoAudit))
		i.Account = 3
		s.is(s.AddIdentity(s.Context(), i, chat.NoAudit), chat.ErrConflict, "linked twice")
		a, err := s.IdentityAccount(s.Context(), i.Issuer, "s")
		s.ok(err)
		s.equal(a.ID, chat.AccountID(2), "whose it is")
		_, err = s.IdentityAccount(s.Context(), "https://other.example.org", "s")
		s.is(err, chat.ErrNotFound, "of another provider")
		s.is(s.RemoveIdentity(s.Context(), 3, i.Issuer, "s", chat.NoAudit), chat.ErrNotFound, "unlinked by another")

		s.ok(s.ResetFactors(s.Context(), 2, chat.NoAudit))
		_, err = s.SessionOf(s.Context(), []byte("session of one"))
		s.is(err, chat.ErrNotFound, "a session after the factors were reset")
		s.ok(s.DisableAccount(s.Context(), 2, noon, false, false, chat.NoAudit))
		a, err = s.IdentityAccount(s.Context(), i.Issuer, "s")
		s.ok(err)
		s.equal(a.Disabled, true, "whether the account of an identity is disabled")
	},
	"an address is confirmed by its code, for one account": func(s *store) {
		s.ok(s.SetAddress(s.Context(), 2, "Two@Example.org"))
		s.ok(s.SetAddressCode(s.Context(), 2, "other@example.org", []byte("x"), noon.Add(time.Hour))) // of the one before
		_, err := s.AddressOfCode(s.Context(), []byte("x"), noon)
		s.is(err, chat.ErrNotFound, "the code of another address")
		s.ok(s.SetAddressCode(s.Context(), 2, "Two@Example.org", []byte("c"), noon.Add(time.Hour)))
		_, err = s.ConfirmAddress(s.Context(), []byte("c"), noon.Add(time.Hour))
		s.is(err, chat.ErrNotFound, "after its end")
		_, err = s.AccountOfAddress(s.Context(), "two@example.org")
		s.is(err, chat.ErrNotFound, "before it is confirmed")
		_, err = s.ConfirmAddress(s.Context(), []byte("c"), noon)
		s.ok(err)
		a, err := s.AccountOfAddress(s.Context(), " TWO@example.org")
		s.ok(err)
		s.equal(a.ID, chat.AccountID(2), "whose it is")
		s.ok(s.SetAddress(s.Context(), 3, "two@example.org"))
		s.ok(s.SetAddressCode(s.Context(), 3, "two@example.org", []byte("d"), noon.Add(time.Hour)))
		_, err = s.ConfirmAddress(s.Context(), []byte("d"), noon)
		s.is(err, chat.ErrConflict, "confirmed twice")
		m := auth.Mail{Kind: auth.MailDigest, Account: 2, Data: "1", Next: noon, Made: noon}
		s.ok(s.QueueMail(s.Context(), m, 100))
		s.ok(s.QueueMail(s.Context(), m, 100)) // of what was mailed about
		s.ok(s.QueueMail(s.Context(), auth.Mail{Kind: auth.MailPassword, Data: "nobody", Next: noon.Add(time.Minute), Made: noon}, 0))
		due, err := s.DueMails(s.Context(), noon.Add(time.Minute), 10)
		s.ok(err)
		s.equal(len(due), 2, "mails")
		due[0].Next, due[0].Tries = noon.Add(time.Hour), 1
		s.ok(s.SetMail(s.Context(), due[0]))
		due[1].Next = time.Time{}
		s.ok(s.SetMail(s.Context(), due[1]))
		due, err = s.DueMails(s.Context(), noon.Add(time.Hour), 10)
		s.ok(err)
		if len(due) != 1 || due[0].Tries != 1 || due[0].Account != 2 {
			s.Errorf("%+v", due)
		}
	},
	"as many ask for an account as may": func(s *store) {
		s.is(s.AddApplication(s.Context(), auth.Application{Username: "Person1", Name: "x", Hash: "-", Made: noon}, 2), chat.ErrConflict,
			"a name that is taken")
		s.ok(s.AddApplication(s.Context(), auth.Application{Username: "new", Name: "New", Hash: "-", Reason: "why", Made: noon}, 2))
		s.is(s.AddApplication(s.Context(), auth.Application{Username: "NEW", Name: "New", Hash: "-", Made: noon}, 2), chat.ErrConflict,
			"a name that somebody asked for")
		s.ok(s.AddApplication(s.Context(), auth.Application{Username: "newer", Name: "Newer", Hash: "-", Made: noon}, 2))
		s.is(s.AddApplication(s.Context(), auth.Application{Username: "newest", Name: "Newest", Hash: "-", Made: noon}, 2), chat.ErrTooOften,
			"one more than may")
		list, err := s.Applications(s.Context())
		s.ok(err)
		if len(list) != 2 || list[0].Username != "new" || list[0].Reason != "why" || !list[0].Made.Equal(noon) {
			s.Errorf("%+v", list)
		}
		s.ok(s.RemoveApplication(s.Context(), list[0].ID, chat.NoAudit))
	},
	"nothing is left by which a forgotten account logs in": func(s *store) {
		room := s.room("harbour", 1, 2)
		m := s.says(room, 2, "what I said")
		s.session(2, "one")
		s.ok(s.SetAddress(s.Context(), 2, "two@example.org"))
		s.ok(s.AddIdentity(s.Context(), auth.Identity{Issuer: "i", Subject: "s", Account: 2, Label: "l", Made: noon}, chat.NoAudit))
		ids, err := s.OwnMessages(s.Context(), 2)
		s.ok(err)
		s.equal(ids, []chat.MessageID{m.ID}, "what is the person's own")
		s.ok(s.ForgetAccount(s.Context(), 2, "deleted-2-abc", chat.DeletedName, noon, false, chat.NoAudit))
		a, err := s.Account(s.Context(), 2)
		s.ok(err)
		if !a.Disabled || a.Username != "deleted-2-abc" || a.Name != chat.DeletedName {
			s.Errorf("%+v", a)
		}
		_, err = s.SessionOf(s.Context(), []byte("session of one"))
		s.is(err, chat.ErrNotFound, "its session")
		_, err = s.Address(s.Context(), 2)
		s.is(err, chat.ErrNotFound, "its address")
		_, err = s.IdentityAccount(s.Context(), "i", "s")
		s.is(err, chat.ErrNotFound, "its account at a provider")
		s.account("person2") // the name is free
		list, err := s.MessagesNamed(s.Context(), ids)
		s.ok(err)
		if len(list) != 1 || list[0].Author.Name != chat.DeletedName {
			s.Errorf("%+v", list)
		}
		if err := s.ForgetAccount(s.Context(), 1, "deleted-1-abc", chat.DeletedName, noon, false, chat.NoAudit); err == nil {
			s.Error("the last administrator is forgotten")
		}
	},
}

// once runs something that may happen once at many places, and says how often it happened.
func (s *store) once(do func() (bool, error)) int {
	s.Helper()
	var n atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			did, err := do()
			if err != nil {
				s.Error(err)
			}
			if did {
				n.Add(1)
			}
		})
	}
	all.Wait()
	return int(n.Load())
}
