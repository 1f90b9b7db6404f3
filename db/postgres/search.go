package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/app/chat"
	"parley/db"
)

// index is how the vectors of words are asked.
var index = db.SearchIndex{
	From: "messages m JOIN rooms r ON r.id = m.room_id JOIN words w ON w.message_id = m.id",
	Has:  "w.word @@ CAST(?2 AS tsquery) AND w.message_id > ?3 AND w.message_id < ?4 AND w.at >= ?5 AND w.at < ?6",
	By:   "w.message_id",
	// A window takes a millisecond; a word that is rarer in it than a page has hits is rare
	// enough for all its hits to be sorted.
	Window: 2_000,
	With: `WITH w AS MATERIALIZED (SELECT message_id FROM words WHERE word @@ CAST(?2 AS tsquery)
		AND message_id > ?3 AND message_id < ?4 AND at >= ?5 AND at < ?6) `,
	// Without OFFSET all messages are walked through beside the few that were found.
	FromWith: "w CROSS JOIN LATERAL (SELECT * FROM messages WHERE id = w.message_id OFFSET 0) m JOIN rooms r ON r.id = m.room_id",
	Syntax: db.SearchSyntax{And: " & ", Or: " | ", AndNot: " & !", Phrase: func(words []string, beginning bool) string {
		quotedWords := make([]string, len(words))
		for i, w := range words {
			quotedWords[i] = quoted(w)
		}
		phrase := strings.Join(quotedWords, " <-> ")
		if beginning {
			phrase += ":*"
		}
		return "(" + phrase + ")"
	}},
}

// Search implements chat.SearchStore. What was said is in the index when it is stored; only
// what is indexed anew is behind for a moment.
func (d *DB) Search(ctx context.Context, who chat.AccountID,
	s chat.Search) (hits []chat.Hit, older chat.MessageID, behind bool, err error) {
	behind = d.indexNow(ctx)
	hits, older, err = d.SearchBy(ctx, who, s, db.NewSearchBounds(s), index)
	return hits, older, behind, err
}

const (
	// maxLexeme is how many bytes of a word a vector has, less than MAXSTRLEN of PostgreSQL.
	maxLexeme = 2000
	// maxPlace is the last place that a vector can tell; MAXENTRYPOS of PostgreSQL is one more.
	maxPlace = 1<<14 - 2
	// maxPlaces is how many places of one word a vector has; MAXNUMPOS of PostgreSQL.
	maxPlaces = 255
	// maxVector is how many bytes the words of a vector may have: MAXSTRPOS of PostgreSQL
	// is 2^20, with what is between them.
	maxVector = 900 << 10
)

// quoted is a word in the language of vectors and of their questions.
func quoted(word string) string {
	if len(word) > maxLexeme {
		word = word[:maxLexeme]
		for !utf8.ValidString(word) {
			word = word[:len(word)-1]
		}
	}
	return "'" + quotes.Replace(word) + "'"
}

var quotes = strings.NewReplacer("'", "''", `\`, `\\`)

// vector is a message as the index has it. Each group has places of its own: a phrase does
// not go from one into the other, as their words differ.
func vector(e db.Entry) string {
	places := map[string][]string{}
	var order []string
	size := 0
	e.Words(func(w db.IndexedWord) {
		word := w.Key + w.Token
		had, known := places[word]
		if !known {
			if size += len(word) + 8; size > maxVector {
				return // of nine people in a conversation the last do not find the end of a huge message
			}
			order = append(order, word)
		}
		size += 2
		if w.Place > 0 && w.Place <= maxPlace && len(had) < maxPlaces {
			had = append(had, strconv.Itoa(w.Place))
		}
		places[word] = had
	})
	var b strings.Builder
	for _, word := range order {
		b.WriteString(quoted(word))
		if at := places[word]; len(at) > 0 {
			b.WriteByte(':')
			b.WriteString(strings.Join(at, ","))
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func indexMessage(t *db.Tx, e db.Entry) error {
	if e.Skip {
		return t.Exec("DELETE FROM words WHERE message_id = ?", e.ID)
	}
	return t.Exec(`INSERT INTO words (message_id, at, word) VALUES (?1, ?2, CAST(CAST(?3 AS TEXT) AS tsvector))
		ON CONFLICT (message_id) DO UPDATE SET word = excluded.word, at = excluded.at`, e.ID, db.ToMillis(e.At), vector(e))
}

// Index implements db.Index.
func (x transaction) Index(t *db.Tx, id chat.MessageID) error { return x.Reindex(t, id) }

// Reindex implements db.Index.
func (transaction) Reindex(t *db.Tx, id chat.MessageID) error {
	now, err := db.Entries(t, "WHERE m.id = ?", id)
	if err != nil || len(now) == 0 {
		return err
	}
	return indexMessage(t, now[0])
}

// ReindexRoom implements db.Index.
func (transaction) ReindexRoom(t *db.Tx, room chat.RoomID) error { return db.NoteMovedRoom(t, room) }

// Unindex implements db.Index.
func (transaction) Unindex(t *db.Tx, ids []chat.MessageID) error {
	return t.Exec("DELETE FROM words WHERE message_id IN ids(?)", db.JSONList(ids))
}

const (
	// indexBatch is how many messages one transaction indexes anew.
	indexBatch = 200
	// indexWait is how long a search waits for what is being indexed anew.
	indexWait = time.Second
)

// indexNow brings the index up, as far as that takes a moment.
func (d *DB) indexNow(ctx context.Context) (behind bool) {
	for end := time.Now().Add(indexWait); ; {
		done, err := d.indexSome(ctx)
		if err != nil {
			slog.Warn("a search does not know everything", "error", err)
			return true
		}
		if done {
			return false
		}
		if time.Now().After(end) {
			return true
		}
	}
}

// unindexedNote is the key of a note that messages after an id are to be indexed: they came
// by an import. It comes before the notes of what is indexed anew.
const unindexedNote = "index.after"

// marked asks the index for messages with a word, see db.Reindexing.
const marked = `WITH w AS MATERIALIZED (SELECT message_id FROM words WHERE word @@ CAST(?1 AS tsquery) AND message_id > ?2)
	SELECT message_id FROM w ORDER BY message_id LIMIT ?3`

// indexSome indexes a batch of what came by an import, and of what is indexed anew.
func (d *DB) indexSome(ctx context.Context) (done bool, err error) {
	var some bool
	if err := d.One(ctx, "SELECT EXISTS (SELECT 1 FROM settings WHERE key = ? OR key > ? AND key < ?)",
		[]any{unindexedNote, db.AgainNotes, db.AgainEnd}, &some); err != nil || !some {
		return !some, err
	}
	err = (*engine)(d).Change(ctx, func(t *db.Tx) error {
		n, err := indexNext(t)
		if err != nil || n == indexBatch {
			return err
		}
		n, err = db.ReindexNoted(t, indexBatch, db.Reindexing{Upto: 1 << 62, Marked: marked, Syntax: index.Syntax,
			Index: func(e db.Entry) error { return indexMessage(t, e) }})
		done = n < indexBatch
		return err
	})
	return done, err
}

// indexNext indexes a batch of what is noted to be indexed; it tells how many there were.
func indexNext(t *db.Tx) (n int, err error) {
	var after chat.MessageID
	err = t.One("SELECT CAST(value AS BIGINT) FROM settings WHERE key = ?", []any{unindexedNote}, &after)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	entries, err := db.Entries(t, "WHERE m.id > ? ORDER BY m.id LIMIT ?", after, indexBatch)
	for _, e := range entries {
		if err == nil {
			err = indexMessage(t, e)
		}
	}
	switch {
	case err != nil:
	case len(entries) < indexBatch:
		err = t.Exec("DELETE FROM settings WHERE key = ?", unindexedNote)
	default:
		err = db.SetSetting(t, unindexedNote, fmt.Sprint(entries[len(entries)-1].ID))
	}
	return len(entries), err
}

// FollowIndex goes on, until ctx ends, with what indexing was interrupted in.
func (d *DB) FollowIndex(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if _, err := d.indexSome(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("the index of search stays behind for now", "error", err)
		}
	}
}

// BuildIndex brings the index of search up, however far it is behind.
func (d *DB) BuildIndex(ctx context.Context) error {
	for {
		if done, err := d.indexSome(ctx); done || err != nil {
			return err
		}
	}
}

// IndexLag tells how many messages are still to be indexed, at most.
func (d *DB) IndexLag(ctx context.Context) (n int64, err error) {
	return n, d.One(ctx, `SELECT coalesce((SELECT (SELECT count(*) FROM messages WHERE id > CAST(s.value AS BIGINT))
		FROM settings s WHERE key = ?), 0)`, []any{unindexedNote}, &n)
}
