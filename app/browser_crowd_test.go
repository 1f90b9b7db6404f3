package app

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// crowd is people who can do everything but log in: making passwords takes long.
func (s *server) crowd(like *browser, n int) (list []*browser) {
	s.t.Helper()
	cookie, _, _ := strings.Cut(like.cookie, "=")
	for i := range n {
		name := fmt.Sprint("person", i)
		j, err := s.app.store.AddAccount(context.Background(), auth.NewAccount{Username: name, Name: name,
			Hash: "-", At: time.Now()}, chat.NoAudit)
		if err != nil {
			s.t.Fatal(err)
		}
		token, err := s.app.Auth.StartSession(context.Background(), j.Account.ID, "a test")
		if err != nil {
			s.t.Fatal(err)
		}
		b := s.visitor()
		b.cookie = cookie + "=" + token
		list = append(list, b)
	}
	return list
}

// When a server starts again, all come at once: pages are told in a few bytes each.
func TestACrowdThatComesAtOnceIsSeen(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	people := s.crowd(ada, 40)
	p := openChromium(t).person("ada", s.base)
	p.enter(ada)
	p.open("/rooms/1/people")
	p.live()
	for _, b := range people {
		b.open()
	}
	p.until("everybody's dot", `document.querySelectorAll('#panel .dot[data-on=on]').length >= 40`)
	if words := ask[string](p, `document.querySelector('#panel .dot[data-p="2"]').textContent`); words != "online" {
		t.Errorf("a dot says %q", words)
	}
	if !p.heard(`{"dots":`) {
		t.Error("they were told one by one")
	}
}
