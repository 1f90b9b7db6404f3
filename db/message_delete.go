package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"parley/app/chat"
)

// DeleteMessage implements chat.MessageStore.
func (d *Store) DeleteMessage(ctx context.Context, id chat.MessageID, by chat.AccountID, at time.Time,
	audit chat.AuditEntry) (c chat.MessageChange, err error) {
	err = d.changeBeside(ctx, audited(audit, func(t *Tx) error {
		m, err := deleteMessage(t, id, by, at)
		if err != nil {
			return err
		}
		c, err = changed(t, m)
		return err
	}))
	return d.changeWithLabels(ctx, c, err)
}

func deleteMessage(t *Tx, id chat.MessageID, by chat.AccountID, at time.Time) (chat.Message, error) {
	return alterMessage(t, id, func(t *Tx, m chat.Message, rev chat.Rev) error {
		if err := t.Exec("UPDATE messages SET rev = ?, deleted_at = ?, deleted_by = ? WHERE id = ?", rev, ToMillis(at), by, id); err != nil {
			return err
		}
		if err := recountAround(t, m, rev, -1); err != nil {
			return err
		}
		if err := t.under.Reindex(t, id); err != nil {
			return err
		}
		return updateMentions(t, m, chat.NewMessage{})
	})
}

// RestoreMessage implements chat.MessageStore.
func (d *Store) RestoreMessage(ctx context.Context, id chat.MessageID, by chat.AccountID,
	since time.Time) (c chat.MessageChange, err error) {
	err = d.changeBeside(ctx, func(t *Tx) error {
		room, rev, err := nextRevOf(t, id)
		if err != nil {
			return err
		}
		m, err := oneMessage(t, messageQuery+"WHERE m.id = ?", id)
		if err != nil {
			return err
		}
		if !m.Deleted {
			c.Message = m // somebody was faster
			return giveBackRev(t, room)
		}
		n, err := t.Affect(`UPDATE messages SET rev = ?, deleted_at = NULL, deleted_by = NULL
			WHERE id = ? AND deleted_by = ? AND deleted_at >= ?`, rev, id, by, ToMillis(since))
		if err != nil {
			return err
		}
		if n == 0 {
			return chat.Gone(chat.DeletedForGood)
		}
		if m, err = oneMessage(t, messageQuery+"WHERE m.id = ?", id); err != nil {
			return err
		}
		if err := recountAround(t, m, rev, 1); err != nil {
			return err
		}
		if err := t.under.Reindex(t, id); err != nil {
			return err
		}
		if err := setMentions(t, m); err != nil {
			return err
		}
		if m, err = oneMessage(t, messageQuery+"WHERE m.id = ?", id); err != nil {
			return err
		}
		c, err = changed(t, m)
		return err
	})
	return d.changeWithLabels(ctx, c, err)
}

// changed finds what else changed under a message's rev.
func changed(t *Tx, m chat.Message) (chat.MessageChange, error) {
	rows, err := List(t, scanMessage, messageQuery+"WHERE m.room_id = ? AND m.rev = ? ORDER BY m.id", m.Room, m.Rev)
	return chat.MessageChange{Message: m, With: slices.DeleteFunc(rows, func(r chat.Message) bool { return r.ID == m.ID })}, err
}

// recountAround follows a message that goes or comes back: the counts of who has not
// read it and at the message that it answers, and which rows go on from the row
// before them.
func recountAround(t *Tx, m chat.Message, rev chat.Rev, by int) error {
	if err := t.Exec("UPDATE memberships SET erased = greatest(0, erased - ?) WHERE room_id = ? AND left_at IS NULL AND posts_read < ?",
		by, m.Room, m.Posts); err != nil {
		return err
	}
	if m.Quote.ID != 0 {
		if err := t.Exec("UPDATE messages SET replies = replies + ?, rev = ? WHERE id = ?", by, rev, m.Quote.ID); err != nil {
			return err
		}
	}
	next, err := neighbour(t, m, "id > ?2 ORDER BY id")
	if err != nil {
		return err
	}
	before, err := neighbour(t, m, "id < ?2 ORDER BY id DESC")
	if err != nil {
		return err
	}
	if by > 0 {
		if err := updateContinued(t, row{id: m.ID, kind: m.Kind, author: m.Author.ID, at: ToMillis(m.At), cont: m.Cont,
			reply: m.Quote.ID != 0}, before, rev); err != nil {
			return err
		}
		before = row{id: m.ID, kind: m.Kind, author: m.Author.ID, at: ToMillis(m.At)}
	}
	if next.id == 0 { // what is said next goes on from the newest that is still there
		if before.kind != chat.MessagePosted {
			before.author = 0
		}
		return t.Exec("UPDATE rooms SET last_author = ?, last_at = ? WHERE id = ?", before.author, before.at, m.Room)
	}
	return updateContinued(t, next, before, rev)
}

// row is what of a row decides how it is grouped; the zero row is none.
type row struct {
	id      chat.MessageID
	kind    chat.MessageKind
	author  chat.AccountID
	at      int64
	cont    bool
	reply   bool
	program bool // it is said under a name of its own
}

// maxSkipped is how many deleted rows are looked past for a neighbour.
const maxSkipped = 200

// neighbour finds the nearest row of a room that is not deleted, on one side.
func neighbour(t *Tx, m chat.Message, side string) (r row, err error) {
	err = t.One(`SELECT id, kind, author_id, at, cont, reply_to IS NOT NULL, program IS NOT NULL FROM
		(SELECT * FROM messages WHERE room_id = ?1 AND `+side+` LIMIT ?3) AS side WHERE deleted_at IS NULL LIMIT 1`,
		[]any{m.Room, m.ID, maxSkipped},
		&r.id, &r.kind, &r.author, &r.at, &r.cont, &r.reply, &r.program)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, nil
	}
	return r, err
}

// updateContinued says anew whether a row goes on from the one before it.
func updateContinued(t *Tx, r, before row, rev chat.Rev) error {
	cont := r.kind == chat.MessagePosted && before.id != 0 && before.kind == chat.MessagePosted && r.author == before.author && !r.reply &&
		!r.program && !before.program &&
		r.at-before.at <= chat.ContinuedWithin.Milliseconds()
	if r.id == 0 || cont == r.cont {
		return nil
	}
	return t.Exec("UPDATE messages SET cont = ?, rev = ? WHERE id = ?", cont, rev, r.id)
}

// Deletion implements chat.MessageStore.
func (d *Store) Deletion(ctx context.Context, id chat.MessageID) (by chat.AccountID, at time.Time, err error) {
	var ms int64
	err = d.One(ctx, "SELECT deleted_by, deleted_at FROM messages WHERE id = ? AND deleted_by IS NOT NULL", []any{id}, &by, &ms)
	return by, FromMillis(ms), err
}

// sweepSize is how many messages are emptied in one change.
const sweepSize = 200

// EmptyDeleted removes for good what messages said that were deleted before; it tells
// whether there were any.
func (d *Store) EmptyDeleted(ctx context.Context, before time.Time) (some bool, err error) {
	for n := sweepSize; n == sweepSize; {
		ids, err := All(ctx, d, ScanID[chat.MessageID], "SELECT id FROM messages WHERE deleted_by IS NOT NULL AND deleted_at < ? LIMIT ?",
			ToMillis(before), sweepSize)
		if err != nil {
			return some, err
		}
		if n = len(ids); n == 0 {
			break
		}
		some = true
		if err := d.change(ctx, func(t *Tx) error { return empty(t, ids) }); err != nil {
			return some, err
		}
	}
	return some, nil
}

// empty removes for good what deleted messages said; their rows keep the place.
func empty(t *Tx, ids []chat.MessageID) error {
	for _, id := range ids {
		n, err := t.Affect(`UPDATE messages SET body = '', text = ?, addressed = '', reactions = NULL, files = NULL, program = NULL,
			previews = NULL, deleted_by = NULL
			WHERE id = ? AND deleted_by IS NOT NULL`, []byte("{}"), id)
		if err == nil && n > 0 {
			err = t.Each([]any{id}, "DELETE FROM versions WHERE message_id = ?", "DELETE FROM fetches WHERE message_id = ?",
				"UPDATE files SET message_id = NULL, use = 0 WHERE message_id = ?")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
