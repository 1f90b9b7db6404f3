package sqlite

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

var freeze = flag.Bool("freeze", false,
	"keep a data file of this format in testdata, with a list of what it holds; once, before it is released")

// listing is all that a file tells of itself.
func (f *file) listing() string {
	f.Helper()
	var b strings.Builder
	put := func(what string, v ...any) {
		j, err := json.Marshal(v)
		f.ok(err)
		fmt.Fprintf(&b, "%s %s\n", what, j)
	}
	ctx := f.Context()
	settings, err := f.Settings(ctx)
	f.ok(err)
	put("settings", settings["workspace.name"], settings["limit.messages"])
	for id := chat.AccountID(1); ; id++ {
		a, err := f.Account(ctx, id)
		if err != nil {
			break
		}
		_, hash, err := f.Password(ctx, a.Username)
		if !a.Disabled { // else nobody is told
			f.ok(err)
		}
		put("account", a.ID, a.Username, a.Name, a.Role, a.Created, a.Disabled, a.Title, a.Bio, a.Prefs.Zone, hash)
		rooms, err := f.Sidebar(ctx, id)
		f.ok(err)
		for _, r := range rooms {
			put("sidebar", r.ID, r.Title(), r.Rank == chat.RankOwner, r.Unread(r.Room), r.Mentions, r.Level, r.Muted, r.Star > 0)
		}
		sessions, err := f.SessionsOf(ctx, id)
		f.ok(err)
		for _, s := range sessions {
			put("session", s.Hash, s.Agent, s.Created)
		}
		for _, word := range []string{"lighthouse", "draft", "frist", "日本", "key", "mat", "no", "index"} {
			hits, _, _, err := f.Search(ctx, id, chat.Search{All: []chat.Match{{Tokens: []string{word}}}, Limit: 9})
			f.ok(err)
			for _, h := range hits {
				put("finds", word, h.ID)
			}
		}
		mentions, err := f.MentionsOf(ctx, id, 0, 9)
		f.ok(err)
		for _, m := range mentions {
			put("mentioned", m.ID)
		}
	}
	for id := chat.RoomID(1); id < 9; id++ {
		r, _, err := f.RoomFor(ctx, id, 0)
		if err != nil {
			continue
		}
		put("room", r.ID, r.Kind, r.Name, r.Topic, r.Everyone, r.Rev, r.Posts, r.Last, r.People, r.Created)
		people, err := f.Members(ctx, id)
		f.ok(err)
		type listed struct {
			chat.Person
			Owner bool // as it was before there were moderators
		}
		list := make([]listed, len(people))
		for i, p := range people {
			list[i] = listed{p.Person, p.Rank == chat.RankOwner}
		}
		put("people", list)
		p, err := f.History(ctx, id, chat.Span{}, 100)
		f.ok(err)
		for _, m := range p.Messages {
			put("message", m.ID, m.Rev, m.Posts, m.Kind, m.Author, m.At, m.Cont, m.Body, m.Text, m.For, m.CID, m.Edited, m.Deleted, m.Quote.ID,
				m.Replies, m.System, m.Reactions)
			versions, _, err := f.Versions(ctx, m.ID, 0, 100, 1<<20)
			f.ok(err)
			slices.Reverse(versions)
			for _, v := range versions {
				put("version", v.At, v.Text)
			}
		}
	}
	f.listGoverned(put)
	return b.String()
}

// frozen is a file with something of everything that this format can hold.
func frozen(t testing.TB) *file {
	f := lived(t)
	ctx := f.Context()
	f.ok(f.ChangeProfile(ctx, chat.Person{ID: 2, Username: "bea"}, func(p *chat.Profile) error {
		*p = chat.Profile{Name: "Bea Lindqvist", Title: "Keeper of the light", Bio: "Up at night."}
		return nil
	}))
	_, err := f.ChangePrefs(ctx, 2, func(p *chat.Prefs) error { p.Zone = "Europe/Stockholm"; return nil })
	f.ok(err)
	f.ok(f.SetSetting(ctx, "limit.messages", "77"))
	level, yes := chat.Level(2), true
	f.ok(f.SetRoomPrefs(ctx, 2, 2, chat.RoomPrefs{Level: &level, Starred: &yes}))
	s := auth.Session{Hash: bytes.Repeat([]byte{7}, 32), Agent: "A browser", Created: noon, Seen: noon}
	s.Account.ID = 2
	_, err = f.AddSession(ctx, s, 9)
	f.ok(err)
	f.governed()
	return f
}

// governed adds what administrators and moderators leave in a file.
func (f *file) governed() {
	f.Helper()
	audit := chat.NewAuditEntry(noon, chat.Account{Person: chat.Person{ID: 1, Username: "person1"}}, chat.AuditSetRank, "@person2",
		"moderator of #general")
	f.ok(f.SetRank(f.Context(), 1, 2, chat.RankModerator, audit))
	ctx := f.Context()
	f.ok(f.SetSlowMode(ctx, 1, 30, chat.NoAudit))
	f.room("quay", 2, 4)
	_, err := f.BanMember(ctx, 4, 4, noon, chat.NoAudit)
	f.ok(err)
	for _, i := range []auth.Invite{{Code: "CODEWITHOUTBOUND", Made: noon}, {Code: "CODEFORONEADMIN1", Role: chat.RoleAdmin, Uses: 1,
		Made: noon, Expires: noon.Add(time.Hour), By: chat.Person{ID: 1}}} {
		_, err := f.AddInvite(ctx, i, chat.NoAudit)
		f.ok(err)
	}
	f.ok(f.RevokeInvite(ctx, 2, noon, chat.NoAudit))
	f.ok(f.AddReport(ctx, 3, 3, "too romantic", noon))
	f.ok(f.SetReset(ctx, 2, 1, bytes.Repeat([]byte{9}, 32), noon.Add(time.Hour), chat.NoAudit))
	_, err = f.AddAccount(ctx, auth.NewAccount{Username: "loud", Name: "Loud", Hash: "-", At: noon}, chat.NoAudit)
	f.ok(err)
	f.ok(f.DisableAccount(ctx, 5, noon, true, false, chat.NoAudit))
	f.ok(f.SetCertificate(ctx, "chat.example.org", []byte("PEM")))
}

// listGoverned tells of that; nothing of a file from before there was such.
func (f *file) listGoverned(put func(string, ...any)) {
	f.Helper()
	ctx := f.Context()
	for room := chat.RoomID(1); room < 9; room++ {
		r, _, err := f.RoomFor(ctx, room, 0)
		if err != nil {
			continue
		}
		if r.Slow > 0 {
			put("slow", r.ID, r.Slow)
		}
		people, err := f.Members(ctx, room)
		f.ok(err)
		for _, p := range people {
			if p.Rank > chat.RankOwner {
				put("rank", r.ID, p.ID, p.Rank.String())
			}
		}
		banned, err := f.BannedMembers(ctx, room)
		f.ok(err)
		for _, p := range banned {
			put("banned", r.ID, p.ID)
		}
	}
	invites, err := f.Invites(ctx, 9)
	f.ok(err)
	for _, i := range invites {
		put("invite", i.ID, i.Code, i.Role, i.Uses, i.Used, i.By.ID, i.Made, i.Expires, i.Revoked)
	}
	reports, err := f.Reports(ctx, 1, true, 9)
	f.ok(err)
	for _, r := range reports {
		put("report", r.Message.ID, r.By)
	}
	entries, err := f.AuditLog(ctx, 0, 9)
	f.ok(err)
	for _, d := range entries {
		put("deed", d)
	}
	if a, err := f.ResetOf(ctx, bytes.Repeat([]byte{9}, 32), noon); err == nil {
		put("reset", a.ID)
	}
	if records, err := f.AccountRecords(ctx, "", chat.StateBanned, 0, 9); err == nil {
		for _, r := range records {
			put("kept out", r.ID, r.Username)
		}
	}
	if p, err := f.Certificate(ctx, "chat.example.org"); err == nil {
		put("certificate", p)
	}
}

func TestADataFileOfEveryReleasedFormatOpensWithEverythingEqual(t *testing.T) {
	if *freeze {
		keepFrozen(t)
	}
	names, err := filepath.Glob("testdata/format*.db.gz")
	if err != nil || len(names) == 0 {
		t.Fatal("there are none:", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
			f.unpack(name)
			f.DB = f.open()
			f.indexNow(t.Context())
			want, err := os.ReadFile(strings.TrimSuffix(name, ".db.gz") + ".txt")
			f.ok(err)
			if got := f.listing(); got != string(want) {
				t.Errorf("it holds\n%s\nand should hold\n%s", got, want)
			}
			if p := f.check(); len(p) > 0 {
				t.Error("it is not as it should be:", p)
			}
		})
	}
}

// unpack writes a file of testdata to its path.
func (f *file) unpack(name string) {
	f.Helper()
	r, err := os.Open(name)
	f.ok(err)
	defer r.Close()
	z, err := gzip.NewReader(r)
	f.ok(err)
	b, err := io.ReadAll(z)
	f.ok(err)
	f.ok(os.WriteFile(f.path, b, 0o600))
}

func keepFrozen(t *testing.T) {
	f := frozen(t)
	to := filepath.Join(t.TempDir(), "frozen.db")
	f.ok(Backup(context.Background(), f.path, to))
	b, err := os.ReadFile(to)
	f.ok(err)
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	f.ok(err)
	_, err = w.Write(b)
	f.ok(err)
	f.ok(w.Close())
	f.indexNow(t.Context())
	f.ok(os.MkdirAll("testdata", 0o755))
	name := fmt.Sprintf("testdata/format%d", Version())
	f.ok(os.WriteFile(name+".db.gz", packed.Bytes(), 0o644))
	f.ok(os.WriteFile(name+".txt", []byte(f.listing()), 0o644))
}

// old makes a file of format 1 with messages in it.
func (f *file) old(messages int) {
	f.Helper()
	first, err := migrations.ReadFile("migrations/0001.sql")
	f.ok(err)
	f.ok(script(f.path, fmt.Sprintf(`%s; PRAGMA application_id = %d; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;
		INSERT INTO accounts (username, folded, skeleton, name, name_folded, password, created_at) VALUES ('ada', 'ada', 'ada', 'Ada', 'ada', '-', 1);
		INSERT INTO rooms (kind, name, skeleton, everyone, rev, posts, people, created_at, last_id) VALUES (0, 'general', 'general', 1, %[3]d, %[3]d, 1, 1, %[3]d);
		INSERT INTO memberships (room_id, account_id, rev, posts_read, joined_at) VALUES (1, 1, 0, 0, 1);
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %[3]d)
		INSERT INTO messages (room_id, rev, posts, kind, author_id, at, cont, body, text, addressed, cid)
			SELECT 1, i, i, 0, 1, i * 1000, 0, 'old word', CAST('{"b":[{"r":[{"t":"old word"}]}]}' AS BLOB), '', 'c' || i FROM n`, first,
		applicationID, messages)))
}

func TestAnUpgradeThatWasInterruptedStartsAgain(t *testing.T) {
	for stop := 2; stop <= Version(); stop++ {
		f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
		f.old(50)
		was := f.bytes()
		f.ok(os.WriteFile(f.path+".v1.part", []byte("half a copy of an attempt before"), 0o600))
		ctx, cancel := context.WithCancel(t.Context())
		onStep = func(n int) {
			if n == stop {
				cancel()
			}
		}
		_, err := Open(ctx, f.path)
		onStep = func(int) {}
		if err == nil {
			t.Fatal("it was not interrupted")
		}
		copied, err := os.ReadFile(f.path + ".v1")
		f.ok(err)
		var version int
		d, err := openAs(t.Context(), f.path, rw)
		f.ok(err)
		f.ok(d.QueryRow("PRAGMA user_version").Scan(&version))
		f.ok(d.Close())
		if version != 1 {
			t.Errorf("interrupted in step %d the file has format %d", stop, version)
		}
		f.DB = f.open()
		f.indexNow(t.Context())
		if p := f.check(); len(p) > 0 || f.number("PRAGMA user_version") != Version() {
			t.Error("after the second attempt:", p)
		}
		if n := f.number("SELECT count(*) FROM messages WHERE body = 'old word'"); n != 50 {
			t.Error("messages after the second attempt:", n)
		}
		again, err := os.ReadFile(f.path + ".v1")
		if f.ok(err); !bytes.Equal(copied, again) || len(copied) != len(was) {
			t.Error("the copy of the file as it was is another one")
		}
	}
}
