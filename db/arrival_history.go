package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"parley/app/archive"
	"parley/app/chat"
)

// AddHistory implements archive.Importer.
func (d *Store) AddHistory(ctx context.Context, room chat.RoomID, rows []*archive.HistoryRow) error {
	return d.change(ctx, func(t *Tx) error {
		posts := int64(0)
		for _, r := range rows {
			if err := addRow(t, room, r); err != nil {
				return err
			}
			if r.Fresh && r.Kind == chat.MessagePosted {
				posts++
			}
		}
		t.CountsChanged(room)
		return keepUnread(t, room, posts)
	})
}

// insertHistory adds a row of a kind (?1) to the end of a room's log (?13).
const insertHistory = `INSERT INTO messages (room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid, reactions,
	edited_at, deleted_at, reply_to)
	SELECT r.id, r.rev + 1, r.rev + 1, r.posts + CASE WHEN ?1 = 0 THEN 1 ELSE 0 END, ?1, ?2, ?3,
		CASE WHEN ?1 = 0 AND CAST(?12 AS BIGINT) = 0 AND r.last_author = ?2 AND ?3 - r.last_at BETWEEN 0 AND ?4 THEN 1 ELSE 0 END,
	?5, ?6, ?7, ?8, ?9, nullif(CAST(?10 AS BIGINT), 0), nullif(CAST(?11 AS BIGINT), 0), nullif(CAST(?12 AS BIGINT), 0) FROM rooms r
	WHERE r.id = ?13 AND r.deleted_at IS NULL
	ON CONFLICT (author_id, cid) DO NOTHING RETURNING id, rev, posts`

// addRow adds one row, or finds the one that came before.
func addRow(t *Tx, room chat.RoomID, r *archive.HistoryRow) error {
	text, reactions, err := rowJSON(r)
	if err != nil {
		return err
	}
	m := chat.Message{Room: room, Author: chat.Person{ID: r.Author}, At: r.At, For: r.For}
	var reply chat.MessageID
	if r.Answers != nil {
		reply = r.Answers.ID
	}
	err = t.One(insertHistory,
		[]any{r.Kind, r.Author, ToMillis(r.At), chat.ContinuedWithin.Milliseconds(), r.Body, text, chat.DirectKey(r.For), r.CID, reactions,
			valueIf(!r.Edited.IsZero(), ToMillis(r.Edited)), valueIf(r.Deleted, ToMillis(r.At)), reply, room}, &m.ID, &m.Rev, &m.Posts)
	if r.Fresh = err == nil; errors.Is(err, sql.ErrNoRows) {
		err = t.One("SELECT id FROM messages WHERE author_id = ? AND cid = ?", []any{r.Author, r.CID}, &m.ID)
	}
	if err != nil {
		return err
	}
	if r.Begins != nil {
		r.Begins.ID = m.ID
	}
	if !r.Fresh {
		return nil
	}
	if r.Kind != chat.MessagePosted {
		return t.Exec("UPDATE rooms SET rev = ?, last_id = ?, last_author = 0, last_at = ? WHERE id = ?", m.Rev, m.ID, ToMillis(r.At), room)
	}
	if err := t.setNewest(m); err != nil {
		return err
	}
	if err := attachHistoric(t, m, r.Files); err != nil {
		return err
	}
	if reply != 0 {
		if err := countReply(t, room, reply, r.Deleted); err != nil {
			return err
		}
	}
	if err := t.under.Index(t, m.ID); err != nil {
		return err
	}
	return addMentions(t, m)
}

// countReply counts a row at the message that it answers, under the next rev; one that was
// deleted counts as none.
func countReply(t *Tx, room chat.RoomID, answered chat.MessageID, deleted bool) error {
	rev, err := nextRev(t, room)
	if err != nil {
		return err
	}
	return t.Exec("UPDATE messages SET replies = replies + ?, rev = ? WHERE id = ?", valueIf(!deleted, 1), rev, answered)
}

// attachHistoric gives uploads to a message of another server: they are as old as it is.
func attachHistoric(t *Tx, m chat.Message, files []chat.File) error {
	if len(files) == 0 {
		return nil
	}
	if _, err := attachFiles(t, m, files); err != nil {
		return err
	}
	return t.Exec("UPDATE files SET made_at = ? WHERE message_id = ?", ToMillis(m.At), m.ID)
}

// rowJSON is what a row says, and its reactions, as they are stored.
func rowJSON(r *archive.HistoryRow) (text []byte, reactions any, err error) {
	switch {
	case r.Deleted:
		return []byte("{}"), nil, nil
	case r.Kind != chat.MessagePosted:
		text, err = json.Marshal(r.Event)
	default:
		text, err = json.Marshal(r.Text)
	}
	if err == nil && len(r.Reactions) > 0 {
		reactions, err = json.Marshal(r.Reactions)
	}
	return text, reactions, err
}

func valueIf(is bool, n int64) int64 {
	if is {
		return n
	}
	return 0
}

// keepUnread leaves everybody with as many unread messages as before.
func keepUnread(t *Tx, room chat.RoomID, posts int64) error {
	return t.Exec(`UPDATE memberships SET posts_read = posts_read + ?2,
		mentions = CASE WHEN posts_read + ?2 >= (SELECT posts FROM rooms WHERE id = ?1) THEN 0 ELSE
			(SELECT count(*) FROM mentions n JOIN messages m ON m.id = n.message_id
			WHERE n.account_id = memberships.account_id AND n.room_id = ?1 AND m.posts > memberships.posts_read + ?2) END
		WHERE room_id = ?1 AND left_at IS NULL`, room, posts)
}
