package sqlite

import (
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"parley/app/chat"
	"parley/db"
)

// Every word is indexed for a group: those who may read the message. What is
// said in an open room stands in the index as it is; before the words of a private
// room stands the key of the room, and those of a conversation are there once for
// each of its people, behind the key of the person. A search looks only at the
// words of its own groups, so that not even its duration tells of others.
//
// Beside its words a message has, again for each group: a mark, so that
// everything can be found; its author; what it has. And the key of its room, alone
// and with the author's. Keys are characters for private use, which no word has.

const (
	openKey   = "\uE100" // before what is no word of an open room
	factKeys  = '\uE000' // plus chat.Fact
	roomKeys  = 0xF0000  // digits to the base keyDigits
	humanKeys = 0x100000
	keyDigits = 0xF000
)

func key(first, id int64) string {
	var b []rune
	for ; id > 0 || len(b) == 0; id /= keyDigits {
		b = append(b, rune(first+id%keyDigits))
	}
	return string(b)
}

func roomKey(id chat.RoomID) string     { return key(roomKeys, int64(id)) }
func humanKey(id chat.AccountID) string { return key(humanKeys, int64(id)) }
func factKey(f chat.Fact) string        { return string(factKeys + rune(f)) }

// searchGroup is one of the groups that a message is indexed for, or that a person
// is part of.
type searchGroup struct {
	key   string        // before what is no word
	words string        // before a word
	rooms []chat.RoomID // of a search in some of its rooms only
}

var everybodyGroup = searchGroup{key: openKey}

func closedGroup(key string) searchGroup { return searchGroup{key: key, words: key} }

// indexEntry is a message as it is about to be indexed.
type indexEntry struct {
	chat.Message
	room   chat.RoomKind
	direct string // the ids of its people
	skip   bool   // not to be found
}

const entryQuery = `SELECT m.id, m.room_id, m.author_id, m.at, m.text, m.reactions, m.files, r.kind, coalesce(r.direct, ''),
	m.kind <> 0 OR m.deleted_at IS NOT NULL OR r.deleted_at IS NOT NULL FROM messages m JOIN rooms r ON r.id = m.room_id `

func scanEntry(r db.Scanner) (e indexEntry, err error) {
	var at int64
	var text, reactions, files sql.RawBytes
	if err := r.Scan(&e.ID, &e.Room, &e.Author.ID, &at, &text, &reactions, &files, &e.room, &e.direct, &e.skip); err != nil || e.skip {
		e.At = db.FromMillis(at)
		return e, err
	}
	e.At = db.FromMillis(at)
	if len(reactions) > 0 {
		if err := json.Unmarshal(reactions, &e.Reactions); err != nil {
			return e, err
		}
	}
	if e.Files, err = db.ParseFiles(files); err != nil {
		return e, err
	}
	return e, json.Unmarshal(text, &e.Text)
}

// groups are those who may read the message.
func (e indexEntry) groups() (list []searchGroup) {
	switch e.room {
	case chat.Open:
		return []searchGroup{everybodyGroup}
	case chat.Direct:
		for _, id := range db.ParseIDs(e.direct) {
			list = append(list, closedGroup(humanKey(id)))
		}
		return list
	}
	return []searchGroup{closedGroup(roomKey(e.Room))}
}

// words is the message as the index has it.
func (e indexEntry) words() string {
	var b strings.Builder
	put := func(s ...string) {
		for _, s := range s {
			b.WriteString(s)
		}
		b.WriteByte(' ')
	}
	room, author := roomKey(e.Room), humanKey(e.Author.ID)
	put(room)
	put(room, author)
	words := chat.Words(e.Plain())
	for _, a := range e.groups() {
		if a.key != room {
			put(a.key)
			put(a.key, author)
		}
		for _, f := range e.Facts() {
			put(a.key, factKey(f))
		}
		for _, w := range words {
			if !w.Alone {
				put(a.words, w.Token)
			}
		}
		for _, w := range words {
			if w.Alone {
				put(a.words, w.Token)
			}
		}
	}
	return b.String()
}

func indexMessage(t *db.Tx, e indexEntry) error {
	if e.skip {
		return nil
	}
	return t.Exec("INSERT INTO words (rowid, word) VALUES (?, ?)", e.ID, e.words())
}

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
	now, err := db.List(t, scanEntry, entryQuery+"WHERE m.id = ?", id)
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
	entries, err := db.List(t, scanEntry, entryQuery+"WHERE m.id > ? ORDER BY m.id LIMIT ?", upto, size)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	type bounds struct{ first, last chat.MessageID }
	days := map[int64]bounds{}
	for _, e := range entries {
		if err := indexMessage(t, e); err != nil {
			return 0, err
		}
		day := days[dayOf(e.At)]
		if day.first == 0 {
			day.first = e.ID
		}
		days[dayOf(e.At)] = bounds{day.first, e.ID}
	}
	for day, b := range days {
		if err := t.Exec(`INSERT INTO days (day, first, last) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
			SET first = min(first, ?2), last = max(last, ?3)`, day, b.first, b.last); err != nil {
			return 0, err
		}
	}
	return len(entries), t.Exec("UPDATE indexed SET upto = ?", entries[len(entries)-1].ID)
}

// dayOf counts days since 1970 in UTC.
func dayOf(at time.Time) int64 { return at.Unix() / (24 * 60 * 60) }
