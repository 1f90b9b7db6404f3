package sqlite

import (
	"strings"

	"parley/app/chat"
	"parley/db"
)

// words is the message as the index has it.
func words(e db.Entry) string {
	var b strings.Builder
	e.Words(func(w db.IndexedWord) {
		b.WriteString(w.Key)
		b.WriteString(w.Token)
		b.WriteByte(' ')
	})
	return b.String()
}

func indexMessage(t *db.Tx, e db.Entry) error {
	if e.Skip {
		return nil
	}
	return t.Exec("INSERT INTO words (rowid, word) VALUES (?, ?)", e.ID, words(e))
}

// Index implements db.Index: FollowIndex comes to it.
func (*writer) Index(*db.Tx, chat.MessageID) error { return nil }

// Imported implements db.Transaction.
func (*writer) Imported(*db.Tx) error { return nil }

// Reindex implements db.Index. Each change of what a message says, or of whether it is
// there, ends with it.
func (*writer) Reindex(t *db.Tx, id chat.MessageID) error {
	var upto chat.MessageID
	if err := t.One("SELECT upto FROM indexed", nil, &upto); err != nil || id > upto {
		return err
	}
	if err := t.Exec("DELETE FROM words WHERE rowid = ?", id); err != nil {
		return err
	}
	now, err := db.Entries(t, "WHERE m.id = ?", id)
	if err != nil || len(now) == 0 {
		return err
	}
	return indexMessage(t, now[0])
}

// Unindex implements db.Index.
func (*writer) Unindex(t *db.Tx, ids []chat.MessageID) error {
	return t.Exec("DELETE FROM words WHERE rowid IN ids(?)", db.JSONList(ids))
}

// indexBatch brings the index up to the log by at most size messages; it tells how
// many there were.
func indexBatch(t *db.Tx, size int) (n int, err error) {
	var upto chat.MessageID
	if err := t.One("SELECT upto FROM indexed", nil, &upto); err != nil {
		return 0, err
	}
	entries, err := db.Entries(t, "WHERE m.id > ? ORDER BY m.id LIMIT ?", upto, size)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	type bounds struct{ first, last chat.MessageID }
	days := map[int64]bounds{}
	for _, e := range entries {
		if err := indexMessage(t, e); err != nil {
			return 0, err
		}
		day := days[db.DayOf(e.At)]
		if day.first == 0 {
			day.first = e.ID
		}
		days[db.DayOf(e.At)] = bounds{day.first, e.ID}
	}
	for day, b := range days {
		if err := t.Exec(`INSERT INTO days (day, first, last) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
			SET first = min(first, ?2), last = max(last, ?3)`, day, b.first, b.last); err != nil {
			return 0, err
		}
	}
	return len(entries), t.Exec("UPDATE indexed SET upto = ?", entries[len(entries)-1].ID)
}

// ReindexRoom implements db.Index.
func (*writer) ReindexRoom(t *db.Tx, room chat.RoomID) error { return db.NoteMovedRoom(t, room) }

// marked asks the index for messages with a word, see db.Reindexing.
const marked = "SELECT rowid FROM words WHERE word MATCH ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3"

// reindexBatch indexes at most size messages anew of those that notes are about; it tells
// how many there were. Fewer: there are no more.
func reindexBatch(t *db.Tx, size int) (n int, err error) {
	var upto chat.MessageID
	if err := t.One("SELECT upto FROM indexed", nil, &upto); err != nil {
		return 0, err
	}
	return db.ReindexNoted(t, size, db.Reindexing{Upto: upto, Marked: marked, Syntax: index.Syntax, Index: func(e db.Entry) error {
		if err := t.Exec("DELETE FROM words WHERE rowid = ?", e.ID); err != nil {
			return err
		}
		return indexMessage(t, e)
	}})
}
