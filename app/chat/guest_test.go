package chat_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/app/chat"
)

// hotel is a world with a guest, kim, who is in the room "desk" with ada and bob; cleo and
// the open room "attic" are nothing to him.
func hotel(t *testing.T) (w *world, desk, attic chat.RoomID) {
	w = begin(t, "root", "ada", "bob", "cleo")
	w.guest("kim")
	desk, attic = w.room("desk", chat.Open, "ada", "bob", "kim"), w.room("attic", chat.Open, "cleo", "ada")
	w.says("cleo", attic, "the ladder is in the attic")
	w.says("bob", desk, "the ladder is at the desk")
	return w, desk, attic
}

func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, one := range list {
		all = append(all, name(one))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func username(a chat.Account) string { return a.Username }

func TestAGuestHasNoDirectory(t *testing.T) {
	w, desk, attic := hotel(t)
	kim := w.people["kim"]
	people, more, err := w.chat.People(w.ctx, kim, "", 0)
	w.ok(err)
	if got := names(people, username); got != "ada bob kim" || more {
		t.Error("the directory of a guest has", got, more)
	}
	if people, _, err = w.chat.People(w.ctx, kim, "cl", 0); err != nil || len(people) > 0 {
		t.Error("a guest finds", people, err)
	}
	if people, _, err = w.chat.People(w.ctx, w.people["bob"], "", 0); err != nil || len(people) != 5 {
		t.Error("a member finds", people, err)
	}
	for _, list := range []func() ([]chat.RoomListing, error){
		func() ([]chat.RoomListing, error) { return w.chat.OpenRooms(w.ctx, kim, "") },
		func() ([]chat.RoomListing, error) { l, _, err := w.chat.BrowseRooms(w.ctx, kim, "", 0); return l, err },
	} {
		rooms, err := list()
		if got := names(rooms, func(r chat.RoomListing) string { return r.Name }); got != "desk" || err != nil {
			t.Error("a guest is told of", got, err)
		}
	}
	_, err = w.chat.ReadableRoom(w.ctx, kim, attic)
	_, gone := w.chat.ReadableRoom(w.ctx, kim, 4242)
	if !errors.Is(err, chat.ErrNotFound) || err.Error() != gone.Error() {
		t.Error("another room is told from none:", err, gone)
	}
	w.ok(w.chat.LeaveRoom(w.ctx, kim, desk, false))
	if err := w.chat.JoinRoom(w.ctx, kim, desk); !errors.Is(err, chat.ErrNotFound) {
		t.Error("who left comes in again:", err)
	}
}

func TestAGuestKnowsWhoIsOrWasInARoomWithHim(t *testing.T) {
	w, desk, _ := hotel(t)
	kim := w.people["kim"]
	for name, known := range map[string]bool{"ada": true, "bob": true, "kim": true, "cleo": false, "root": false} {
		_, err := w.chat.Profile(w.ctx, kim, w.people[name].ID)
		_, picture := w.chat.PictureOf(w.ctx, kim, w.people[name].ID)
		blocked := name == "kim" || w.chat.SetBlocked(w.ctx, kim, w.people[name].ID, true) == nil
		if (err == nil) != known || blocked != known || !errors.Is(picture, chat.ErrNotFound) {
			t.Error(name, "is known:", err, blocked, picture)
		}
	}
	if _, err := w.chat.Profile(w.ctx, w.people["bob"], w.people["cleo"].ID); err != nil {
		t.Error("a member does not know another:", err)
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bob"], desk, false)) // what he said is still there
	if _, err := w.chat.Profile(w.ctx, kim, w.people["bob"].ID); err != nil {
		t.Error("who left is not known any more:", err)
	}
	if people, _, err := w.chat.People(w.ctx, kim, "", 0); err != nil || names(people, username) != "ada kim" {
		t.Error("who left is in the directory:", people, err)
	}
}

func TestAGuestWritesDirectlyToThoseInHisRooms(t *testing.T) {
	w, _, _ := hotel(t)
	kim := w.people["kim"]
	w.direct("kim", "bob")
	for _, to := range [][]string{{"cleo"}, {"bob", "cleo"}} {
		if _, err := w.chat.PostDirect(w.ctx, kim, w.ids(to...), chat.Draft{Body: "hello"}); !errors.Is(err, chat.ErrNotFound) {
			t.Error("he writes to", to, err)
		}
	}
	w.direct("cleo", "kim") // a member may begin
	w.direct("kim", "cleo")
	for _, a := range []error{
		w.chat.SetRole(w.ctx, kim, w.people["bob"].ID, chat.RoleGuest),
		func() error {
			_, err := w.chat.CreateRoom(w.ctx, kim, chat.NewRoom{Name: "den", Kind: chat.Private})
			return err
		}(),
		func() error { _, err := w.chat.CreateBot(w.ctx, kim, "robot", "Robot"); return err }(),
		w.chat.AddEmoji(w.ctx, kim, "kim", chat.File{}),
	} {
		if !errors.Is(a, chat.ErrForbidden) {
			t.Error("a guest may do what guests may not:", a)
		}
	}
}

func TestABotBeginsToTalkToThoseInItsRoomsAlone(t *testing.T) {
	w := begin(t, "root", "ada", "bob", "cleo", "dan")
	desk := w.room("desk", chat.Open, "bob")
	bot, err := w.chat.CreateBot(w.ctx, w.people["root"], "deployer", "Deployer")
	w.ok(err)
	w.people["deployer"] = bot
	refused := func(to ...string) {
		t.Helper()
		if _, err := w.chat.PostDirect(w.ctx, bot, w.ids(to...), chat.Draft{Body: "hello"}); !errors.Is(err, chat.ErrNotFound) {
			t.Error("it writes to", to, err)
		}
		if _, _, err := w.chat.FindDirect(w.ctx, bot, w.ids(to...)); !errors.Is(err, chat.ErrNotFound) {
			t.Error("it learns of", to, err)
		}
	}
	refused("bob")
	refused("root", "ada")
	w.direct("deployer", "root") // who made it
	w.ok(w.chat.AddMembers(w.ctx, w.people["bob"], desk, w.ids("deployer")))
	w.direct("deployer", "bob")
	refused("cleo")
	refused("bob", "cleo")
	w.direct("cleo", "deployer") // who wrote to it is answered
	w.direct("deployer", "cleo")
	w.ok(w.chat.RemoveMember(w.ctx, w.people["bob"], desk, bot.ID))
	w.direct("deployer", "bob") // it did before
	refused("dan")
	if _, err := w.chat.Profile(w.ctx, bot, w.people["dan"].ID); !errors.Is(err, chat.ErrNotFound) {
		t.Error("a bot knows of", err)
	}
	said, err := w.chat.Search(w.ctx, bot, chat.SearchInput{Text: "hello from:dan"})
	w.ok(err)
	nobody, err := w.chat.Search(w.ctx, bot, chat.SearchInput{Text: "hello from:nobody"})
	w.ok(err)
	if len(said.Search.UnknownPeople) != 1 || len(nobody.Search.UnknownPeople) != 1 {
		t.Error("a search of a bot tells who there is:", said.Search.UnknownPeople, nobody.Search.UnknownPeople)
	}
}

func TestASearchOfAGuestFindsHisRoomsAlone(t *testing.T) {
	w, desk, _ := hotel(t)
	kim := w.people["kim"]
	for query, want := range map[string]int{"ladder": 1, "ladder in:desk": 1, "ladder in:attic": 0, "in:general": 0,
		"ladder from:bob": 1, "ladder from:cleo": 0, "ladder from:nobody": 0} {
		p, err := w.chat.Search(w.ctx, kim, chat.SearchInput{Text: query})
		if err != nil || len(p.Hits) != want || want > 0 && p.Hits[0].Room != desk {
			t.Errorf("%s: %d hits, want %d (%v)", query, len(p.Hits), want, err)
		}
	}
	unknown, err := w.chat.Search(w.ctx, kim, chat.SearchInput{Text: "ladder from:cleo"})
	w.ok(err)
	nobody, err := w.chat.Search(w.ctx, kim, chat.SearchInput{Text: "ladder from:nobody"})
	w.ok(err)
	if len(unknown.Search.UnknownPeople) != 1 || len(nobody.Search.UnknownPeople) != 1 {
		t.Error("cleo is told from nobody:", unknown.Search.UnknownPeople, nobody.Search.UnknownPeople)
	}
}

func TestMentionsTellAGuestOfNobody(t *testing.T) {
	w, desk, attic := hotel(t)
	kim := w.people["kim"]
	m, err := w.chat.PostMessage(w.ctx, kim, desk, chat.Draft{Body: "@bob @cleo-x @cleo @nobody in #desk #attic #nowhere"})
	w.ok(err)
	if !slices.Equal(m.For, w.ids("bob")) || len(m.Text.RoomLinks()) != 1 || m.Text.RoomLinks()["desk"].ID != desk {
		t.Errorf("it is for %v and leads to %v", m.For, m.Text.RoomLinks())
	}
	if u, err := w.chat.UnreachedMentions(w.ctx, kim, m); err != nil || u.Any() {
		t.Error("he is told whom it did not reach:", u, err)
	}
	for query, want := range map[string]string{"": "ada bob", "c": "", "b": "bob"} {
		list, calls, err := w.chat.Mentionables(w.ctx, kim, desk, query)
		if got := names(list, func(s chat.Suggestion) string { return s.Username }); got != want || len(calls) > 0 || err != nil {
			t.Errorf("after @%s he is offered %q %v, want %q (%v)", query, got, calls, want, err)
		}
	}
	// Nor is a guest mentioned where he cannot look, and its author is told.
	if m = w.says("cleo", attic, "@kim look"); len(m.For) > 0 {
		t.Error("a guest is mentioned in a room that he does not see")
	}
	if u, err := w.chat.UnreachedMentions(w.ctx, w.people["cleo"], m); err != nil || len(u.People) != 1 || u.People[0].Username != "kim" ||
		!u.Add {
		t.Error("cleo is told", u, err)
	}
	if list, _, err := w.chat.Mentionables(w.ctx, w.people["cleo"], attic, "k"); err != nil || len(list) > 0 {
		t.Error("cleo is offered", list, err)
	}
}

func TestAGuestBecomesAMemberAndBack(t *testing.T) {
	w, desk, attic := hotel(t)
	w.ok(w.chat.SetRole(w.ctx, w.people["root"], w.people["kim"].ID, chat.RoleMember))
	kim := w.renew("kim")
	if _, err := w.chat.ReadableRoom(w.ctx, kim, attic); err != nil {
		t.Error("a member does not see an open room:", err)
	}
	if _, err := w.chat.Enter(w.ctx, kim, 1); err != nil {
		t.Error("a member is not in the room of everybody:", err)
	}
	own := w.room("own", chat.Private, "kim", "bob", "cleo")
	w.ok(w.chat.SetRole(w.ctx, w.people["root"], kim.ID, chat.RoleGuest))
	kim = w.renew("kim")
	if !kim.Guest || !kim.IsGuest() {
		t.Error("he is no guest:", kim)
	}
	if _, err := w.chat.ReadableRoom(w.ctx, kim, 1); !errors.Is(err, chat.ErrNotFound) {
		t.Error("a guest is in the room of everybody:", err)
	}
	if _, err := w.chat.Enter(w.ctx, kim, desk); err != nil {
		t.Error("a guest is not in his rooms any more:", err)
	}
	if got := w.owners(own); !slices.Equal(got, []string{"bob"}) {
		t.Error("his room belongs to", got)
	}
	if err := w.chat.SetRank(w.ctx, w.people["bob"], own, kim.ID, chat.RankOwner); !errors.Is(err, chat.ErrInvalid) {
		t.Error("a guest owns a room:", err)
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bob"], own, false))
	if got := w.owners(own); !slices.Equal(got, []string{"cleo"}) {
		t.Error("the room passed to", got)
	}
	told := slices.DeleteFunc(w.events, func(e chat.Event) bool { _, is := e.(chat.GuestChanged); return !is })
	if len(told) != 3 || told[2] != (chat.GuestChanged{Account: kim.ID, Guest: true}) {
		t.Error("his pages are told", told)
	}
}
