package apptest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// Crowd is people who can do everything but log in: making passwords takes long.
func (s *Server) Crowd(like *Browser, n int) (list []*Browser) {
	s.T.Helper()
	cookie, _, _ := strings.Cut(like.Cookie, "=")
	for i := range n {
		name := fmt.Sprint("person", i)
		j, err := s.Stored().AddAccount(context.Background(), auth.NewAccount{Username: name, Name: name,
			Hash: "-", At: time.Now()}, chat.NoAudit)
		if err != nil {
			s.T.Fatal(err)
		}
		token, err := s.App.Auth.StartSession(context.Background(), j.Account.ID, "a test")
		if err != nil {
			s.T.Fatal(err)
		}
		b := s.Visitor()
		b.Cookie = cookie + "=" + token
		list = append(list, b)
	}
	Within(s.T, "the server has noticed who was added beside it", func() bool {
		room, people, err := s.App.Chat.Roster(context.Background(), 1)
		return err == nil && room.People == len(people)
	})
	return list
}

// ManyRooms makes somebody found so many rooms, every tenth of them private.
func (s *Server) ManyRooms(name string, n int) {
	s.T.Helper()
	who := s.Account(name)
	var founders sync.WaitGroup
	for part := range 32 { // changes that come together are stored together
		founders.Go(func() {
			for i := part; i < n; i += 32 {
				r := chat.NewRoom{Name: fmt.Sprintf("project %04d", i)}
				if i%10 == 0 {
					r.Kind = chat.Private
				}
				if _, err := s.App.Chat.CreateRoom(context.Background(), who, r); err != nil {
					s.T.Error(err)
				}
			}
		})
	}
	founders.Wait()
}

// Number finds a room of somebody by its name.
func (s *Server) Number(who, name string) int {
	s.T.Helper()
	rooms, err := s.App.Chat.Sidebar(context.Background(), s.Account(who).ID)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, r := range rooms {
		if r.Name == name {
			return int(r.ID)
		}
	}
	s.T.Fatal("no room is called ", name)
	return 0
}
