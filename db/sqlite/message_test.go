package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
	"parley/db"
)

// answers stores a reply.
func (f *file) answers(m chat.Message, author chat.AccountID, body string) chat.Message {
	f.Helper()
	cids++
	n := draft(m.Room, author, body, fmt.Sprint("cid", cids))
	n.Quote = chat.QuoteOf(m)
	r, err := f.AddMessage(f.Context(), n)
	f.ok(err)
	return r.Message
}

func TestAReplyIsToldWithTheMessageThatItAnswers(t *testing.T) {
	f := create(t, 2)
	q := f.says(1, 1, "a question")
	at, err := f.ChangesSince(t.Context(), 1, 0, 200)
	f.ok(err)
	a := f.answers(q, 2, "an answer")
	c, err := f.ChangesSince(t.Context(), 1, at.Rev, 200)
	f.ok(err)
	if len(c.Messages) != 2 || c.Messages[0].ID != q.ID || c.Messages[0].Replies != 1 || c.Messages[1].Quote.ID != q.ID ||
		c.Messages[1].Quote.Text != "a question" || c.Messages[1].Cont {
		t.Errorf("%+v", c.Messages)
	}
	if a.Rev != at.Rev+1 || c.Messages[0].Rev != at.Rev+2 || c.Rev != at.Rev+2 {
		t.Errorf("the reply has rev %d, the question %d, the room %d after %d", a.Rev, c.Messages[0].Rev, c.Rev, at.Rev)
	}
	d, err := f.DeleteMessage(t.Context(), a.ID, 2, noon, chat.NoAudit)
	f.ok(err)
	if len(d.With) != 1 || d.With[0].ID != q.ID || d.With[0].Replies != 0 {
		t.Errorf("with the deletion changed %+v", d.With)
	}
	b, err := f.RestoreMessage(t.Context(), a.ID, 2, noon)
	f.ok(err)
	if len(b.With) != 1 || b.With[0].Replies != 1 || b.Quote.Text != "a question" {
		t.Errorf("%+v with %+v", b.Message, b.With)
	}
	if _, err := f.DeleteMessage(t.Context(), q.ID, 1, noon, chat.NoAudit); err != nil {
		t.Fatal(err)
	}
	if m, err := f.Message(t.Context(), a.ID); err != nil || !m.Quote.Deleted || m.Quote.Text+m.Quote.By != "" {
		t.Errorf("the quote of a deleted message is %+v, %v", m.Quote, err)
	}
	n := draft(1, 2, "too late", "late")
	n.Quote = chat.QuoteOf(q)
	if _, err := f.AddMessage(t.Context(), n); err == nil || err.Error() != chat.AnswersNothing {
		t.Error("a reply to what was just deleted:", err)
	}
}

func TestAConversationGoesUpAndDown(t *testing.T) {
	f := create(t, 2)
	root := f.says(1, 1, "root")
	f.says(1, 1, "beside")
	a, b := f.answers(root, 2, "a"), f.answers(root, 1, "b")
	aa := f.answers(a, 1, "aa")
	f.answers(b, 2, "bb")
	aaa := f.answers(aa, 2, "aaa")
	want := func(id chat.MessageID, up, down int, bodies string, more bool) {
		t.Helper()
		all, is, err := f.Thread(t.Context(), id, chat.ThreadSpan{Up: up, Down: down, Bytes: 1 << 20})
		f.ok(err)
		var got []string
		for _, m := range all {
			got = append(got, m.Body)
		}
		if strings.Join(got, " ") != bodies || is != more {
			t.Errorf("%q, more %v; want %q, %v", got, is, bodies, more)
		}
	}
	want(root.ID, 50, 200, "root a b aa bb aaa", false)
	want(a.ID, 50, 200, "root a aa aaa", false)
	want(aaa.ID, 50, 200, "root a aa aaa", false)
	want(aaa.ID, 1, 200, "aa aaa", false)
	want(root.ID, 50, 3, "root a b aa", true)
	want(root.ID, 50, 5, "root a b aa bb aaa", false)
}

func TestWhatWasDeletedIsInNoFileAfterTheSweep(t *testing.T) {
	f := create(t, 2)
	var secrets []string
	for i := range 20 {
		secret := fmt.Sprintf("xylophone%dx", i)
		m := f.says(1, 1, secret+strings.Repeat(" and more words", i*20))
		text, _ := chat.ParseText("changed " + secret)
		_, err := f.SetBody(t.Context(), m.ID, chat.NewMessage{Body: "changed " + secret, Text: text, At: noon})
		f.ok(err)
		if i%2 == 0 {
			_, err := f.DeleteMessage(t.Context(), m.ID, 1, noon, chat.NoAudit)
			f.ok(err)
			secrets = append(secrets, secret)
		}
	}
	f.ok(f.PurgeDeleted(t.Context(), noon)) // a minute has not passed
	if n := f.count(secrets); n != len(secrets) {
		t.Fatalf("before the sweep %d of %d are there", n, len(secrets))
	}
	f.ok(f.PurgeDeleted(t.Context(), noon.Add(time.Millisecond)))
	if n := f.count(secrets); n != 0 {
		t.Errorf("%d of %d deleted texts are still in the files", n, len(secrets))
	}
	if n := f.count([]string{"xylophone1x", "xylophone19x"}); n != 2 {
		t.Error("what was not deleted is gone")
	}
	plan, err := db.All(t.Context(), f.Store, func(r db.Scanner) (s string, err error) { var a, b, c int; return s, r.Scan(&a, &b, &c, &s) },
		"EXPLAIN QUERY PLAN SELECT id FROM messages WHERE deleted_by IS NOT NULL AND deleted_at < ? LIMIT ?", 1, 1)
	f.ok(err)
	if strings.Contains(strings.Join(plan, "\n"), "SCAN") {
		t.Errorf("the sweep looks at every message: %q", plan)
	}
}

// count tells how many words are anywhere in the data file or beside it.
func (f *file) count(words []string) (n int) {
	f.Helper()
	names, _ := filepath.Glob(f.path + "*")
	var b []byte
	for _, name := range names {
		part, err := os.ReadFile(name)
		f.ok(err)
		b = append(b, part...)
	}
	for _, w := range words {
		if bytes.Contains(b, []byte(w)) {
			n++
		}
	}
	return n
}

func TestAFileOfFormat1OpensWithEverythingEqual(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := migrations.ReadFile("migrations/0001.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := script(path, "PRAGMA journal_mode = WAL;"+string(old)+fmt.Sprintf(`;
		INSERT INTO accounts (id, username, folded, skeleton, name, name_folded, role, password, created_at) VALUES (1, 'ada', 'ada', 'ada', 'Ada', 'ada', 1, '-', 1);
		INSERT INTO rooms (id, kind, name, skeleton, everyone, rev, posts, people, last_id, last_author, last_at, created_at) VALUES (1, 0, 'general', 'general', 1, 3, 2, 1, 2, 1, 2, 1);
		INSERT INTO memberships (room_id, account_id, owner, rev, posts_read, joined_at) VALUES (1, 1, 1, 0, 1, 1);
		INSERT INTO messages (id, room_id, rev, posts, kind, author_id, at, cont, body, text, addressed, cid, reactions) VALUES
			(1, 1, 1, 1, 0, 1, 1, 0, 'hello', CAST('{"b":[{"r":[{"t":"hello"}]}]}' AS BLOB), '', 'c1', CAST('[{"e":"🎉","by":[{"ID":1,"Name":"Ada"}]}]' AS BLOB));
		INSERT INTO messages (id, room_id, rev, posts, kind, author_id, at, cont, body, text, addressed, cid, deleted_at) VALUES (2, 1, 3, 2, 0, 1, 2, 1, '', CAST('{}' AS BLOB), '', 'c2', 5);
		PRAGMA application_id = %d; PRAGMA user_version = 1`, applicationID)); err != nil {
		t.Fatal(err)
	}
	f := &file{TB: t, path: path}
	f.DB = f.open()
	m, err := f.Message(t.Context(), 1)
	f.ok(err)
	if m.Body != "hello" || m.Text.Plain() != "hello" || len(m.Reactions) != 1 || m.Quote.ID != 0 || m.Replies != 0 || m.Rev != 1 {
		t.Errorf("%+v", m)
	}
	if m, err := f.Message(t.Context(), 2); err != nil || !m.Deleted {
		t.Errorf("%+v, %v", m, err)
	}
	if _, _, err := f.Deletion(t.Context(), 2); err == nil {
		t.Error("what was deleted for good can be brought back")
	}
	if _, err := os.Stat(path + ".v1"); err != nil {
		t.Error("no copy was made:", err)
	}
}
