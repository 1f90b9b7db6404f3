package chattest

import (
	"errors"
	"strings"
	"sync"

	"parley/app/auth"
	"parley/app/chat"
)

var ownTests = map[string]func(*store){
	"changes of one's own account at once keep each other": func(s *store) {
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				_, err := s.ChangePrefs(s.Context(), 2, func(p *chat.Prefs) error {
					p.Blocked = append(p.Blocked, chat.AccountID(100+n))
					return nil
				})
				s.ok(err)
			})
			all.Go(func() {
				s.ok(s.ChangeProfile(s.Context(), chat.Person{ID: 2, Username: "person2"}, func(p *chat.Profile) error {
					if p.Bio += "a line\n"; n == 4 {
						p.Title = "Keeper"
					}
					return nil
				}))
			})
		}
		all.Wait()
		refused := errors.New("refused")
		_, err := s.ChangePrefs(s.Context(), 2, func(p *chat.Prefs) error { p.Theme = "dark"; return refused })
		s.is(err, refused, "what the change says")
		a, err := s.Account(s.Context(), 2)
		s.ok(err)
		if len(a.Prefs.Blocked) != 8 || a.Bio != strings.Repeat("a line\n", 8) || a.Title != "Keeper" || a.Name != "person2" ||
			a.Prefs.Theme != "" {
			s.Errorf("of 8 changes each there is %+v", a)
		}
		_, err = s.ChangePrefs(s.Context(), 99, func(*chat.Prefs) error { return nil })
		s.is(err, chat.ErrNotFound, "preferences of nobody")
	},
	"an account and its identity are made together, or neither": func(s *store) {
		add := func(name, subject string) error {
			_, err := s.AddAccount(s.Context(), auth.NewAccount{Username: name, Name: name, Hash: auth.NoPassword, At: noon,
				Identity: &auth.Identity{Issuer: "ldap:dc=example", Subject: subject, Label: name}}, chat.NoAudit)
			return err
		}
		s.ok(add("bea", "2"))
		s.ok(add("ada", "1"))
		s.is(add("eve", "2"), auth.ErrLinked, "a subject that is somebody's")
		_, err := s.AccountNamed(s.Context(), "eve")
		s.is(err, chat.ErrNotFound, "the account that was not linked")
		list, err := s.IdentitiesAt(s.Context(), "ldap:dc=example", auth.Identity{}, 1)
		s.ok(err)
		more, err := s.IdentitiesAt(s.Context(), "ldap:dc=example", list[0], 9)
		s.ok(err)
		if len(list) != 1 || list[0].Subject != "1" || len(more) != 1 || more[0].Label != "bea" || !more[0].Made.Equal(noon) {
			s.Errorf("%+v and %+v", list, more)
		}
	},
}
