package chattest

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
)

// Archive is a store that can be carried away and brought in.
type Archive interface {
	Files
	archive.Importer
	// Export tells all of one state; hashes of passwords only when asked.
	Export(ctx context.Context, passwords bool, put func(archive.Record) error) error
	// Import stores all that read tells, or nothing; nobody may have used the store. read
	// may be called twice.
	Import(ctx context.Context, read func(put func(archive.Record) error) error) error
}

// RunArchive tries export and import on stores that open makes, as Run does.
func RunArchive(t *testing.T, open func(testing.TB) Archive) {
	for what, test := range archiveTests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			a := &archived{Archive: open(t), another: func() Archive { return open(t) }}
			a.store = &store{T: t, Store: a.Archive}
			test(a)
		})
	}
}

// archived is one under test.
type archived struct {
	Archive
	*store
	another func() Archive // one that nobody has used
}

func (a *archived) export(of Archive, passwords bool) (records []archive.Record, lines string) {
	a.Helper()
	var b strings.Builder
	a.ok(of.Export(a.Context(), passwords, func(r archive.Record) error {
		records = append(records, r)
		line, err := json.Marshal(r)
		b.Write(append(line, '\n'))
		return err
	}))
	return records, b.String()
}

func (a *archived) imports(into Archive, records []archive.Record) error {
	return into.Import(a.Context(), func(put func(archive.Record) error) error {
		for _, r := range records {
			if err := put(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// live has people say and do what an archive carries.
func (a *archived) live() chat.RoomID {
	a.Helper()
	ctx, s := a.Context(), a.store
	for _, name := range []string{"ada", "bea", "cid", "dan"} {
		s.account(name)
	}
	room := s.room("quay", 1, 2, 3)
	private := s.roomOf(chat.Private, "cellar", 2, 3)
	asked := s.says(room, 1, "a question for @bea, **soon**", 2)
	s.answers(asked, 2, "an answer")
	gone, edited := s.says(room, 3, "taken back"), s.says(private, 2, "a frist draft")
	_, err := s.Store.AddDirect(ctx, []chat.AccountID{1, 4}, s.draft(0, 1, "between us", "direct"))
	s.ok(err)
	_, err = s.Store.DeleteMessage(ctx, gone.ID, 3, noon, chat.NoAudit)
	s.ok(err)
	n := s.draft(private, 2, "a first draft", "")
	n.At = noon.Add(time.Minute)
	_, err = s.Store.SetBody(ctx, edited.ID, n)
	s.ok(err)
	_, err = s.Store.SetReactions(ctx, asked.ID, func([]chat.Reaction) ([]chat.Reaction, error) {
		return []chat.Reaction{{Emoji: "👍", By: []chat.Person{{ID: 3, Name: "cid"}}}}, nil
	})
	s.ok(err)
	_, err = s.Store.SetTopic(ctx, room, 1, "boats", noon)
	s.ok(err)
	_, err = s.Store.BanMember(ctx, room, 3, noon, chat.NoAudit)
	s.ok(err)
	yes := true
	s.ok(s.Store.SetRoomPrefs(ctx, room, 2, chat.RoomPrefs{Muted: &yes, MutedUntil: noon, Starred: &yes}))
	s.ok(s.Store.SetSlowMode(ctx, private, 30, chat.NoAudit))
	s.ok(s.SetWorldAccess(ctx, 1, chat.WorldSearches, chat.NoAudit))
	s.ok(s.Store.DisableAccount(ctx, 4, noon, true, false, chat.NoAudit))
	invite := auth.Invite{Code: "CODE", Uses: 3, Made: noon, Expires: noon.Add(time.Hour), By: chat.Person{ID: 1}}
	_, err = s.Store.AddInvite(ctx, invite, chat.NoAudit)
	s.ok(err)
	guests := auth.Invite{Code: "GUESTS", Role: chat.RoleGuest, Rooms: []chat.RoomID{room}, Made: noon, By: chat.Person{ID: 1}}
	_, err = s.Store.AddInvite(ctx, guests, chat.NoAudit)
	s.ok(err)
	s.ok(s.Store.SetRole(ctx, 3, chat.RoleGuest, chat.NoAudit))
	s.ok(s.Store.SetSettings(ctx, chat.Settings{chat.SettingSignup: chat.SignupInvites}, nil))
	s.ok(a.AddOrigin(ctx, "elsewhere", "user U1", 2))
	f := &filed{store: s, files: a.Archive}
	f.send(private, 2, f.upload(2, "map.txt", 0))
	f.show(room)
	return room
}

// show has pictures show a person, a room, the workspace and an emoji; one shows nothing.
func (f *filed) show(room chat.RoomID) {
	f.Helper()
	ctx := f.Context()
	f.ok(f.SetAccountPicture(ctx, 2, f.uploadFor(2, "face.png", chat.UseFace, 0).ID))
	f.ok(f.SetRoomPicture(ctx, room, f.uploadFor(1, "quay.png", chat.UseRoom, 0).ID))
	f.ok(f.SetLogo(ctx, f.uploadFor(1, "logo.png", chat.UseLogo, 0).ID, chat.NoAudit))
	ship := chat.CustomEmoji{Name: "shipit", File: f.uploadFor(1, "ship.png", chat.UseEmoji, 0).ID, By: chat.Person{ID: 1}, At: noon}
	f.ok(f.AddEmoji(ctx, ship, chat.NoAudit))
	f.uploadFor(1, "never.png", chat.UseFace, 0)
}

// shows names the pictures that show something.
func (f *filed) shows(room chat.RoomID) (names []string) {
	f.Helper()
	who, err := f.Account(f.Context(), 2)
	f.ok(err)
	r, _, err := f.RoomFor(f.Context(), room, 1)
	f.ok(err)
	set, err := f.Settings(f.Context())
	f.ok(err)
	emoji, err := f.Emoji(f.Context())
	f.ok(err)
	for _, id := range []chat.FileID{who.Picture, r.Picture, set.Logo(), emoji[0].File} {
		file, err := f.PictureInUse(f.Context(), id)
		f.ok(err)
		names = append(names, file.Name)
	}
	return names
}

var archiveTests = map[string]func(*archived){
	"what is brought in is carried away the same": func(a *archived) {
		room := a.live()
		records, lines := a.export(a.Archive, true)
		other := a.another()
		a.ok(a.imports(other, records))
		if _, again := a.export(other, true); again != lines {
			a.Errorf("an export\n%s\nbrought in is\n%s", lines, again)
		}
		there := &store{T: a.T, Store: other, cids: 100}
		file, err := other.FileByToken(a.Context(), "token of map.txt")
		a.ok(err)
		if got := (&filed{there, other}).bytesOf(file.ID, chat.FormOriginal); !bytes.Equal(got, content) {
			a.Errorf("%d bytes of a file are there, want %d", len(got), len(content))
		}
		a.equal((&filed{there, other}).shows(room), (&filed{a.store, a.Archive}).shows(room), "what pictures show")
		was, is := a.log(room), there.log(room)
		a.equal(ids(is), ids(was), "rows")
		for who := range chat.AccountID(2) {
			unread, mentions := a.unread(room, who+1)
			u, m := there.unread(room, who+1)
			a.equal([]int64{u, int64(m)}, []int64{unread, int64(mentions)}, "unread")
		}
		m := there.says(room, 1, "and on it goes")
		if m.ID <= was[len(was)-1].ID || m.Rev != a.rev(room)+1 {
			a.Errorf("the next message has id %d, rev %d, after id %d, rev %d", m.ID, m.Rev, was[len(was)-1].ID, a.rev(room))
		}
		a.equal(there.finds(2, word("question")), a.finds(2, word("question")), "found")
	},
	"hashes of passwords are carried only when asked": func(a *archived) {
		a.live()
		for _, asked := range []bool{true, false} {
			records, _ := a.export(a.Archive, asked)
			for _, r := range records {
				if account, ok := r.(*archive.Account); ok && (account.Password != "") != asked {
					a.Errorf("asked %v: the hash of %s is %q", asked, account.Username, account.Password)
				}
			}
		}
	},
	"an import stores all or nothing": func(a *archived) {
		a.live()
		records, _ := a.export(a.Archive, true)
		other := a.another()
		if err := a.imports(other, append(records, records[len(records)-1])); err == nil {
			a.Error("the same twice is stored")
		}
		empty, err := other.IsEmpty(a.Context())
		a.ok(err)
		a.equal(empty, true, "empty after a refusal")
		a.ok(a.imports(other, records))
		if err := a.imports(other, records); err == nil {
			a.Error("it is stored over what is used")
		}
	},
	"what came from elsewhere comes once": func(a *archived) {
		ctx := a.Context()
		a.account("ada")
		for range 2 {
			known, err := a.ImportedIDs(ctx, "elsewhere")
			a.ok(err)
			who := chat.AccountID(known["user U1"])
			if who == 0 {
				people, err := a.AddPeople(ctx, "elsewhere", []archive.NewPerson{{Key: "user U1", Username: "ada", Name: "Ada", Created: noon}})
				a.ok(err)
				who = people[0].ID
				if people[0].Username == "ada" {
					a.Error("two people have one username")
				}
			}
			r, _, err := a.AddRoom(ctx, "elsewhere", archive.NewRoom{Key: "room C1", Name: "quay", People: []chat.AccountID{1, who}, Created: noon})
			a.ok(err)
			n := a.draft(r.ID, who, "said elsewhere", "elsewhere 1")
			a.ok(a.AddHistory(ctx, r.ID, []*archive.HistoryRow{{Author: who, At: noon, Body: n.Body, Text: n.Text, CID: n.CID}}))
			a.equal(len(a.log(r.ID)), 1, "rows")
			unread, _ := a.unread(r.ID, 1)
			a.equal(unread, 0, "unread: it is nobody's news")
		}
	},
	"files come with what came from elsewhere": func(a *archived) {
		ctx := a.Context()
		a.account("ada")
		at := noon.AddDate(-2, 0, 0)
		there := &filed{a.store, a.Archive}
		r, _, err := a.AddRoom(ctx, "elsewhere", archive.NewRoom{Key: "room C1", Name: "quay", People: []chat.AccountID{1}, Created: at})
		a.ok(err)
		row := func(with ...chat.File) *archive.HistoryRow {
			return &archive.HistoryRow{Author: 1, At: at, CID: "elsewhere 1", Files: with}
		}
		one, two := there.upload(1, "map.txt", 0), there.upload(1, "list.txt", 0)
		two.Alt = "What to buy"
		a.ok(a.AddHistory(ctx, r.ID, []*archive.HistoryRow{row(two, one)}))
		m, err := a.MessageByCID(ctx, 1, "elsewhere 1")
		a.ok(err)
		if m.Body != "" || len(m.Files) != 2 || m.Files[0].Name != two.Name || m.Files[0].Alt != two.Alt || m.Files[1].Name != one.Name {
			a.Errorf("the message is %+v", m)
		}
		stored, err := a.FileByToken(ctx, one.Token)
		a.ok(err)
		a.equal(stored.At, at, "when it was sent")
		again := there.upload(1, "again.txt", 0)
		a.ok(a.AddHistory(ctx, r.ID, []*archive.HistoryRow{row(again)}))
		if m, err = a.MessageByCID(ctx, 1, "elsewhere 1"); err != nil || len(m.Files) != 2 {
			a.Errorf("a second time it is %+v, %v", m, err)
		}
		unsent, err := a.UnsentFiles(ctx, 1, []string{again.Token})
		a.ok(err)
		a.equal(len(unsent), 1, "uploads that no message took")
		a.account("bea")
		of := there.upload(2, "hers.txt", 0)
		lost := row(of)
		lost.CID = "elsewhere 2"
		a.is(a.AddHistory(ctx, r.ID, []*archive.HistoryRow{lost}), chat.ErrConflict, "a file of somebody else")
	},
}
