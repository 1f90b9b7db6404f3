package chat_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"parley/app/chat"
)

func TestWhoWasPutOutIsNotLetInAgain(t *testing.T) {
	w := begin(t, "ada", "bob")
	room := w.room("secret", chat.Private, "ada", "bob")
	l, err := w.chat.Enter(w.ctx, w.people["bob"], room)
	w.ok(err)
	if l.Room() != room || l.Account() != w.people["bob"].ID {
		t.Error("the right to listen is for", l)
	}
	before, _, err := w.store.RoomFor(w.ctx, room, 0)
	w.ok(err)
	w.ok(w.chat.RemoveMember(w.ctx, w.people["ada"], room, w.people["bob"].ID))
	if _, err := w.chat.Enter(w.ctx, w.people["bob"], room); !errors.Is(err, chat.ErrNotFound) {
		t.Error("let in:", err)
	}
	// The departure is in the log, so a delivery that lost the event still evicts.
	c, err := w.chat.ChangesSince(w.ctx, room, before.Rev)
	w.ok(err)
	if !slices.Contains(c.Gone, w.people["bob"].ID) {
		t.Error("the log does not say who went:", c)
	}
	w.ok(w.chat.AddMembers(w.ctx, w.people["ada"], room, w.ids("bob")))
	if c, err = w.chat.ChangesSince(w.ctx, room, before.Rev); err != nil || len(c.Gone) != 0 {
		t.Error("who came back is still gone:", c.Gone, err)
	}
}

func TestWhoWentCannotTouchWhatHeSaid(t *testing.T) {
	w := begin(t, "ada", "bob")
	for _, kind := range []chat.RoomKind{chat.Open, chat.Private} {
		room := w.room([]string{"open", "private"}[kind], kind, "ada", "bob")
		m := w.says("bob", room, "I was here")
		w.ok(w.chat.LeaveRoom(w.ctx, w.people["bob"], room, false))
		want := []error{chat.ErrForbidden, chat.ErrNotFound}[kind]
		_, edit := w.chat.EditMessage(w.ctx, w.people["bob"], m.ID, "not I")
		_, del := w.chat.DeleteMessage(w.ctx, w.people["bob"], m.ID)
		_, react := w.chat.React(w.ctx, w.people["bob"], m.ID, "👍", nil)
		_, again := w.chat.PostMessage(w.ctx, w.people["bob"], room, chat.Draft{Body: "x", CID: m.CID})
		for what, err := range map[string]error{"edit": edit, "delete": del, "react": react, "repeat": again} {
			if !errors.Is(err, want) {
				t.Errorf("%s in room of kind %d: %v", what, kind, err)
			}
		}
		if now, err := w.store.Message(w.ctx, m.ID); err != nil || now.Body != m.Body || now.Deleted || now.Rev != m.Rev {
			t.Error("the message changed:", now, err)
		}
	}
}

func TestWhoIsInARoomIsForgottenOnlyWhenPutOut(t *testing.T) {
	w := begin(t, "ada", "bob")
	room := w.room("open", chat.Open, "ada")
	w.ok(w.chat.JoinRoom(w.ctx, w.people["bob"], room))
	w.ok(w.chat.JoinRoom(w.ctx, w.people["bob"], room)) // twice is once
	r, _, err := w.store.RoomFor(w.ctx, room, 0)
	w.ok(err)
	if r.People != 2 {
		t.Error("people:", r.People)
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bob"], room, false))
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bob"], room, false))
	w.ok(w.chat.RemoveMember(w.ctx, w.people["ada"], room, w.people["bob"].ID))
	if r, _, err = w.store.RoomFor(w.ctx, room, 0); err != nil || r.People != 1 {
		t.Error("people:", r.People, err)
	}
}

func TestAMentionInAPrivateRoomFindsOnlyItsPeople(t *testing.T) {
	w := begin(t, "ada", "bob", "eve")
	room := w.room("secret", chat.Private, "ada", "bob")
	m := w.says("ada", room, "@bob and @eve and @nobody")
	if !slices.Equal(m.For, w.ids("bob")) {
		t.Error("it is for", m.For)
	}
	w.ok(w.chat.AddMembers(w.ctx, w.people["ada"], room, w.ids("eve")))
	s, err := w.store.SidebarRoom(w.ctx, w.people["eve"].ID, room)
	w.ok(err)
	if s.Mentions != 0 || s.Unread(s.Room) != 0 {
		t.Error("what was said before counts:", s.Membership)
	}
	if m = w.says("ada", 1, "@eve @ada @EVE"); !slices.Equal(m.For, w.ids("eve")) {
		t.Error("it is for", m.For)
	}
}

func TestTheSamePeopleHaveOneConversation(t *testing.T) {
	w := begin(t, "ada", "bob", "eve")
	room, with, err := w.chat.FindDirect(w.ctx, w.people["ada"], w.ids("bob", "eve"))
	w.ok(err)
	if room != 0 || len(with) != 2 {
		t.Fatal("there is a room before the first message:", room, with)
	}
	first := w.direct("ada", "bob", "eve")
	for _, again := range []chat.RoomID{w.direct("eve", "ada", "bob"), w.direct("bob", "eve", "ada", "eve", "bob")} {
		if again != first {
			t.Error("the same people have", first, "and", again)
		}
	}
	if w.direct("ada", "bob") == first {
		t.Error("two people are in the conversation of three")
	}
	for name, to := range map[string][]chat.AccountID{"nobody": nil, "oneself": w.ids("ada"), "too many": {2, 3, 4, 5, 6, 7, 8, 9, 10}} {
		if _, err := w.chat.PostDirect(w.ctx, w.people["ada"], to, chat.Draft{Body: "x"}); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("to %s: %v", name, err)
		}
	}
	if _, err := w.chat.PostDirect(w.ctx, w.people["ada"], []chat.AccountID{99}, chat.Draft{Body: "x"}); !errors.Is(err, chat.ErrNotFound) {
		t.Error("to who does not exist:", err)
	}
}

func TestAnEmptyMessageBeginsNoConversation(t *testing.T) {
	w := begin(t, "ada", "bob")
	if _, err := w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("bob"), chat.Draft{Body: " "}); !errors.Is(err, chat.ErrInvalid) {
		t.Error(err)
	}
	if rooms, err := w.chat.Sidebar(w.ctx, w.people["bob"].ID); err != nil || len(rooms) != 1 {
		t.Error(rooms, err)
	}
}

func TestTheLongestInARoomOwnsItWhenTheOwnerLeaves(t *testing.T) {
	w := begin(t, "ada", "bob", "carl", "dora")
	room := w.room("r", chat.Open, "bob")
	for _, name := range []string{"dora", "carl"} {
		w.now = w.now.Add(time.Minute)
		w.ok(w.chat.JoinRoom(w.ctx, w.people[name], room))
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["carl"], room, false))
	if o := w.owners(room); !slices.Equal(o, []string{"bob"}) {
		t.Error("owners:", o)
	}
	w.ok(w.chat.JoinRoom(w.ctx, w.people["carl"], room)) // who comes back begins anew
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bob"], room, false))
	if o := w.owners(room); !slices.Equal(o, []string{"dora"}) {
		t.Error("owners:", o)
	}
}

func TestTheLastAdministratorStaysOne(t *testing.T) {
	w := begin(t, "ada", "bob")
	if err := w.chat.SetRole(w.ctx, chat.Operator, w.people["ada"].ID, chat.RoleMember); !errors.Is(err, chat.ErrConflict) {
		t.Error(err)
	}
	w.ok(w.chat.SetRole(w.ctx, chat.Operator, w.people["bob"].ID, chat.RoleAdmin))
	w.ok(w.chat.SetRole(w.ctx, chat.Operator, w.people["ada"].ID, chat.RoleMember))
}
