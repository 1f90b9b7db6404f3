package sqlite

import (
	"fmt"
	"time"

	"parley/app/chat"
	"parley/db"
)

// detectForeignChange forgets the room states when another process has changed the file, which is locked
// by now, and refuses to write what another version has made of it.
func (w *writer) detectForeignChange(t *db.Tx) error {
	was := w.seen
	if err := t.One(dataVersion, nil, &w.seen); err != nil {
		return err
	}
	if w.seen == was && w.format.Load() == int64(Version()) {
		return nil
	}
	clear(w.roomStates)
	return w.requireFormat(t)
}

// requireFormat refuses a file that is not of this version any more.
func (w *writer) requireFormat(t *db.Tx) error {
	var format int64
	if err := t.One("PRAGMA user_version", nil, &format); err != nil {
		return err
	}
	w.format.Store(format)
	if format != int64(Version()) {
		return t.Fail(errReformatted(format))
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
