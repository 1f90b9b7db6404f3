// Package chattest holds what every store must do beyond its signatures: one suite that
// runs over each engine. It knows nothing of SQL.
package chattest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// Store is what an engine is asked for.
type Store interface {
	chat.Store
	auth.Store
}

// Run tries everything on stores that open makes: each empty, and closed at the end of
// its test.
func Run(t *testing.T, open func(testing.TB) Store) {
	for name, tests := range map[string]map[string]func(*store){
		"message": messageTests, "log": logTests, "room": roomTests, "member": memberTests, "account": accountTests, "session": sessionTests,
		"audit": auditTests, "read": readTests, "search": searchTests, "device": deviceTests, "way in": wayInTests, "own account": ownTests, "support": supportTests,
		"program": programTests,
	} {
		t.Run(name, func(t *testing.T) {
			for what, test := range tests {
				t.Run(what, func(t *testing.T) {
					t.Parallel()
					s := &store{T: t, Store: open(t)}
					for n := range 4 {
						s.account(fmt.Sprint("person", n+1))
					}
					test(s)
				})
			}
		})
	}
}

// noon is when everything happens, unless a test says otherwise.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// store is one under test, with four people: 1 founded it, and room 1 is everybody's.
type store struct {
	*testing.T
	Store
	cids int
}

func (s *store) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// is wants a kind of refusal.
func (s *store) is(err, want error, what string) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (s *store) account(name string) chat.AccountID {
	s.Helper()
	j, err := s.AddAccount(s.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: noon}, chat.NoAudit)
	s.ok(err)
	return j.Account.ID
}

// prefs gives somebody these preferences.
func (s *store) prefs(who chat.AccountID, to chat.Prefs) {
	s.Helper()
	_, err := s.ChangePrefs(s.Context(), who, func(p *chat.Prefs) error { *p = to; return nil })
	s.ok(err)
}

// room makes an open room of these people; the first owns it.
func (s *store) room(name string, people ...chat.AccountID) chat.RoomID {
	s.Helper()
	return s.roomOf(chat.Open, name, people...)
}

func (s *store) roomOf(kind chat.RoomKind, name string, people ...chat.AccountID) chat.RoomID {
	s.Helper()
	r, err := s.CreateRoom(s.Context(), chat.NewRoom{Name: name, Kind: kind, By: people[0], People: people[1:]}, noon)
	s.ok(err)
	return r.ID
}

// draft is a message that passed every rule.
func (s *store) draft(room chat.RoomID, author chat.AccountID, body, cid string, to ...chat.AccountID) chat.NewMessage {
	s.Helper()
	text, err := chat.ParseText(body)
	s.ok(err)
	return chat.NewMessage{Room: room, Author: chat.Person{ID: author}, At: noon, Body: body, Text: text, CID: cid, For: to}
}

// says stores a message.
func (s *store) says(room chat.RoomID, author chat.AccountID, body string, to ...chat.AccountID) chat.Message {
	s.Helper()
	s.cids++
	a, err := s.AddMessage(s.Context(), s.draft(room, author, body, fmt.Sprint("cid", s.cids), to...))
	s.ok(err)
	if !a.Fresh {
		s.Fatal("the message is not fresh")
	}
	return a.Message
}

// answers stores a reply.
func (s *store) answers(m chat.Message, author chat.AccountID, body string) chat.Added {
	s.Helper()
	s.cids++
	n := s.draft(m.Room, author, body, fmt.Sprint("cid", s.cids))
	n.Quote = chat.QuoteOf(m)
	a, err := s.AddMessage(s.Context(), n)
	s.ok(err)
	return a
}

func (s *store) rev(room chat.RoomID) chat.Rev {
	s.Helper()
	r, _, err := s.RoomFor(s.Context(), room, 0)
	s.ok(err)
	return r.Rev
}

// log is the whole log of a room, and holds what is true of every log: ids grow, and posts
// are counted without gaps.
func (s *store) log(room chat.RoomID) []chat.Message {
	s.Helper()
	p, err := s.History(s.Context(), room, chat.Span{}, 1<<20)
	s.ok(err)
	posts := int64(0)
	for i, m := range p.Messages {
		if i > 0 && m.ID <= p.Messages[i-1].ID {
			s.Errorf("row %d comes after %d", m.ID, p.Messages[i-1].ID)
		}
		if m.Kind == chat.MessagePosted {
			posts++
		}
		if m.Posts != posts || m.Rev > s.rev(room) {
			s.Errorf("row %d counts %d posts, rev %d; there are %d, rev %d", m.ID, m.Posts, m.Rev, posts, s.rev(room))
		}
	}
	return p.Messages
}

// unread are somebody's unread posts and mentions in a room.
func (s *store) unread(room chat.RoomID, who chat.AccountID) (int64, int) {
	s.Helper()
	r, m, err := s.RoomFor(s.Context(), room, who)
	s.ok(err)
	if m == nil {
		s.Fatalf("%d is not in room %d", who, room)
	}
	return m.Unread(r), m.Mentions
}

// members lists who is in a room, by id, with the rank of each.
func (s *store) members(room chat.RoomID) (list []string) {
	s.Helper()
	all, err := s.Members(s.Context(), room)
	s.ok(err)
	for _, m := range all {
		list = append(list, fmt.Sprint(m.ID, " ", m.Rank))
	}
	slices.Sort(list)
	return list
}

func (s *store) equal(got, want any, what string) {
	s.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		s.Errorf("%s: %s, want %s", what, g, w)
	}
}
