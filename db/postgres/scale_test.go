package postgres

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/app/apptest/pgtest"
	"parley/app/chat"
	"parley/db"
)

var messages = flag.Int("messages", 0, "how many messages TestSearchAtScale measures with; 0: it is skipped")

// What a search takes among many messages, for words that are rare, common and of both kinds.
func TestSearchAtScale(t *testing.T) {
	if *messages == 0 {
		t.Skip("it takes a while: -messages 200000")
	}
	address := pgtest.Schema(t)
	d := openAt(t, address)
	workspace(t, d, 4, 4)
	words := strings.Fields("harbour map loads half time labels stay put phone lighthouse beam tablet ship monday release notes handbook " +
		"picture twice fixed test lunch bridge soup groups agreed later quay rope anchor 東京 京都 大阪")
	r := rand.New(rand.NewPCG(1, 2))
	fill := func(x *db.Tx, from, upto int) error {
		for n := from; n < upto; n++ {
			body := make([]string, 12)
			for i := range body {
				body[i] = words[r.IntN(len(words))]
			}
			if n%20_000 == 77 {
				body[3] = "xylophone 名古屋"
			}
			m := draft(t, chat.RoomID(1+n%4), chat.AccountID(1+n%4), strings.Join(body, " "), fmt.Sprint("s", n))
			var id chat.MessageID
			if err := x.One(`INSERT INTO messages (room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid)
				VALUES (?, ?, ?, ?, 0, ?, ?, 0, ?, '{}', '', ?) RETURNING id`,
				[]any{m.Room, n + 10, n + 10, n/4 + 1, m.Author.ID, db.ToMillis(noon), m.Body, m.CID}, &id); err != nil {
				return err
			}
			kept := chat.Message{ID: id, Room: m.Room, Author: m.Author, At: noon, Body: m.Body, Text: m.Text}
			if err := indexMessage(x, db.Entry{Message: kept, Kind: chat.Open}); err != nil {
				return err
			}
		}
		return nil
	}
	for n := 0; n < *messages; n += 2_000 {
		if err := (*engine)(d).Change(t.Context(), func(x *db.Tx) error { return fill(x, n, min(*messages, n+2_000)) }); err != nil {
			t.Fatal(err)
		}
	}
	pgtest.Query(t, address, "VACUUM ANALYZE")
	phrase := func(words ...string) chat.Search {
		return chat.Search{All: []chat.Match{{Tokens: words}}, Limit: 20}
	}
	for what, q := range map[string]chat.Search{
		"a rare word": phrase("xylophone"), "a common word": phrase("harbour"), "two characters": phrase("東京"),
		"a phrase": phrase("harbour", "map"), "a beginning": {All: []chat.Match{{Tokens: []string{"har"}, Prefix: true}}, Limit: 20},
		"a common and a rare one": {All: append(phrase("harbour").All, phrase("xylophone").All...), Limit: 20},
		"nothing":                 phrase("zzz"), "of somebody": {From: []chat.AccountID{2}, Limit: 20},
		"without": {All: phrase("harbour").All, None: phrase("map").All, Limit: 20},
	} {
		var took time.Duration
		hits := 0
		for range 5 {
			began := time.Now()
			found, _, _, err := d.Search(t.Context(), 1, q)
			if took = time.Since(began); err != nil {
				t.Fatal(err)
			}
			hits = len(found)
		}
		t.Logf("%-24s %3d hits in %v", what, hits, took)
	}
	var size string
	if err := d.One(t.Context(), "SELECT pg_size_pretty(pg_relation_size('words_by_word')) || ' index, ' || pg_size_pretty(pg_table_size('words')) || ' words, ' || pg_size_pretty(pg_total_relation_size('messages')) || ' messages'", nil, &size); err != nil {
		t.Fatal(err)
	}
	t.Log(size)
}
