package db

import (
	"fmt"
	"time"

	"parley/app/chat"
)

// maxHeads bounds the heads that are kept; beyond it the writer begins anew.
const maxHeads = 50_000

// head is where a room's log stands: what the next message goes on from.
type head struct {
	rev    chat.Rev
	posts  int64
	author chat.AccountID // of the newest row; 0: the server told it
	at     int64          // when that was, in milliseconds
}

// head answers with where a room stands. The writer keeps that between changes,
// because nobody else moves rooms: it forgets it with any change that writes to
// rooms in another way, that fails, or that another process made.
func (t *tx) head(room chat.RoomID) (h head, err error) {
	if h, ok := t.w.heads[room]; ok {
		return h, nil
	}
	err = t.one("SELECT rev, posts, last_author, last_at FROM rooms WHERE id = ? AND deleted_at IS NULL", []any{room},
		&h.rev, &h.posts, &h.author, &h.at)
	return h, err
}

// goesOn says whether a message stands below the one before it as one of a series.
func (h head) goesOn(author chat.AccountID, at time.Time) bool {
	return h.author == author && millis(at)-h.at <= chat.ContinuedWithin.Milliseconds()
}

// move makes a message the newest of its room.
func (t *tx) move(m chat.Message) error {
	t.moved(m.Room)
	err := t.exec(counts+"UPDATE rooms SET rev = ?, posts = ?, last_id = ?, last_author = ?, last_at = ? WHERE id = ?",
		m.Rev, m.Posts, m.ID, m.Author.ID, millis(m.At), m.Room)
	if err == nil {
		if len(t.w.heads) >= maxHeads {
			clear(t.w.heads)
		}
		t.w.heads[m.Room] = head{m.Rev, m.Posts, m.Author.ID, millis(m.At)}
	}
	return err
}

// lookUp forgets the heads when another process has changed the file, which is locked
// by now, and refuses to write what another version has made of it.
func (t *tx) lookUp() error {
	was := t.w.seen
	if err := t.one(dataVersion, nil, &t.w.seen); err != nil {
		return err
	}
	if t.w.seen == was && t.w.format.Load() == int64(Version()) {
		return nil
	}
	clear(t.w.heads)
	return t.sameFormat()
}

// sameFormat refuses a file that is not of this version any more.
func (t *tx) sameFormat() error {
	var format int64
	if err := t.one("PRAGMA user_version", nil, &format); err != nil {
		return err
	}
	t.w.format.Store(format)
	if format != int64(Version()) {
		return t.fail(reformatted(format))
	}
	return nil
}

func reformatted(format int64) error {
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
