package db

import (
	"errors"

	"parley/app/archive"
	"parley/app/chat"
)

// What stands in other tables is read beside the messages, in the same order.
const (
	// By id, so that nothing is sorted in memory.
	exportedMessages = `SELECT id, room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, coalesce(cid, ''), reactions,
		edited_at, deleted_at, coalesce(reply_to, 0), program, previews FROM messages WHERE +room_id ` + inLiveRooms + " ORDER BY id"
	exportedMentions = "SELECT message_id, account_id FROM mentions ORDER BY message_id, account_id"
	exportedVersions = "SELECT message_id, until, rev, text FROM versions ORDER BY message_id, rev"
)

func (x *export) messages() error {
	mentions, err := readSideRows(x, exportedMentions, func(r Scanner) (id chat.MessageID, who chat.AccountID, err error) {
		return id, who, r.Scan(&id, &who)
	})
	if err != nil {
		return err
	}
	defer mentions.rows.Close()
	versions, err := readSideRows(x, exportedVersions, func(r Scanner) (id chat.MessageID, v archive.Version, err error) {
		return id, v, r.Scan(&id, &v.Until, &v.Rev, (*[]byte)(&v.Text))
	})
	if err != nil {
		return err
	}
	defer versions.rows.Close()
	return x.rows(exportedMessages, func(r Scanner) error {
		m, err := scanExportedMessage(r)
		if err != nil {
			return err
		}
		if m.Mentions, err = mentions.of(m.ID); err != nil {
			return err
		}
		if m.Versions, err = versions.of(m.ID); err != nil {
			return err
		}
		if m.Deleted != nil { // what it said is kept for an undo, and for nothing else
			m.Body, m.Text, m.For, m.All, m.Mentions, m.Reactions, m.Versions, m.Program = "", nil, nil, false, nil, nil, nil, nil
			m.Previews = nil
		}
		return x.put(m)
	})
}

func scanExportedMessage(r Scanner) (*archive.Message, error) {
	var kind int
	var to string
	m := &archive.Message{Type: "message"}
	err := r.Scan(&m.ID, &m.Room, &m.Rev, &m.Born, &m.Posts, &kind, &m.Author, &m.At, &m.Cont, &m.Body, (*[]byte)(&m.Text), &to, &m.CID,
		(*rawText)(&m.Reactions), &m.Edited, &m.Deleted, &m.ReplyTo, (*rawText)(&m.Program), (*rawText)(&m.Previews))
	m.Kind = archive.Word(archive.MessageWords, kind)
	m.For, m.All = ParseIDs(to), isToAll(to)
	return m, err
}

// sideRows reads rows that belong to messages, in their order.
type sideRows[T any] struct {
	rows Rows
	scan func(Scanner) (chat.MessageID, T, error)
	id   chat.MessageID // of next; 0: it was not read yet
	next T
	over bool
}

func readSideRows[T any](x *export, query string, scan func(Scanner) (chat.MessageID, T, error)) (*sideRows[T], error) {
	rows, err := x.view.QueryContext(x.ctx, query)
	return &sideRows[T]{rows: rows, scan: scan}, err
}

// of are the rows of a message; those of messages before it are passed over.
func (s *sideRows[T]) of(id chat.MessageID) (list []T, err error) {
	for {
		if s.id == id {
			list = append(list, s.next)
		}
		if s.over || s.id > id {
			return list, nil
		}
		if !s.rows.Next() {
			s.over, s.id = true, 0
			return list, s.rows.Err()
		}
		if s.id, s.next, err = s.scan(s.rows); err != nil {
			return list, errors.Join(err, s.rows.Close())
		}
	}
}
