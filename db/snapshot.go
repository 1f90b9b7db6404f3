package db

import (
	"context"
	"io"

	"parley/app/chat"
)

// Snapshot is one state of everything, whoever writes meanwhile. It is read a row at a
// time, and by nobody else.
type Snapshot struct {
	ctx   context.Context
	view  Queryer
	label func(chat.RoomID) string // what open rooms are called; nil: not read yet
}

// Snapshot gives one state of everything to do; it ends with it.
func (d *Store) Snapshot(ctx context.Context, do func(*Snapshot) error) error {
	err := d.engine.View(ctx, func(view Queryer) error { return do(&Snapshot{ctx: ctx, view: view}) })
	return d.engine.Explain(err)
}

func (s *Snapshot) rows(query string, each func(Scanner) error, args ...any) error {
	rows, err := s.view.QueryContext(s.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Workspace is the name of the place.
func (s *Snapshot) Workspace() (string, error) {
	settings := chat.Settings{}
	err := s.rows("SELECT key, value FROM settings WHERE key = ?", func(r Scanner) error {
		var key, value string
		err := r.Scan(&key, &value)
		settings[key] = value
		return err
	}, chat.SettingWorkspace)
	return settings.Workspace(), err
}

// Rooms lists the rooms of some kinds by name, then conversations by age.
func (s *Snapshot) Rooms(kinds []chat.RoomKind) (list []chat.Room, err error) {
	err = s.rows("SELECT "+roomColumns+` FROM rooms r WHERE r.deleted_at IS NULL AND r.kind IN ids(?)
		ORDER BY r.kind = 2, lower(r.name), r.id`,
		func(r Scanner) error {
			var room chat.Room
			var created int64
			err := r.Scan(roomFields(&room, &created)...)
			room.Created = FromMillis(created)
			list = append(list, room)
			return err
		}, JSONList(kinds))
	return list, err
}

// With lists the people of a conversation by name.
func (s *Snapshot) With(room chat.RoomID) (people []chat.Person, err error) {
	err = s.rows(`SELECT a.id, a.username, a.name FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.room_id = ?
		ORDER BY a.name_folded, a.id`, func(r Scanner) error {
		var p chat.Person
		err := r.Scan(&p.ID, &p.Username, &p.Name)
		people = append(people, p)
		return err
	}, room)
	return people, err
}

// Accounts tells all accounts by name, also those that are disabled.
func (s *Snapshot) Accounts(put func(chat.Account) error) error {
	return s.rows("SELECT "+accountColumns+" FROM accounts ORDER BY name_folded, id", func(r Scanner) error {
		a, err := scanAccount(r)
		if err != nil {
			return err
		}
		return put(a)
	})
}

// File writes the bytes of a form of a file; false: there is no such form.
func (s *Snapshot) File(id chat.FileID, form chat.Form, to io.Writer) (there bool, err error) {
	err = s.rows(`SELECT c.data FROM blobs b CROSS JOIN chunks c
		WHERE b.file_id = ? AND b.form = ? AND length(b.sum) > 0 AND c.id BETWEEN b.id * 1048576 AND b.id * 1048576 + 1048575
		ORDER BY c.id`, func(r Scanner) error {
		there = true
		var data []byte
		if err := r.Scan(&data); err != nil {
			return err
		}
		_, err := to.Write(data)
		return err
	}, id, int(form))
	return there, err
}

// Log tells the rows of a room in order, but not what was deleted.
func (s *Snapshot) Log(room chat.RoomID, put func(chat.Message) error) error {
	return s.messages(messageQuery+"WHERE m.room_id = ? AND m.deleted_at IS NULL ORDER BY m.id", put, room)
}

// Said tells what was said in rooms of some kinds, in the order in which it was.
func (s *Snapshot) Said(kinds []chat.RoomKind, put func(chat.Message) error) error {
	return s.messages(saidMessages, put, JSONList(kinds))
}

// By id, so that nothing is sorted in memory.
const saidMessages = messageQuery + `JOIN rooms r ON r.id = +m.room_id
	WHERE m.kind = 0 AND m.deleted_at IS NULL AND r.deleted_at IS NULL AND r.kind IN ids(?) ORDER BY m.id`

func (s *Snapshot) messages(query string, put func(chat.Message) error, args ...any) error {
	if s.label == nil {
		var err error
		if s.label, err = RoomNames(s.ctx, s.view); err != nil {
			return err
		}
	}
	return s.rows(query, func(r Scanner) error {
		m, err := scanLabelled(r, s.label)
		if err != nil {
			return err
		}
		return put(m)
	}, args...)
}
