package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"parley/app/chat"
	"parley/db"
)

// lived is a file in which all happened that can happen to a message.
func lived(t testing.TB) *file {
	f := create(t, 4)
	r, err := f.CreateRoom(f.Context(), chat.NewRoom{Kind: chat.Private, Name: "harbour", Topic: "ships", By: 1,
		People: []chat.AccountID{2, 3}}, noon)
	f.ok(err)
	q := f.says(1, 1, "Shall we meet at the **lighthouse**? @person2", 2)
	a := f.answers(q, 2, "Yes, at noon :tada:")
	gone := f.answers(q, 3, "no")
	edited := f.says(r.ID, 1, "a frist draft, 日本語 too")
	undone := f.says(r.ID, 2, "this comes back @person3", 3)
	d := draft(0, 1, "between us: the key is under the mat", "direct")
	if _, err = f.AddDirect(f.Context(), []chat.AccountID{1, 4}, d); err != nil {
		f.Fatal(err)
	}
	body := "a first draft, 日本語 too @person2"
	text, err := chat.ParseText(body)
	f.ok(err)
	text.Resolve(map[string]chat.AccountID{"person2": 2})
	if _, err = f.SetBody(f.Context(), edited.ID, chat.NewMessage{Body: body, Text: text, For: []chat.AccountID{2},
		At: noon.Add(chat.ContinuedWithin)}); err != nil {
		f.Fatal(err)
	}
	_, err = f.SetReactions(f.Context(), a.ID, func([]chat.Reaction) ([]chat.Reaction, error) {
		return []chat.Reaction{{Emoji: "👍", By: []chat.Person{{ID: 1, Username: "person1", Name: "person1"},
			{ID: 3, Username: "person3", Name: "person3"}}}}, nil
	})
	f.ok(err)
	_, err = f.DeleteMessage(f.Context(), gone.ID, 3, noon, chat.NoAudit)
	f.ok(err)
	f.ok(f.PurgeDeleted(f.Context(), noon.Add(1)))
	_, err = f.DeleteMessage(f.Context(), undone.ID, 2, noon, chat.NoAudit)
	f.ok(err)
	_, err = f.RestoreMessage(f.Context(), undone.ID, 2, noon)
	f.ok(err)
	_, _, err = f.RemoveMember(f.Context(), r.ID, 3, noon, chat.NoAudit)
	f.ok(err)
	_, err = f.SetTopic(f.Context(), 1, 1, "all of us", noon)
	f.ok(err)
	_, err = f.SetRead(f.Context(), 1, 2, q.ID)
	f.ok(err)
	f.ok(f.SetUnread(f.Context(), r.ID, 2, edited.ID))
	f.indexNow(f.Context())
	f.says(1, 4, "said after the index was made")
	return f
}

func (f *file) check() []db.Problem {
	f.Helper()
	r, err := Check(f.Context(), f.path, nil)
	f.ok(err)
	return r.Problems
}

func TestACheckFindsNothingWrongWithAFileThatLived(t *testing.T) {
	f := lived(t)
	if p := f.check(); len(p) > 0 {
		t.Error("open:", p)
	}
	f.indexNow(t.Context())
	f.ok(f.Writable(t.Context()))
	f.ok(f.Close())
	if p := f.check(); len(p) > 0 {
		t.Error("closed:", p)
	}
	big := filled(t, fillSize{messages: 2000, rooms: 12, people: 20})
	if p := big.check(); len(p) > 0 {
		t.Error("a filled one:", p)
	}
}

func TestACheckKnowsHowLongWordsTheIndexHas(t *testing.T) {
	f := create(t, 2)
	for i, body := range []string{"👩\u200d", "👩🏽\u200d", "👩" + strings.Repeat("🏽", 2)} {
		f.says(1, 1, fmt.Sprint(i, " ")+strings.Repeat(body, 9_500/len([]rune(body)))+"👩 end")
	}
	f.says(1, 1, strings.Repeat("日本", 4000)+strings.Repeat("Ä", 1000))
	for i := range 60 {
		f.says(1, 2, fmt.Sprint("ordinary ", i))
	}
	f.ok(f.BuildIndex(t.Context()))
	if p := f.check(); len(p) > 0 {
		t.Error(p)
	}
	f.ok(f.Repair(t.Context()))
	if p := f.check(); len(p) > 0 {
		t.Error("after a repair:", p)
	}
}

func TestACheckFindsWhatIsWrongAndARepairMendsIt(t *testing.T) {
	for want, spoil := range map[string]string{
		"room 1 has counted 9 posts":                    "UPDATE rooms SET posts = 9 WHERE id = 1",
		"room 2 has counted 7 people, there are 2":      "UPDATE rooms SET people = 7 WHERE id = 2",
		"says that its newest row is 1":                 "UPDATE rooms SET last_id = 1 WHERE id = 1",
		"room 1 stands at change 2":                     "UPDATE rooms SET rev = 2 WHERE id = 1",
		"has counted 5 replies, there are 1":            "UPDATE messages SET replies = 5 WHERE replies = 1",
		"person 2 has 4 unread messages":                "UPDATE memberships SET mentions = 4 WHERE account_id = 2 AND room_id = 2",
		"is not in the index of search":                 "DELETE FROM words WHERE rowid = (SELECT min(id) FROM messages WHERE kind = 0)",
		"is in the index of search and not in the file": "INSERT INTO words (rowid, word) VALUES (5000, 'stray')",
		"is found though it is not there for anybody": `INSERT INTO words (rowid, word)
			SELECT id, 'secret' FROM messages WHERE deleted_at IS NOT NULL`,
		"is in the index of search as something else": `INSERT OR REPLACE INTO words (rowid, word)
			SELECT min(id), 'other' FROM messages WHERE kind = 0`,
		"row 0 of mentions names a row of accounts that is not": "PRAGMA foreign_keys = OFF; INSERT INTO mentions VALUES (999, 1, 1)",
	} {
		t.Run(want, func(t *testing.T) {
			f := lived(t)
			f.ok(script(f.path, spoil))
			p := f.check()
			if !strings.Contains(fmt.Sprint(p), want) || p[0].Advice == "" {
				t.Fatalf("found: %v", p)
			}
			if p[0].Advice != db.ByRepair {
				return
			}
			f.ok(f.Repair(t.Context()))
			if p := f.check(); len(p) > 0 {
				t.Error("after the repair:", p)
			}
			found, err := db.All(t.Context(), f.Store, func(r db.Scanner) (id int, err error) { return id, r.Scan(&id) },
				`SELECT rowid FROM words WHERE words MATCH 'lighthouse'`)
			if f.ok(err); len(found) != 1 {
				t.Error("found after the repair:", found)
			}
		})
	}
}

func TestACheckFindsDamage(t *testing.T) {
	f := create(t, 1)
	for range 300 {
		f.says(1, 1, strings.Repeat("words ", 100))
	}
	f.ok(f.Close())
	ruin(f, f.path)
	if p := f.check(); len(p) == 0 || p[0].Advice != db.FromBackup {
		t.Error("found:", p)
	}
	if _, err := Check(t.Context(), f.path+".not", nil); err == nil {
		t.Error("a file that is not there is fine")
	}
}

// As a server numbers whose file another version has changed under it.
func TestACheckFindsRowsThatShareANumberAndARepairTellsThemApart(t *testing.T) {
	for name, spoil := range map[string]string{
		"a change and a number": `UPDATE messages SET rev = b.rev, born = b.rev, posts = b.posts
			FROM (SELECT * FROM messages WHERE room_id = 1 AND id > 2 AND kind = 0 ORDER BY id LIMIT 1) AS b
			WHERE messages.room_id = 1 AND messages.id > b.id AND messages.kind = 0`,
		"a change": `UPDATE messages SET rev = b.rev, born = b.rev
			FROM (SELECT max(id) AS id, max(rev) AS rev FROM messages WHERE room_id = 1) AS b
			WHERE messages.id = (SELECT max(id) FROM messages WHERE room_id = 1 AND id < b.id)`,
		"a number": `UPDATE messages SET posts = posts - 1
			WHERE id = (SELECT max(id) FROM messages WHERE room_id = 1 AND kind = 0);
			UPDATE rooms SET posts = posts - 1 WHERE id = 1`,
		"a change that fell": `UPDATE messages SET born = born - 3, rev = born - 3
			WHERE id = (SELECT max(id) FROM messages WHERE room_id = 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			f := lived(t)
			for n := range 6 {
				f.says(1, 1, fmt.Sprint("said once ", n))
			}
			f.indexNow(t.Context())
			f.ok(script(f.path, spoil))
			p := f.check()
			if len(p) == 0 || !strings.Contains(fmt.Sprint(p), "have the same") || p[len(p)-1].Advice != db.ByRepair {
				t.Fatal("found:", p)
			}
			f.ok(f.Repair(t.Context()))
			if p := f.check(); len(p) > 0 {
				t.Fatal("after the repair:", p)
			}
			m := f.says(1, 1, "and on it goes")
			r, _, err := f.RoomFor(t.Context(), 1, 1)
			if f.ok(err); r.Rev != m.Rev || r.Posts != m.Posts {
				t.Errorf("the room is at %d, %d, the message has %d, %d", r.Rev, r.Posts, m.Rev, m.Posts)
			}
			if unread, _ := f.marks(1, 4); unread < 0 {
				t.Error("unread:", unread)
			}
		})
	}
}

func TestACheckMissesWhatWasRemovedByNobody(t *testing.T) {
	f := lived(t)
	m := f.says(1, 1, "about to be lost")
	f.says(1, 1, "the next")
	f.ok(script(f.path, fmt.Sprintf("DELETE FROM messages WHERE id = %d", m.ID)))
	p := f.check()
	if !strings.Contains(fmt.Sprint(p), "room 1 misses 1 posts before message") || p[0].Advice != db.FromBackup {
		t.Error("found:", p)
	}
	f.ok(f.SetSetting(t.Context(), chat.SettingRetention, "0")) // it was on some day
	if p := f.check(); len(p) > 0 {
		t.Error("where old messages are removed:", p)
	}
}
