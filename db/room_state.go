package db

import (
	"time"

	"parley/app/chat"
)

// maxRoomStates bounds the room states that are kept; beyond it they are forgotten.
const maxRoomStates = 50_000

// RoomState is where a room's log stands: what the next message goes on from.
type RoomState struct {
	Rev    chat.Rev
	Posts  int64
	Author chat.AccountID // of the newest row; 0: the server told it
	At     int64          // when that was, in milliseconds
}

// RoomStates are where rooms stand, between the changes of an engine through which all
// changes go. It forgets them with a transaction that failed.
type RoomStates map[chat.RoomID]RoomState

// roomState answers with where a room stands, and lets nobody else move it. What an engine
// keeps of it is forgotten with any change that writes to rooms in another way.
func (t *Tx) roomState(room chat.RoomID) (s RoomState, err error) {
	if s, ok := t.under.States()[room]; ok {
		return s, nil
	}
	err = t.One("SELECT rev, posts, last_author, last_at FROM rooms WHERE id = ? AND deleted_at IS NULL {lock}", []any{room},
		&s.Rev, &s.Posts, &s.Author, &s.At)
	return s, err
}

// Continues says whether a message stands below the one before it as one of a series.
func (s RoomState) Continues(author chat.AccountID, at time.Time) bool {
	return s.Author == author && ToMillis(at)-s.At <= chat.ContinuedWithin.Milliseconds()
}

// setNewest makes a message the newest of its room.
func (t *Tx) setNewest(m chat.Message) error {
	t.CountsChanged(m.Room)
	if m.Program != nil { // nothing goes on from it: the next may speak under another name
		m.Author.ID = 0
	}
	err := t.Exec("UPDATE rooms SET rev = ?, posts = ?, last_id = ?, last_author = ?, last_at = ? WHERE id = ?",
		m.Rev, m.Posts, m.ID, m.Author.ID, ToMillis(m.At), m.Room)
	if states := t.under.States(); err == nil && states != nil {
		if len(states) >= maxRoomStates {
			clear(states)
		}
		states[m.Room] = RoomState{m.Rev, m.Posts, m.Author.ID, ToMillis(m.At)}
	}
	return err
}
