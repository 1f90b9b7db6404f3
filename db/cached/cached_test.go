package cached

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
)

func rankOf(m *chat.Membership) chat.Rank {
	if m == nil {
		return 0
	}
	return m.Rank
}

// truth fails the test when something kept is not what the file says.
func (f *file) truth(people []chat.AccountID, rooms []chat.RoomID, hashes [][]byte) {
	f.Helper()
	ctx := f.Context()
	same := func(what string, kept, read any, err, again error) {
		f.Helper()
		if fmt.Sprint(err) != fmt.Sprint(again) || err == nil && !reflect.DeepEqual(kept, read) {
			f.Fatalf("%s: kept %+v (%v), the file says %+v (%v)", what, kept, err, read, again)
		}
	}
	for _, who := range people {
		kept, err := f.Sidebar(ctx, who)
		read, again := f.DB.Sidebar(ctx, who)
		same("sidebar", kept, read, err, again)
		for _, room := range rooms {
			k, km, err := f.RoomAccess(ctx, room, who)
			r, rm, again := f.DB.RoomFor(ctx, room, who)
			n, nm, err2 := f.RoomFor(ctx, room, who)
			same("room", []any{n, nm}, []any{r, rm}, err2, again)
			same("standing", []any{k.Name, k.Topic, k.Kind, km != nil, rankOf(km)}, []any{r.Name, r.Topic, r.Kind, rm != nil, rankOf(rm)},
				err, again)
		}
	}
	for _, room := range rooms {
		kept, err := f.Members(ctx, room)
		read, again := f.DB.Members(ctx, room)
		same("occupants", kept, read, err, again)
		if _, _, err := f.RoomFor(ctx, room, 0); err == nil {
			page, err := f.History(ctx, room, chat.Span{}, chat.PageSize)
			fresh, again := f.DB.History(ctx, room, chat.Span{}, chat.PageSize)
			fresh.AsOf = page.AsOf
			same("page", page, fresh, err, again)
		}
	}
	for _, h := range hashes {
		kept, err := f.SessionOf(ctx, h)
		read, again := f.DB.SessionOf(ctx, h)
		same("session", kept, read, err, again)
	}
}

func TestWhatIsKeptIsWhatTheFileSays(t *testing.T) {
	f := create(t, 4)
	ctx := t.Context()
	people := []chat.AccountID{1, 2, 3, 4}
	rooms := []chat.RoomID{1, f.room("one", 1, 2), f.room("two", 2, 3, 4), f.room("three", 3)}
	var hashes [][]byte
	for i := range 4 {
		hashes = append(hashes, fmt.Appendf(nil, "hash %d", i))
	}
	seed := uint64(time.Now().UnixNano()) // each run tries others
	t.Log("seed", seed)
	rnd := rand.New(rand.NewPCG(seed, 6))
	for i := range 300 {
		who, room, hash := people[rnd.IntN(4)], rooms[rnd.IntN(len(rooms))], hashes[rnd.IntN(4)]
		switch rnd.IntN(34) {
		case 0:
			f.AddMembers(ctx, room, []chat.AccountID{who}, noon)
		case 1:
			f.RemoveMember(ctx, room, who, noon, chat.NoAudit)
		case 2:
			f.SetRoomName(ctx, room, who, fmt.Sprint("name ", i), noon)
		case 3:
			f.SetTopic(ctx, room, who, fmt.Sprint("topic ", i), noon)
		case 4:
			f.ChangeProfile(ctx, chat.Person{ID: who}, func(p *chat.Profile) error { p.Name = fmt.Sprint("Name ", i); return nil })
		case 5:
			f.SetRole(ctx, who, chat.Role(rnd.IntN(3)-1), chat.NoAudit)
		case 6:
			f.AddSession(ctx, auth.Session{Hash: hash, Account: chat.Account{Person: chat.Person{ID: who}}, Created: noon, Seen: noon}, 2)
		case 7:
			f.DeleteSession(ctx, hash)
		case 8:
			f.Touch(ctx, auth.Uses{Sessions: map[string]time.Time{string(hash): noon.Add(time.Duration(i) * time.Minute)}})
		case 9:
			f.SetPassword(ctx, who, "-", chat.NoAudit)
		case 10:
			f.SetRead(ctx, room, who, 1<<40)
		case 11:
			page, err := f.DB.History(ctx, room, chat.Span{}, 1)
			f.ok(err)
			if len(page.Messages) > 0 {
				f.DeleteMessage(ctx, page.Messages[0].ID, who, noon, chat.NoAudit)
			}
		case 12:
			f.AddDirect(ctx, []chat.AccountID{who, 1 + who%4}, draft(0, who, "psst", fmt.Sprint("d", i)))
		case 13:
			yes := i%2 == 0
			f.SetRoomPrefs(ctx, room, who, chat.RoomPrefs{Starred: &yes, Muted: &yes})
		case 14:
			f.ChangePrefs(ctx, who, func(p *chat.Prefs) error { p.Theme = "dark"; return nil })
		case 15:
			page, err := f.DB.History(ctx, room, chat.Span{}, 5)
			f.ok(err)
			if len(page.Messages) > 0 {
				f.ok(f.SetUnread(ctx, room, who, page.Messages[0].ID))
			}
		case 16:
			if r, err := f.CreateRoom(ctx, chat.NewRoom{Name: fmt.Sprint("new ", i), Kind: chat.Open, By: who, People: []chat.AccountID{1 + who%4}},
				noon); err == nil {
				rooms = append(rooms, r.ID)
			}
		case 17:
			f.SetRank(ctx, room, who, chat.Rank(rnd.IntN(3)), chat.NoAudit)
		case 18:
			f.BanMember(ctx, room, who, noon, chat.NoAudit)
		case 19:
			f.UnbanMember(ctx, room, who, chat.NoAudit)
		case 33:
			f.SetRoomPicture(ctx, room, chat.FileID(i))
		case 20:
			f.SetSlowMode(ctx, room, i, chat.NoAudit)
		case 21:
			f.SetVisibility(ctx, room, who, chat.RoomKind(rnd.IntN(2)), noon, chat.NoAudit)
		case 22:
			f.DisableAccount(ctx, who, noon, false, false, chat.NoAudit)
		case 23:
			f.EnableAccount(ctx, who, chat.NoAudit)
		case 24:
			f.SetRoomPrefs(ctx, room, who, chat.RoomPrefs{Raise: true})
		case 25:
			f.ExpireSessions(ctx, noon.Add(-time.Hour), noon.Add(time.Duration(i%40)*time.Minute))
		case 26:
			f.SetAllRead(ctx, who)
		case 27:
			f.EndSessions(ctx, who, chat.NoAudit)
		case 28:
			f.ok(f.DB.BuildIndex(ctx)) // which knows of what day a message is
			_, err := f.DeleteBefore(ctx, noon.Add(time.Millisecond))
			f.ok(err)
		default:
			f.AddMessage(ctx, f.linking(room, who, rooms[rnd.IntN(len(rooms))], fmt.Sprint("c", i), 1+who%4))
		}
		f.truth(people, rooms, hashes)
	}
	if _, err := f.DeleteRoom(ctx, rooms[1], time.Now(), chat.NoAudit); !errors.Is(err, chat.ErrNotFound) { // the last one took it along
		f.ok(err)
	}
	f.truth(people, rooms, hashes)
}

// Ownership of a room may pass on in a change that is about other rooms and other people.
func TestWhoComesToOwnARoomIsNotKeptAsAMember(t *testing.T) {
	f := create(t, 4)
	ctx := t.Context()
	guests, own := f.room("guests", 1, 2), f.room("own", 4, 3)
	f.ok(f.SetRole(ctx, 3, chat.RoleAdmin, chat.NoAudit)) // somebody has to be
	for _, who := range []chat.AccountID{1, 2} {
		f.ok(f.SetRole(ctx, who, chat.RoleGuest, chat.NoAudit))
	}
	_, err := f.AddMembers(ctx, guests, []chat.AccountID{3, 4}, noon)
	f.ok(err)
	people, rooms := []chat.AccountID{1, 2, 3, 4}, []chat.RoomID{guests, own}
	f.truth(people, rooms, nil)
	f.ok(f.SetRole(ctx, 4, chat.RoleGuest, chat.NoAudit))
	f.truth(people, rooms, nil)
}

func TestWhatIsReadWhileSomethingChangesIsNotKept(t *testing.T) {
	f := create(t, 3)
	room := f.room("a room", 1, 2)
	var all sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					f.Sidebar(t.Context(), 2)
					f.RoomAccess(t.Context(), room, 2)
					f.Members(t.Context(), room)
					f.History(t.Context(), room, chat.Span{}, chat.PageSize)
				}
			}
		})
	}
	for i := range 60 {
		f.says(room, 1, fmt.Sprint("line ", i))
		if i%2 == 0 {
			_, _, err := f.RemoveMember(t.Context(), room, 2, noon, chat.NoAudit)
			f.ok(err)
		} else {
			_, err := f.AddMembers(t.Context(), room, []chat.AccountID{2}, noon)
			f.ok(err)
		}
		f.truth([]chat.AccountID{1, 2}, []chat.RoomID{room}, nil)
	}
	close(stop)
	all.Wait()
}

func TestWhatAnotherProcessChangesIsNoticed(t *testing.T) {
	f := create(t, 1)
	ctx := t.Context()
	noticed := make(chan struct{}, 100)
	go f.DB.WatchOtherProcesses(ctx, func() { noticed <- struct{}{} })
	f.ok(f.ChangeProfile(ctx, chat.Person{ID: 1}, func(p *chat.Profile) error { p.Name = "Before"; return nil }))
	_, err := f.Members(ctx, 1)
	f.ok(err)
	other := f.open()
	within(t, "another process's name is seen", func() bool {
		f.ok(other.ChangeProfile(ctx, chat.Person{ID: 1}, func(p *chat.Profile) error { p.Name = "After"; return nil }))
		people, err := f.Members(ctx, 1)
		f.ok(err)
		return people[0].Name == "After"
	})
	select {
	case <-noticed:
	case <-time.After(20 * time.Second):
		t.Error("nobody was told")
	}
}

// Somebody makes a room, and fifty others, whom it does not concern, look at theirs.
func BenchmarkARoomIsMadeBesideFifty(b *testing.B) {
	f := create(b, 51)
	ctx := b.Context()
	for b.Loop() {
		_, err := f.CreateRoom(ctx, chat.NewRoom{Name: fmt.Sprint("room ", time.Now().UnixNano()), Kind: chat.Open, By: 1}, noon)
		f.ok(err)
		for who := chat.AccountID(2); who <= 51; who++ {
			_, err := f.Sidebar(ctx, who)
			f.ok(err)
			_, _, err = f.RoomAccess(ctx, 1, who)
			f.ok(err)
		}
	}
}

// kept counts what is remembered and still true.
func (f *file) kept(people []chat.AccountID, rooms []chat.RoomID, hashes [][]byte) map[string]int {
	n := map[string]int{}
	for _, who := range people {
		if rooms, _ := f.keptSidebar(who); rooms != nil {
			n["sidebars"]++
		}
		for _, room := range rooms {
			if v, ok, _ := f.access.get(db.RoomAccount{Room: room, Who: who}); ok && !f.memberChanges.changedSince(v.at, room) {
				n["access"]++
			}
		}
	}
	for _, room := range rooms {
		if v, ok, _ := f.members.get(room); ok && !f.memberChanges.changedSince(v.at, room) {
			n["members"]++
		}
		if v, ok, _ := f.newest.get(room); ok && !f.countChanges.changedSince(v.at, room) {
			n["pages"]++
		}
	}
	for _, h := range hashes {
		if _, ok, _ := f.sessions.get(string(h)); ok {
			n["sessions"]++
		}
	}
	return n
}

// What one person does makes little untrue: nothing else is forgotten.
func TestOnlyWhatAChangeMadeUntrueIsForgotten(t *testing.T) {
	f := create(t, 4)
	ctx := t.Context()
	people := []chat.AccountID{1, 2, 3, 4}
	rooms := []chat.RoomID{1, f.room("one", 1, 2), f.room("two", 2, 3, 4)}
	var hashes [][]byte
	for _, who := range people {
		h := fmt.Appendf(nil, "hash %d", who)
		hashes = append(hashes, h)
		_, err := f.AddSession(ctx, auth.Session{Hash: h, Account: chat.Account{Person: chat.Person{ID: who}}, Created: noon, Seen: noon}, 2)
		f.ok(err)
	}
	for _, room := range rooms {
		f.says(room, 2, "words")
	}
	yes := true
	var m chat.Message
	for _, c := range []struct {
		what string
		do   func() error
		lost map[string]int
	}{
		{"nothing", func() error { return nil }, nil},
		{"mutes a room", func() error { return f.SetRoomPrefs(ctx, rooms[2], 3, chat.RoomPrefs{Muted: &yes}) },
			map[string]int{"sidebars": 1, "access": 1}},
		{"picks a theme", func() error {
			_, err := f.ChangePrefs(ctx, 3, func(p *chat.Prefs) error { p.Theme = "dark"; return nil })
			return err
		}, map[string]int{"sessions": 1}},
		{"reads", func() error { _, err := f.SetRead(ctx, rooms[2], 3, 1<<40); return err }, map[string]int{"sidebars": 1}},
		{"says something", func() error { m = f.says(rooms[2], 3, "more words"); return nil }, map[string]int{"sidebars": 3, "pages": 1}},
		{"edits it", func() error {
			_, err := f.SetBody(ctx, m.ID, draft(rooms[2], 3, "other words", ""))
			return err
		}, map[string]int{"sidebars": 3, "pages": 1}},
		{"sets a topic", func() error { _, err := f.SetTopic(ctx, rooms[2], 3, "a topic", noon); return err }, map[string]int{"sidebars": 3,
			"access": 4, "members": 1, "pages": 1}},
		{"is seen", func() error {
			return f.Touch(ctx, auth.Uses{Sessions: map[string]time.Time{string(hashes[2]): noon.Add(time.Minute)}})
		}, nil},
		{"logs out", func() error { return f.DeleteSession(ctx, hashes[2]) }, map[string]int{"sessions": 1}},
		{"leaves", func() error { _, _, err := f.RemoveMember(ctx, rooms[2], 3, noon, chat.NoAudit); return err }, map[string]int{"sidebars": 3,
			"access": 4, "members": 1, "pages": 1}},
		{"reports", func() error { return f.AddReport(ctx, m.ID, 2, "bad", noon) }, nil},
	} {
		f.truth(people, rooms, hashes) // everything is remembered
		before := f.kept(people, rooms, hashes)
		f.ok(c.do())
		after := f.kept(people, rooms, hashes)
		for _, what := range []string{"sidebars", "access", "members", "pages", "sessions"} {
			if lost := before[what] - after[what]; lost != c.lost[what] {
				t.Errorf("somebody %s: %d of %d %s were forgotten, want %d", c.what, lost, before[what], what, c.lost[what])
			}
		}
	}
}

// A room that is read a moment after its page was remembered is no newer than the page:
// whoever asks for what came since gets the rest.
func TestARoomIsNotNewerThanItsRememberedPage(t *testing.T) {
	f := create(t, 2)
	ctx := t.Context()
	room := f.room("quay", 1, 2)
	f.says(room, 1, "first")
	rules := chat.New(f.Store, nil, chat.NewLimits(nil), nil)
	who := chat.Account{Person: chat.Person{ID: 2}}
	before, err := rules.OpenRoom(ctx, who, room, chat.RoomQuery{})
	f.ok(err)
	other := f.open() // commits as the writer does, and nobody has been told yet
	_, err = other.AddMessage(ctx, draft(room, 1, "second", "by another"))
	f.ok(err)
	f.sidebars.forget(2) // the room is read again, the page is not
	after, err := rules.OpenRoom(ctx, who, room, chat.RoomQuery{})
	f.ok(err)
	shown := after.Messages[len(after.Messages)-1]
	if after.Room.Rev > shown.Rev {
		t.Errorf("the page is at rev %d and shows nothing after rev %d (it was at %d)", after.Room.Rev, shown.Rev, before.Room.Rev)
	}
}
