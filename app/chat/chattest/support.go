package chattest

import (
	"errors"
	"fmt"
	"time"

	"parley/app/chat"
)

var supportTests = map[string]func(*store){
	"a widget is stored, and its name is its own": func(s *store) {
		one, two := s.room("support", 1), s.room("other", 1)
		w := chat.Widget{Room: one, Slug: "help", Bot: 2, On: true, Title: "Ferries", Origins: []string{"https://a.example"}, Colour: "#10667e"}
		s.ok(s.SetWidget(s.Context(), w, chat.NoAudit))
		got, err := s.WidgetNamed(s.Context(), "help")
		s.ok(err)
		s.equal(fmt.Sprint(got.Room == one, got.Bot, got.Title, got.Origins, got.Rev), "true 2Ferries[https://a.example] 1", "the widget")
		r, _, err := s.RoomFor(s.Context(), one, 1)
		s.ok(err)
		s.equal(r.Queue, true, "the room answers visitors")
		s.is(s.SetWidget(s.Context(), chat.Widget{Room: two, Slug: "help", Bot: 2}, chat.NoAudit), chat.ErrConflict, "a name that is taken")
		w.On = false
		s.ok(s.SetWidget(s.Context(), w, chat.NoAudit))
		r, _, err = s.RoomFor(s.Context(), one, 1)
		s.ok(err)
		s.equal(r.Queue, false, "the room when it is off")
		_, err = s.Widget(s.Context(), two)
		s.is(err, chat.ErrNotFound, "a room without one")
	},
	"a case is opened, changed and forgotten": func(s *store) {
		room := s.room("support", 1, 2)
		s.ok(s.SetWidget(s.Context(), chat.Widget{Room: room, Slug: "help", Bot: 2, On: true}, chat.NoAudit))
		visitor := []byte("hash of a cookie")
		_, err := s.CaseOfVisitor(s.Context(), room, visitor)
		s.is(err, chat.ErrNotFound, "a visitor who is new")
		k, err := s.AddCase(s.Context(), chat.Case{Room: room, Visitor: visitor, Name: "Marta", Mail: "m@a.example", Page: "https://a.example/x",
			Opened: noon, Changed: noon, Waits: noon, Last: "hi"},
			[]chat.CaseLine{{Kind: chat.LineOpened, At: noon}, {Kind: chat.LineVisitor, At: noon, Body: "hi"}})
		s.ok(err)
		wrong := errors.New("no")
		_, err = s.SetCase(s.Context(), k.ID, func(k *chat.Case) ([]chat.CaseLine, error) { k.Name = "X"; return nil, wrong })
		s.is(err, wrong, "a change that is refused")
		later := noon.Add(time.Minute)
		k2, err := s.SetCase(s.Context(), k.ID, func(k *chat.Case) ([]chat.CaseLine, error) {
			k.State, k.TakenBy, k.Waits = chat.CaseTaken, chat.Person{ID: 1}, time.Time{}
			return []chat.CaseLine{{Kind: chat.LineTeam, Author: chat.Person{ID: 1}, At: later, Body: "hello"}}, nil
		})
		s.ok(err)
		s.equal(k2.Rev > k.Rev, true, "the rev grows")
		got, err := s.CaseOfVisitor(s.Context(), room, visitor)
		s.ok(err)
		s.equal(fmt.Sprint(got.ID == k.ID, got.Name, got.State, got.TakenBy.Username, got.Waits.IsZero(), got.Changed.Equal(later)),
			fmt.Sprint(true, "Marta", chat.CaseTaken, "person1", true, true), "the case")
		lines, err := s.CaseLines(s.Context(), k.ID, 2)
		s.ok(err)
		s.equal(fmt.Sprintf("%d %s %s %s", len(lines), lines[0].Body, lines[1].Body, lines[1].Author.Name), "2 hi hello person1",
			"the last lines")
		s.ok(s.ForgetVisitor(s.Context(), visitor))
		_, err = s.CaseOfVisitor(s.Context(), room, visitor)
		s.is(err, chat.ErrNotFound, "a visitor who is forgotten")
		got, err = s.Case(s.Context(), k.ID)
		s.ok(err)
		s.equal(got.Name+got.Mail, "", "who it was")
		_, err = s.SetCase(s.Context(), k.ID, func(k *chat.Case) ([]chat.CaseLine, error) { k.State = chat.CaseClosed; return nil, nil })
		s.ok(err)
		list, err := s.Cases(s.Context(), room, 20)
		s.ok(err)
		s.equal(len(list), 1, "cases")
		s.ok(s.DeleteCases(s.Context(), noon))
		_, err = s.Case(s.Context(), k.ID)
		s.ok(err)
		s.ok(s.DeleteCases(s.Context(), later.Add(time.Second)))
		_, err = s.Case(s.Context(), k.ID)
		s.is(err, chat.ErrNotFound, "a case that is old")
		_, err = s.SetCase(s.Context(), k.ID, nil)
		s.is(err, chat.ErrNotFound, "a change of what is not there")
	},
}
