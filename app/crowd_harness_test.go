package app

import (
	"context"
	"fmt"
	"strings"
	"sync"
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
		j, err := s.stored().AddAccount(context.Background(), auth.NewAccount{Username: name, Name: name,
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

// manyRooms makes somebody found so many rooms, every tenth of them private.
func (s *server) manyRooms(name string, n int) {
	s.t.Helper()
	who := s.account(name)
	var founders sync.WaitGroup
	for part := range 32 { // changes that come together are stored together
		founders.Go(func() {
			for i := part; i < n; i += 32 {
				r := chat.NewRoom{Name: fmt.Sprintf("project %04d", i)}
				if i%10 == 0 {
					r.Kind = chat.Private
				}
				if _, err := s.app.Chat.CreateRoom(context.Background(), who, r); err != nil {
					s.t.Error(err)
				}
			}
		})
	}
	founders.Wait()
}

// number finds a room of somebody by its name.
func (s *server) number(who, name string) int {
	s.t.Helper()
	rooms, err := s.app.Chat.Sidebar(context.Background(), s.account(who).ID)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rooms {
		if r.Name == name {
			return int(r.ID)
		}
	}
	s.t.Fatal("no room is called ", name)
	return 0
}
