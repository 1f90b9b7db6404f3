package db

import (
	"context"
	"database/sql"
	"errors"

	"parley/app/chat"
)

// SetRead implements chat.MessageStore.
func (d *Store) SetRead(ctx context.Context, room chat.RoomID, who chat.AccountID, upto chat.MessageID) (moved bool, err error) {
	err = d.changeBeside(ctx, func(t *Tx) error {
		if err := lockMembership(t, room, who); err != nil {
			return err
		}
		n, err := t.Affect(`UPDATE memberships SET posts_read = p.posts,
			erased = (SELECT count(*) FROM messages WHERE room_id = ?1 AND id > ?3 AND kind = 0 AND deleted_at IS NOT NULL),
			mentions = (SELECT count(*) FROM mentions WHERE account_id = ?2 AND room_id = ?1 AND message_id > ?3)
			FROM (SELECT posts FROM messages WHERE room_id = ?1 AND id <= ?3 ORDER BY id DESC LIMIT 1) AS p
			WHERE memberships.room_id = ?1 AND memberships.account_id = ?2 AND left_at IS NULL AND posts_read < p.posts`, room, who, upto)
		if moved = n > 0; moved {
			t.readMarkMoved(who)
		}
		return err
	})
	return moved, err
}

// SetAllRead implements chat.MessageStore.
func (d *Store) SetAllRead(ctx context.Context, who chat.AccountID) (rooms []chat.RoomID, err error) {
	err = d.change(ctx, func(t *Tx) error {
		rooms, err = List(t, ScanID[chat.RoomID],
			`UPDATE memberships SET posts_read = r.posts, erased = 0, mentions = 0 FROM rooms r
			WHERE r.id = memberships.room_id AND memberships.account_id = ? AND left_at IS NULL AND r.deleted_at IS NULL AND posts_read < r.posts
			RETURNING room_id`, who)
		t.readMarkMoved(who)
		return err
	})
	return rooms, err
}

// SetUnread implements chat.MessageStore.
func (d *Store) SetUnread(ctx context.Context, room chat.RoomID, who chat.AccountID, from chat.MessageID) error {
	return d.changeBeside(ctx, func(t *Tx) error {
		if err := lockMembership(t, room, who); err != nil {
			return err
		}
		t.readMarkMoved(who)
		return t.Exec(`UPDATE memberships SET posts_read = p.posts - 1,
			erased = (SELECT count(*) FROM messages WHERE room_id = ?1 AND id >= ?3 AND kind = 0 AND deleted_at IS NOT NULL),
			mentions = (SELECT count(*) FROM mentions WHERE account_id = ?2 AND room_id = ?1 AND message_id >= ?3)
			FROM (SELECT posts FROM messages WHERE room_id = ?1 AND id = ?3 AND kind = 0) AS p
			WHERE memberships.room_id = ?1 AND memberships.account_id = ?2 AND left_at IS NULL`, room, who, from)
	})
}

// lockMembership lets nobody else move what somebody has read of a room, so that what is
// counted then goes on from what others have counted.
func lockMembership(t *Tx, room chat.RoomID, who chat.AccountID) error {
	var there int
	err := t.One("SELECT 1 FROM memberships WHERE room_id = ? AND account_id = ? {lock}", []any{room, who}, &there)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return err
}
