package db

import (
	"context"
	"encoding/json"
	"time"

	"parley/app/chat"
)

// storeFetched stores what a message shows of its links, which pictures belong to it for
// that, and when it is to be looked at next.
func storeFetched(t *Tx, m chat.Message, now time.Time) error {
	var stored any
	if len(m.Previews) > 0 {
		b, err := json.Marshal(m.Previews)
		if err != nil {
			return err
		}
		stored = b
	}
	if err := t.Exec("UPDATE messages SET previews = ? WHERE id = ?", stored, m.ID); err != nil {
		return err
	}
	pictures := pictureIDs(m)
	if err := t.Exec("UPDATE files SET message_id = NULL, use = 0 WHERE message_id = ? AND use = 5 AND NOT id IN ids(?)", m.ID,
		JSONList(pictures)); err != nil {
		return err
	}
	if len(pictures) > 0 {
		if err := t.Exec("UPDATE files SET message_id = ?, room_id = ? WHERE id IN ids(?) AND use = 5 AND room_id IS NULL",
			m.ID, m.Room, JSONList(pictures)); err != nil {
			return err
		}
	}
	due := m.FetchDue(now)
	if due.IsZero() {
		return t.Exec("DELETE FROM fetches WHERE message_id = ?", m.ID)
	}
	return t.Exec("INSERT INTO fetches (message_id, due_at) VALUES (?, ?) ON CONFLICT (message_id) DO UPDATE SET due_at = excluded.due_at, tries = 0",
		m.ID, ToMillis(due))
}

// pictureIDs are the pictures that a message shows beside its files.
func pictureIDs(m chat.Message) []chat.FileID {
	ids := []chat.FileID{}
	for _, p := range m.Previews {
		if p.Picture != nil {
			ids = append(ids, p.Picture.ID)
		}
	}
	for _, slot := range m.Program.Pictures() {
		if *slot.Shown != nil {
			ids = append(ids, (*slot.Shown).ID)
		}
	}
	return ids
}

// DueFetches implements chat.PreviewStore.
func (d *Store) DueFetches(ctx context.Context, at time.Time, limit int) ([]chat.MessageID, error) {
	return All(ctx, d, ScanID[chat.MessageID], "SELECT message_id FROM fetches WHERE due_at <= ? ORDER BY due_at, message_id LIMIT ?",
		ToMillis(at), limit)
}

// TakeFetch implements chat.PreviewStore.
func (d *Store) TakeFetch(ctx context.Context, id chat.MessageID, next time.Time) (tries int, err error) {
	err = d.change(ctx, func(t *Tx) error {
		return t.One("UPDATE fetches SET tries = tries + 1, due_at = ? WHERE message_id = ? RETURNING tries", []any{ToMillis(next), id}, &tries)
	})
	return tries, err
}

// ForgetFetch implements chat.PreviewStore.
func (d *Store) ForgetFetch(ctx context.Context, id chat.MessageID) error {
	return d.change(ctx, func(t *Tx) error { return t.Exec("DELETE FROM fetches WHERE message_id = ?", id) })
}

// SetFetched implements chat.PreviewStore.
func (d *Store) SetFetched(ctx context.Context, id chat.MessageID, change func(*chat.Message) error,
	audit chat.AuditEntry) (m chat.Message, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		room, rev, err := nextRevOf(t, id)
		if err != nil {
			return err
		}
		if m, err = oneMessage(t, messageQuery+"WHERE m.id = ?", id); err != nil {
			return err
		}
		if m.Deleted {
			if err := t.Exec("DELETE FROM fetches WHERE message_id = ?", id); err != nil {
				return err
			}
			return giveBackRev(t, room)
		}
		before, err := json.Marshal([]any{m.Previews, m.Program})
		if err != nil {
			return err
		}
		if err := change(&m); err != nil {
			return err
		}
		after, err := json.Marshal([]any{m.Previews, m.Program})
		if err != nil {
			return err
		}
		if err := storeFetched(t, m, time.Now()); err != nil {
			return err
		}
		if string(before) == string(after) {
			return giveBackRev(t, room)
		}
		if m.Program != nil {
			if err := storeProgram(t, m); err != nil {
				return err
			}
		}
		m.Rev = rev
		return t.Exec("UPDATE messages SET rev = ? WHERE id = ?", rev, id)
	})
	return d.withCurrentLabel(ctx, m, err)
}
