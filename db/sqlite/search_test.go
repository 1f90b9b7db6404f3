package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
	"parley/db"
)

// finds counts what a person finds of one word.
func (f *file) finds(who chat.AccountID, word string) int {
	f.Helper()
	for n := chat.MessageID(1); n > 0; { // a search itself waits for a moment only
		var err error
		n, err = f.indexNext(f.Context(), followBatch)
		f.ok(err)
	}
	hits, _, behind, err := f.Search(f.Context(), who, chat.Search{All: []chat.Match{{Tokens: []string{word}}}, Limit: 1000})
	f.ok(err)
	if behind {
		f.Error("the index stays behind")
	}
	return len(hits)
}

func (f *file) number(query string, args ...any) (n int) {
	f.Helper()
	f.ok(f.One(f.Context(), query, args, &n))
	return n
}

func TestPostingDoesNoWorkForSearch(t *testing.T) {
	f := create(t, 2)
	f.says(1, 1, "first")
	f.finds(1, "first")
	was := f.number("SELECT sum(length(block)) FROM words_data")
	for range 50 {
		f.says(1, 1, "more")
	}
	if now := f.number("SELECT sum(length(block)) FROM words_data"); now != was {
		t.Error("the index grew while people posted")
	}
	if n := f.finds(2, "more"); n != 50 {
		t.Error("found", n)
	}
}

func TestTheIndexFollowsTheLog(t *testing.T) {
	f := create(t, 1)
	go f.FollowIndex(t.Context())
	for n := range 5 {
		for range 90 {
			f.says(1, 1, "word")
		}
		within(t, "the index is where the log is", func() bool { return f.number("SELECT count(*) FROM words_docsize") == (n+1)*90 })
	}
	for range 20 { // what came in small parts becomes one
		f.ok(f.mergeIndex(t.Context(), mergeQuiet))
	}
	if n := f.number("SELECT count(DISTINCT segid) FROM words_idx"); n > 8 {
		t.Error("the index is in", n, "parts")
	}
	if f.finds(1, "word") != 450 {
		t.Error("not all is found")
	}
}

func TestADeletedRoomLeavesTheIndex(t *testing.T) {
	f := create(t, 2)
	room := f.room("passing", 1, 2)
	for range 700 {
		f.says(room, 1, "passing")
	}
	f.says(1, 1, "passing by")
	if n := f.finds(2, "passing"); n != 701 {
		t.Error("found", n)
	}
	_, err := f.DeleteRoom(t.Context(), room, time.Now(), chat.NoAudit)
	f.ok(err)
	if n := f.finds(2, "passing"); n != 1 {
		t.Error("at once after the room was deleted:", n)
	}
	within(t, "nothing of the room is left", func() bool { return f.number("SELECT count(*) FROM words_docsize") == 1 })
	f.says(1, 1, "passing again") // ids have a gap now
	if n := f.finds(2, "passing"); n != 2 {
		t.Error("found", n)
	}
}

// What follows restores a message as an undo would.
func TestReindexMakesTheIndexAgree(t *testing.T) {
	f := create(t, 1)
	m := f.says(1, 1, "word")
	late := func() int { return f.finds(1, "word") }
	got := []int{late()}
	set := func(deleted any) {
		f.ok(f.change(t.Context(), func(x *db.Tx) error {
			if err := x.Exec("UPDATE messages SET deleted_at = ? WHERE id = ?", deleted, m.ID); err != nil {
				return err
			}
			return f.writer.Reindex(x, m.ID)
		}))
		got = append(got, late())
	}
	set(1)
	set(nil)
	set(nil)
	if fmt.Sprint(got) != "[1 0 1 1]" {
		t.Error("there, deleted, restored, restored again:", got)
	}
}

func TestAFileOfFormat1IsUpgradedAndItsMessagesAreFound(t *testing.T) {
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	first, err := migrations.ReadFile("migrations/0001.sql")
	f.ok(err)
	f.ok(script(f.path, string(first)+fmt.Sprintf(`;PRAGMA application_id = %d; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;
		INSERT INTO accounts (username, folded, skeleton, name, name_folded, password, created_at) VALUES ('ada', 'ada', 'ada', 'Ada', 'ada', '-', 1);
		INSERT INTO rooms (kind, name, skeleton, everyone, rev, posts, people, created_at, last_id) VALUES (0, 'general', 'general', 1, 1500, 1500, 1, 1, 1500);
		INSERT INTO memberships (room_id, account_id, rev, posts_read, joined_at) VALUES (1, 1, 0, 0, 1);
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
		INSERT INTO messages (room_id, rev, posts, kind, author_id, at, cont, body, text, addressed, cid)
			SELECT 1, i, i, 0, 1, i * 1000, 0, 'old word', CAST('{"b":[{"r":[{"t":"old word"}]}]}' AS BLOB), '', 'c' || i FROM n`, applicationID)))
	f.DB = f.open()
	if n := f.number("PRAGMA user_version"); n != Version() {
		t.Error("the format is", n)
	}
	f.says(1, 1, "a new word")
	within(t, "all of it is in the index", func() bool {
		_, _, behind, err := f.Search(t.Context(), 1, chat.Search{Limit: 1})
		return err == nil && !behind
	})
	hits, older, _, err := f.Search(t.Context(), 1, chat.Search{All: []chat.Match{{Tokens: []string{"old", "word"}}}, Before: 30, Limit: 25})
	f.ok(err)
	if n := f.finds(1, "word"); n != 1000 || len(hits) != 25 || older != 5 || hits[0].ID != 29 || hits[0].Place.Name != "general" {
		t.Errorf("%d found; of the old ones %d, then before %d", n, len(hits), older)
	}
	if names, _ := filepath.Glob(f.path + ".v1"); len(names) != 1 {
		t.Error("there is no copy of the file as it was")
	}
}

// A search must not walk through messages, people or rooms, however many there are.
func TestSearchScansNothingButItsWords(t *testing.T) {
	f := create(t, 2)
	f.room("private", 1, 2)
	f.says(1, 1, "hello")
	f.finds(2, "hello")
	f.stmts.Clear()
	for _, s := range []chat.Search{{}, {In: []chat.RoomID{1}}, {Since: noon, Until: noon.Add(time.Hour)}} {
		s.Limit = 10
		_, _, _, err := f.Search(t.Context(), 2, s)
		f.ok(err)
	}
	if _, err := f.RoomsNamed(t.Context(), 1, "general"); err != nil {
		t.Error(err)
	}
	f.stmts.Range(func(query, _ any) bool {
		rows, err := f.read.Query("EXPLAIN QUERY PLAN "+dialect.Translate(query.(string)), make([]any, parameters(query.(string)))...)
		f.ok(err)
		defer rows.Close()
		for rows.Next() {
			var id, parent, x int
			var detail string
			f.ok(rows.Scan(&id, &parent, &x, &detail))
			words := strings.HasPrefix(detail, "SCAN w VIRTUAL TABLE INDEX") && strings.Contains(query.(string), "MATCH")
			words = words || strings.HasPrefix(detail, "SCAN json_each") // a list that was given
			if strings.HasPrefix(detail, "SCAN") && !words && detail != "SCAN indexed" && !strings.Contains(detail, "CONSTANT ROW") ||
				strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s\nin %s", detail, query)
			}
		}
		return true
	})
}

// parameters counts those of a query: numbered ones by the highest number.
func parameters(query string) (n int) {
	for i := 9; i > 0; i-- {
		if strings.Contains(query, fmt.Sprint("?", i)) {
			return i
		}
	}
	return strings.Count(query, "?")
}
