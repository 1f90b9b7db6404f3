package db

import (
	"fmt"
	"time"

	"parley/app/chat"
)

// maxRoomStates bounds the room states that are kept; beyond it the writer begins anew.
const maxRoomStates = 50_000

// RoomState is where a room's log stands: what the next message goes on from.
type RoomState struct {
	rev    chat.Rev
	posts  int64
	author chat.AccountID // of the newest row; 0: the server told it
	at     int64          // when that was, in milliseconds
}

// roomState answers with where a room stands. The writer keeps that between changes,
// because nobody else moves rooms: it forgets it with any change that writes to
// rooms in another way, that fails, or that another process made.
func (t *Tx) roomState(room chat.RoomID) (h RoomState, err error) {
	if h, ok := t.w.roomStates[room]; ok {
		return h, nil
	}
	err = t.One("SELECT rev, posts, last_author, last_at FROM rooms WHERE id = ? AND deleted_at IS NULL", []any{room},
		&h.rev, &h.posts, &h.author, &h.at)
	return h, err
}

// continues says whether a message stands below the one before it as one of a series.
func (h RoomState) continues(author chat.AccountID, at time.Time) bool {
	return h.author == author && ToMillis(at)-h.at <= chat.ContinuedWithin.Milliseconds()
}

// setNewest makes a message the newest of its room.
func (t *Tx) setNewest(m chat.Message) error {
	t.countsChanged(m.Room)
	err := t.Exec("UPDATE rooms SET rev = ?, posts = ?, last_id = ?, last_author = ?, last_at = ? WHERE id = ?",
		m.Rev, m.Posts, m.ID, m.Author.ID, ToMillis(m.At), m.Room)
	if err == nil {
		if len(t.w.roomStates) >= maxRoomStates {
			clear(t.w.roomStates)
		}
		t.w.roomStates[m.Room] = RoomState{m.Rev, m.Posts, m.Author.ID, ToMillis(m.At)}
	}
	return err
}

// detectForeignChange forgets the room states when another process has changed the file, which is locked
// by now, and refuses to write what another version has made of it.
func (t *Tx) detectForeignChange() error {
	was := t.w.seen
	if err := t.One(dataVersion, nil, &t.w.seen); err != nil {
		return err
	}
	if t.w.seen == was && t.w.format.Load() == int64(Version()) {
		return nil
	}
	clear(t.w.roomStates)
	return t.requireFormat()
}

// requireFormat refuses a file that is not of this version any more.
func (t *Tx) requireFormat() error {
	var format int64
	if err := t.One("PRAGMA user_version", nil, &format); err != nil {
		return err
	}
	t.w.format.Store(format)
	if format != int64(Version()) {
		return t.fail(errReformatted(format))
	}
	return nil
}

func errReformatted(format int64) error {
	return fmt.Errorf("%w: another version of Parley has made format %d of the file; this one writes format %d",
		chat.Busy("The server cannot store anything until it is started anew by who runs it. Nothing was lost; try again later.", time.Minute),
		format, Version())
}

// Reformatted says whether another version has changed the format of the file under
// this process, which stores nothing any more then.
func (d *DB) Reformatted() (format int, is bool) {
	format = int(d.writer.format.Load())
	return format, format != 0 && format != Version()
}
