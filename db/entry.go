package db

import (
	"context"
	"database/sql"
	"encoding/json"

	"parley/app/chat"
)

// Every word is indexed for a group: those who may read the message. What is
// said in an open room stands in the index as it is; before the words of a private
// room stands the key of the room, and those of a conversation are there once for
// each of its people, behind the key of the person. A search looks only at the
// words of its own groups, so that not even its duration tells of others.
//
// Beside its words a message has, again for each group: a mark, so that
// everything can be found; its author; what it has. And the key of its room, alone
// and with the author's; and one of each room that it links to, for nobody: so what links to
// a room is found when the room is renamed. Keys are characters for private use, which no
// word has.

const (
	openKey   = "\uE100" // before what is no word of an open room
	linkKeys  = "\uE101" // before the key of a room that is linked to
	border    = "\uE102" // between a text as it is shown and as it was typed
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

// roomKey stands for a room, among words.
func roomKey(id chat.RoomID) string { return key(roomKeys, int64(id)) }

// linkKey stands for a link to a room.
func linkKey(id chat.RoomID) string { return linkKeys + roomKey(id) }

// humanKey stands for a person.
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

// Entry is a message as it is about to be indexed.
type Entry struct {
	chat.Message
	Kind   chat.RoomKind // of its room
	Direct string        // the ids of its people, of a conversation
	Skip   bool          // not to be found
	links  []chat.RoomID // the rooms that its text links to
	typed  string        // what it says with the names under which it links to rooms; "": these are shown
}

// Entries reads entries within a change, with the names that rooms have now. Where chooses
// among the rows of EntryQuery.
func Entries(t *Tx, where string, args ...any) ([]Entry, error) {
	entries, err := List(t, ScanEntry, EntryQuery+where, args...)
	if err != nil {
		return nil, err
	}
	names := newRoomNames()
	for i := range entries {
		names.wantAll(entries[i].links)
	}
	if err := names.readWith(func(query string, args ...any) ([]namedRoom, error) { return List(t, scanNamedRoom, query, args...) }); err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].Relabel(names.name)
	}
	return entries, nil
}

// RoomNames reads what open rooms are called.
func RoomNames(ctx context.Context, d Queryer) (func(chat.RoomID) string, error) {
	rows, err := d.QueryContext(ctx, "SELECT id, name FROM rooms WHERE kind = 0 AND deleted_at IS NULL")
	if err != nil {
		return nil, err
	}
	rooms, err := ScanAll(rows, scanNamedRoom)
	names := map[chat.RoomID]string{}
	for _, r := range rooms {
		names[r.id] = r.name
	}
	return func(room chat.RoomID) string { return names[room] }, err
}

// Relabel gives the links in an entry the names that their rooms have now.
func (e *Entry) Relabel(name func(chat.RoomID) string) {
	if len(e.links) == 0 {
		return
	}
	typed := e.Plain()
	e.Text.Relabel(name)
	if e.Plain() != typed {
		e.typed = typed
	}
}

// EntryQuery reads entries with ScanEntry.
const EntryQuery = `SELECT m.id, m.room_id, m.author_id, m.at, m.text, m.reactions, m.files, r.kind, coalesce(r.direct, ''),
	m.kind <> 0 OR m.deleted_at IS NOT NULL OR r.deleted_at IS NOT NULL FROM messages m JOIN rooms r ON r.id = m.room_id `

// ScanEntry scans a row of EntryQuery, with the names under which rooms are linked to.
func ScanEntry(r Scanner) (e Entry, err error) {
	var at int64
	var text, reactions, files sql.RawBytes
	if err := r.Scan(&e.ID, &e.Room, &e.Author.ID, &at, &text, &reactions, &files, &e.Kind, &e.Direct, &e.Skip); err != nil || e.Skip {
		e.At = FromMillis(at)
		return e, err
	}
	e.At = FromMillis(at)
	if err := unmarshalKept(reactions, &e.Reactions); err != nil {
		return e, err
	}
	if e.Files, err = ParseFiles(files); err != nil {
		return e, err
	}
	err = json.Unmarshal(text, &e.Text)
	e.links = linkedRooms(&e.Text)
	return e, err
}

// groups are those who may read the message.
func (e Entry) groups() (list []searchGroup) {
	switch e.Kind {
	case chat.Open:
		return []searchGroup{everybodyGroup}
	case chat.Direct:
		for _, id := range ParseIDs(e.Direct) {
			list = append(list, closedGroup(humanKey(id)))
		}
		return list
	}
	return []searchGroup{closedGroup(roomKey(e.Room))}
}

// IndexedWord is a word of a message, behind the key of a group.
type IndexedWord struct {
	Key, Token string
	// Place is where it stands among those of its group, from 1 on; 0: it has no place, it
	// is a mark or stands alone.
	Place int
}

// Words tells the message as the index has it: marks, then for each group its words in
// their order, then those that stand alone. Where a room that it links to is called something
// else now, it has the words that are shown and those that were typed.
func (e Entry) Words(put func(IndexedWord)) {
	room, author := roomKey(e.Room), humanKey(e.Author.ID)
	mark := func(key, token string) { put(IndexedWord{Key: key, Token: token}) }
	mark(room, "")
	mark(room, author)
	for _, id := range e.links {
		mark(linkKey(id), "")
	}
	texts := [][]chat.Word{chat.Words(e.Plain())}
	if e.typed != "" {
		texts = append(texts, chat.Words(e.typed))
	}
	for _, a := range e.groups() {
		if a.key != room {
			mark(a.key, "")
			mark(a.key, author)
		}
		for _, f := range e.Facts() {
			mark(a.key, factKey(f))
		}
		place := 0
		for i, words := range texts {
			if i > 0 {
				place++
				put(IndexedWord{a.words, border, place})
			}
			for _, w := range words {
				if !w.Alone {
					place++
					put(IndexedWord{a.words, w.Token, place})
				}
			}
		}
		for _, words := range texts {
			for _, w := range words {
				if w.Alone {
					mark(a.words, w.Token)
				}
			}
		}
	}
}
