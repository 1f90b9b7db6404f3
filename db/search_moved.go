package db

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"parley/app/chat"
)

// A room that becomes private or open is indexed anew, for those who may read it now: a
// batch at a time, under a note of how far that has come, so that it goes on where it
// was interrupted. Until then the index has some of it for the wrong readers: who may
// read it does not find all, and nobody finds more.

// MovedNotes are the keys of these notes among the settings: the room stands behind the
// first, all of them are between the two.
const (
	MovedNotes = "index.room."
	MovedEnd   = "index.room/"
)

// NoteMovedRoom notes that a room is to be indexed anew.
func NoteMovedRoom(t *Tx, room chat.RoomID) error {
	return SetSetting(t, fmt.Sprint(MovedNotes, room), "0")
}

// movedRoom is a room that is being indexed anew, up to and with a message.
type movedRoom struct {
	key  string
	room chat.RoomID
	upto chat.MessageID
}

func scanMovedRoom(r Scanner) (m movedRoom, err error) {
	var upto string
	if err := r.Scan(&m.key, &upto); err != nil {
		return m, err
	}
	room, err := strconv.ParseInt(strings.TrimPrefix(m.key, MovedNotes), 10, 64)
	if err != nil {
		return m, err
	}
	id, err := strconv.ParseInt(upto, 10, 64)
	m.room, m.upto = chat.RoomID(room), chat.MessageID(id)
	return m, err
}

// movedRooms lists at most ?3 of them; ?1 and ?2 are the bounds of their keys.
const movedRooms = "SELECT key, value FROM settings WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT ?3"

// ReindexMovedRooms has at most size messages of such rooms indexed anew, each with index,
// up to a message; it tells how many there were. Fewer: there are no more.
func ReindexMovedRooms(t *Tx, size int, upto chat.MessageID, index func(Entry) error) (n int, err error) {
	for n < size {
		m, err := nextMovedRoom(t)
		if err != nil || m.room == 0 {
			return n, err
		}
		entries, err := List(t, ScanEntry, EntryQuery+`WHERE m.room_id = ? AND m.id > ? AND m.id <= ?
			ORDER BY m.id LIMIT ?`,
			m.room, m.upto, upto, size-n)
		if err != nil {
			return n, err
		}
		for _, e := range entries {
			if err := index(e); err != nil {
				return n, err
			}
		}
		if len(entries) < size-n {
			err = t.Exec("DELETE FROM settings WHERE key = ?", m.key)
		} else {
			err = SetSetting(t, m.key, fmt.Sprint(entries[len(entries)-1].ID))
		}
		if err != nil {
			return n, err
		}
		n += len(entries)
	}
	return n, nil
}

// nextMovedRoom is the zero movedRoom when there is none.
func nextMovedRoom(t *Tx) (movedRoom, error) {
	found, err := List(t, scanMovedRoom, movedRooms, MovedNotes, MovedEnd, 1)
	if err != nil || len(found) == 0 {
		return movedRoom{}, err
	}
	return found[0], nil
}

// MovedRooms tells up to which message each room is indexed that is indexed anew.
func MovedRooms(ctx context.Context, d Queryer) (map[chat.RoomID]chat.MessageID, error) {
	rows, err := d.QueryContext(ctx, movedRooms, MovedNotes, MovedEnd, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	found, err := ScanAll(rows, scanMovedRoom)
	moved := map[chat.RoomID]chat.MessageID{}
	for _, m := range found {
		moved[m.room] = m.upto
	}
	return moved, err
}
