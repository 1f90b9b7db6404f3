package chat_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"parley/app/chat"
)

// online are those who are here.
type online []chat.AccountID

func (o online) Online(id chat.AccountID) bool { return slices.Contains(o, id) }

func (o online) Watching(id chat.AccountID) bool { return o.Online(id) }

// crowd adds so many people to a room.
func (w *world) crowd(room chat.RoomID, n int) {
	w.Helper()
	var ids []chat.AccountID
	for i := range n {
		ids = append(ids, w.add(fmt.Sprintf("extra%d", i)).ID)
	}
	_, err := w.store.AddMembers(w.ctx, room, ids, w.now)
	w.ok(err)
}

func TestEverybodyInASmallRoomMayCallAllWhoAreInIt(t *testing.T) {
	w := begin(t, "ada", "bea", "cid", "dan")
	room := w.room("harbour", chat.Private, "ada", "bea", "cid")
	m := w.says("bea", room, "Lunch, @Room, and @cid above all!")
	if !m.All || !m.IsFor(w.people["ada"].ID) || m.IsFor(w.people["bea"].ID) {
		t.Errorf("it is for all: %v", m.All)
	}
	for name, want := range map[string]int{"ada": 1, "bea": 0, "cid": 1} {
		if n := w.mentions(name, room); n != want {
			t.Errorf("%s has %d mentions", name, n)
		}
		hits, _, err := w.chat.Mentions(w.ctx, w.people[name], 0)
		w.ok(err)
		if len(hits) != want {
			t.Errorf("%d are listed for %s", len(hits), name)
		}
	}
	if again := w.stored(m); !again.All || !slices.Equal(again.For, w.ids("cid")) {
		t.Errorf("stored for %v, all %v", again.For, again.All)
	}
	if m := w.says("bea", room, "the word `@room` and rooms@room"); m.All || w.mentions("ada", room) != 1 {
		t.Error("code and addresses call people")
	}
}

func TestHereCallsWhoIsOnlineAndNobodyElse(t *testing.T) {
	w := begin(t, "ada", "bea", "cid", "dan")
	room := w.room("harbour", chat.Open, "ada", "bea", "cid")
	w.chat.Presence = online(w.ids("ada", "cid", "dan"))
	m := w.says("ada", room, "who comes along, @here?")
	if m.All || !slices.Equal(m.For, w.ids("cid")) {
		t.Errorf("for %v, all %v", m.For, m.All)
	}
	if w.mentions("cid", room) != 1 || w.mentions("bea", room)+w.mentions("ada", room) != 0 {
		t.Error("the wrong people are told")
	}
	if m := w.says("ada", room, "@here and @room"); !m.All || w.mentions("cid", room) != 2 || w.mentions("bea", room) != 1 {
		t.Error("both together are not everybody, once")
	}
	w.chat.Presence = online{}
	if m := w.says("ada", room, "@here"); m.All || len(m.For) != 0 {
		t.Error("it is for somebody where nobody is")
	}
}

func TestInALargeRoomOnlyOwnersCallAllAndConfirmIt(t *testing.T) {
	w := begin(t, "ada", "bea", "cid")
	room := w.room("harbour", chat.Open, "bea", "ada", "cid")
	w.crowd(room, chat.SmallRoom-3)
	w.chat.Presence = online(w.ids("ada", "bea"))
	if !w.says("cid", room, "@room of 30").All {
		t.Error("a room of 30 is large")
	}
	was := w.mentions("ada", room)
	_, err := w.store.AddMembers(w.ctx, room, []chat.AccountID{w.add("last").ID}, w.now)
	w.ok(err)
	post := func(who, body string, confirm int) (chat.Message, error) {
		return w.chat.PostMessage(w.ctx, w.people[who], room, chat.Draft{Body: body, CID: who + "-says", Confirm: confirm})
	}
	m, err := post("cid", "@room and @here", 31)
	if err != nil || m.All || len(m.For) > 0 || m.Text.Plain() != "@room and @here" || w.mentions("ada", room) != was {
		t.Errorf("a member calls all: %v", err)
	}
	if u, err := w.chat.UnreachedMentions(w.ctx, w.people["cid"], m); err != nil || !u.MentionedAll {
		t.Errorf("he is not told that nobody hears it: %v", err)
	}
	for _, who := range []string{"bea", "ada"} { // the owner, and the administrator
		for _, confirm := range []int{0, 30, -1} {
			_, err := post(who, "@room", confirm)
			e, ok := chat.AsError(err)
			if !ok || e.Confirm != 31 || !errors.Is(err, chat.ErrInvalid) || e.Sentence != "This will notify all 31 people of #harbour." {
				t.Fatalf("%s, who agreed to %d: %v", who, confirm, err)
			}
		}
		if n := w.mentions("cid", room); who == "bea" && n != 0 {
			t.Fatal("something was stored")
		}
		m, err := post(who, "@room", 31)
		if err != nil || !m.All {
			t.Fatalf("%s may not call all: %v", who, err)
		}
		if again, err := post(who, "@room", 0); err != nil || again.ID != m.ID {
			t.Errorf("sent again, it is asked again: %v", err)
		}
	}
	if n := w.mentions("cid", room); n != 2 {
		t.Errorf("%d mentions", n)
	}
	_, err = w.chat.PostMessage(w.ctx, w.people["bea"], room, chat.Draft{Body: "@here"})
	if e, _ := chat.AsError(err); e == nil || e.Sentence != "This will notify everybody who is online of the 31 people of #harbour." {
		t.Errorf("@here: %v", err)
	}
	if m, err := w.chat.PostMessage(w.ctx, w.people["bea"], room, chat.Draft{Body: "@here", Confirm: 31}); err != nil ||
		!slices.Equal(m.For, w.ids("ada")) {
		t.Errorf("@here is for %v: %v", m.For, err)
	}
	_, calls, err := w.chat.Mentionables(w.ctx, w.people["cid"], room, "")
	w.ok(err)
	_, mine, err := w.chat.Mentionables(w.ctx, w.people["bea"], room, "h")
	w.ok(err)
	if len(calls) != 0 || !slices.Equal(mine, []string{"here"}) {
		t.Errorf("suggested to a member %v, to the owner %v", calls, mine)
	}
}

func TestADirectConversationCallsNobody(t *testing.T) {
	w := begin(t, "ada", "bea")
	room := w.direct("ada", "bea")
	m := w.says("ada", room, "@room @here")
	if m.All || len(m.For) > 0 || m.Text.Blocks[0].Runs[0].Kind != chat.RunPlain {
		t.Errorf("%+v", m)
	}
	if _, calls, err := w.chat.Mentionables(w.ctx, w.people["ada"], room, ""); err != nil || len(calls) > 0 {
		t.Errorf("suggested: %v, %v", calls, err)
	}
}

func TestAnEditCallsNobodyAnewAndTakesACallBack(t *testing.T) {
	w := begin(t, "ada", "bea", "cid", "late")
	room := w.room("harbour", chat.Open, "ada", "bea", "cid")
	edit := func(m chat.Message, body string) chat.Message {
		t.Helper()
		m, err := w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, body)
		w.ok(err)
		return m
	}
	counts := func(what string, bea, cid int) {
		t.Helper()
		if b, c := w.mentions("bea", room), w.mentions("cid", room); b != bea || c != cid {
			t.Errorf("%s: bea has %d mentions, cid %d", what, b, c)
		}
	}
	m := w.says("ada", room, "plain")
	if m = edit(m, "now @room"); m.All {
		t.Error("an edit calls all")
	}
	told := func(m chat.Message) bool {
		u, err := w.chat.UnreachedMentions(w.ctx, w.people["ada"], m)
		w.ok(err)
		return u.CalledByEdit && u.Any()
	}
	if !told(m) {
		t.Error("the author is not told that the edit called nobody")
	}
	counts("an edit", 0, 0)
	m = w.says("ada", room, "@room, soup")
	_, err := w.store.AddMembers(w.ctx, room, w.ids("late"), w.now)
	w.ok(err)
	if m = edit(m, "@room, soup or bread for @cid"); !m.All {
		t.Error("an edit takes the call back")
	}
	if told(m) {
		t.Error("the author is told so of a call that everybody heard")
	}
	counts("still for all", 1, 1)
	if hits, _, err := w.chat.Mentions(w.ctx, w.people["late"], 0); err != nil || len(hits) != 0 {
		t.Errorf("who came later is called: %v, %v", hits, err)
	}
	if m = edit(m, "soup for @cid"); m.All {
		t.Error("the call stays")
	}
	counts("for one", 0, 1)
	w.chat.Presence = online(w.ids("cid"))
	m = w.says("ada", room, "@here, quick")
	w.chat.Presence = online(w.ids("bea"))
	m = edit(m, "@here, slow")
	counts("still for who was here", 0, 2)
	_, err = w.chat.DeleteMessage(w.ctx, w.people["ada"], m.ID)
	w.ok(err)
	counts("deleted", 0, 1)
	m = w.says("ada", room, "@room again")
	_, err = w.chat.DeleteMessage(w.ctx, w.people["ada"], m.ID)
	w.ok(err)
	counts("deleted as well", 0, 1)
	change, err := w.chat.RestoreMessage(w.ctx, w.people["ada"], m.ID)
	w.ok(err)
	if counts("restored", 1, 2); !change.All {
		t.Error("it is for all no more")
	}
}

func TestOnlyTheAuthorLearnsWhoIsNotInAPrivateRoom(t *testing.T) {
	w := begin(t, "ada", "bea", "mei", "out")
	room := w.room("secret", chat.Private, "ada", "bea")
	m := w.says("bea", room, "what would @Mei, @out, @ada, @nobody.here, @room and `@out` say?")
	names := func(who string, m chat.Message) (names []string) {
		t.Helper()
		u, err := w.chat.UnreachedMentions(w.ctx, w.people[who], m)
		w.ok(err)
		for _, p := range u.People {
			names = append(names, p.Name)
		}
		if len(names) > 0 && !u.Add {
			t.Error("a member may not add them")
		}
		return names
	}
	if got := names("bea", m); !slices.Equal(got, []string{"mei", "out"}) {
		t.Errorf("the author is told of %v", got)
	}
	if w.mentions("mei", 1)+w.mentions("ada", room) != 1 {
		t.Error("somebody outside is told")
	}
	for _, who := range []string{"ada", "mei"} {
		if got := names(who, m); len(got) > 0 {
			t.Errorf("%s is told of %v", who, got)
		}
	}
	if got := names("bea", w.says("bea", 1, "@mei, @nobody")); len(got) > 0 {
		t.Errorf("in an open room: %v", got)
	}
	w.ok(w.chat.AddMembers(w.ctx, w.people["ada"], room, w.ids("mei")))
	if got := names("bea", m); !slices.Equal(got, []string{"out"}) {
		t.Errorf("after one was added: %v", got)
	}
	w.now = w.now.Add(chat.UnreachedFor + 1)
	if got := names("bea", m); len(got) > 0 {
		t.Errorf("a minute later: %v", got)
	}
	m, err := w.chat.EditMessage(w.ctx, w.people["bea"], m.ID, "and what would @out say?")
	w.ok(err)
	if got := names("bea", m); !slices.Equal(got, []string{"out"}) {
		t.Errorf("after an edit: %v", got)
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bea"], room, false))
	w.now = m.At
	if _, err := w.chat.UnreachedMentions(w.ctx, w.people["bea"], m); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("who left is told: %v", err)
	}
}
