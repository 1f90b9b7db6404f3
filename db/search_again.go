package db

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"parley/app/chat"
)

// Some changes of a room concern what was said long ago. A room that becomes private or
// open is indexed anew for those who may read it now; what links to a room that is called
// something else now is found by that name, too. That is done a batch at a time, under a note
// of how far it has come, so that it goes on where it was interrupted. Until then the index
// has some of it as it was: a search does not find all, and nobody finds more.

// The notes are settings. Their keys say what is indexed anew, their values up to which
// message that is done.
const (
	movedNotes = "index.room." // what was said in the room behind it
	linkNotes  = "index.link." // what links to the room behind it
	linksNote  = "index.links" // whatever links to a room: the index did not tell before
)

// The keys of all notes are between these two.
const (
	AgainNotes = "index.link"
	AgainEnd   = "index.room/"
)

// NoteMovedRoom notes that what was said in a room is to be indexed anew.
func NoteMovedRoom(t *Tx, room chat.RoomID) error {
	return SetSetting(t, fmt.Sprint(movedNotes, room), "0")
}

// noteLinks notes that what links to a room is to be indexed anew.
func noteLinks(t *Tx, room chat.RoomID) error { return SetSetting(t, fmt.Sprint(linkNotes, room), "0") }

// againNote is one of the notes.
type againNote struct {
	key  string
	upto chat.MessageID
}

func scanAgainNote(r Scanner) (n againNote, err error) {
	var upto string
	if err := r.Scan(&n.key, &upto); err != nil {
		return n, err
	}
	id, err := strconv.ParseInt(upto, 10, 64)
	n.upto = chat.MessageID(id)
	return n, err
}

// room is the room behind the beginning of a key; false: it does not begin so.
func (n againNote) room(begin string) (room chat.RoomID, is bool) {
	rest, is := strings.CutPrefix(n.key, begin)
	if !is {
		return 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return chat.RoomID(id), err == nil
}

// againNotes lists at most ?3 of them; ?1 and ?2 are the bounds of their keys.
const againNotes = "SELECT key, value FROM settings WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT ?3"

// Reindexing is how an engine indexes anew.
type Reindexing struct {
	// Upto is the last message that its index has.
	Upto chat.MessageID
	// Index indexes one anew.
	Index func(Entry) error
	// Marked asks the index for at most ?3 messages after ?2 with a word ?1, the oldest first.
	Marked string
	Syntax SearchSyntax
}

// walkedAtOnce is how many ids are looked at together where the index cannot tell.
const walkedAtOnce = 5_000

// ReindexNoted has at most size messages indexed anew, those that notes are about; it tells
// how many there were. Fewer: there are no more.
func ReindexNoted(t *Tx, size int, x Reindexing) (n int, err error) {
	for n < size {
		notes, err := List(t, scanAgainNote, againNotes, AgainNotes, AgainEnd, 1)
		if err != nil || len(notes) == 0 {
			return n, err
		}
		note := notes[0]
		entries, next, err := x.entries(t, note, size-n)
		if err != nil {
			return n, err
		}
		for _, e := range entries {
			if err := x.Index(e); err != nil {
				return n, err
			}
		}
		n += len(entries)
		if next > 0 {
			return size, SetSetting(t, note.key, fmt.Sprint(next))
		}
		if err := t.Exec("DELETE FROM settings WHERE key = ?", note.key); err != nil {
			return n, err
		}
	}
	return n, nil
}

// entries are the next ones that a note is about, and up to which message that is all;
// 0: there are no more.
func (x Reindexing) entries(t *Tx, note againNote, size int) (entries []Entry, next chat.MessageID, err error) {
	if room, is := note.room(movedNotes); is {
		entries, err = Entries(t, "WHERE m.room_id = ? AND m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ?", room, note.upto, x.Upto, size)
		return entries, uptoLast(entries, size), err
	}
	if room, is := note.room(linkNotes); is {
		ids, err := List(t, ScanID[chat.MessageID], x.Marked, x.Syntax.quoted(linkKey(room)), note.upto, size)
		if err != nil || len(ids) == 0 {
			return nil, 0, err
		}
		if entries, err = Entries(t, "WHERE m.id IN ids(?)", JSONList(ids)); len(ids) == size {
			next = ids[size-1]
		}
		return entries, next, err
	}
	if note.key != linksNote {
		return nil, 0, nil
	}
	var last chat.MessageID
	if err := t.One("SELECT coalesce(max(id), 0) FROM messages", nil, &last); err != nil {
		return nil, 0, err
	}
	last = min(last, x.Upto)
	end := note.upto + walkedAtOnce
	entries, err = Entries(t, "WHERE m.id > ? AND m.id <= ? AND m.body LIKE '%#%' ORDER BY m.id LIMIT ?", note.upto, min(end, last), size)
	if next = uptoLast(entries, size); next == 0 && end < last {
		next = end
	}
	var linked []Entry
	for _, e := range entries {
		if len(e.links) > 0 {
			linked = append(linked, e)
		}
	}
	return linked, next, err
}

// uptoLast is the last of as many entries as were asked for; 0: there were fewer.
func uptoLast(entries []Entry, size int) chat.MessageID {
	if len(entries) < size {
		return 0
	}
	return entries[len(entries)-1].ID
}

// ReindexPending is what is still to be indexed anew.
type ReindexPending struct {
	moved, links map[chat.RoomID]chat.MessageID
	unlinked     chat.MessageID
}

// PendingReindex reads what is still to be indexed anew.
func PendingReindex(ctx context.Context, d Queryer) (p ReindexPending, err error) {
	p = ReindexPending{map[chat.RoomID]chat.MessageID{}, map[chat.RoomID]chat.MessageID{}, math.MaxInt64}
	rows, err := d.QueryContext(ctx, againNotes, AgainNotes, AgainEnd, math.MaxInt32)
	if err != nil {
		return p, err
	}
	notes, err := ScanAll(rows, scanAgainNote)
	for _, n := range notes {
		if room, is := n.room(movedNotes); is {
			p.moved[room] = n.upto
		} else if room, is := n.room(linkNotes); is {
			p.links[room] = n.upto
		} else if n.key == linksNote {
			p.unlinked = n.upto
		}
	}
	return p, err
}

// Has says whether the index may have an entry as it was.
func (p ReindexPending) Has(e Entry) bool {
	if upto, moved := p.moved[e.Room]; moved && e.ID > upto || len(e.links) > 0 && e.ID > p.unlinked {
		return true
	}
	for _, room := range e.links {
		if upto, renamed := p.links[room]; renamed && e.ID > upto {
			return true
		}
	}
	return false
}
