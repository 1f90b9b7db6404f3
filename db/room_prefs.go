package db

import (
	"context"
	"time"

	"parley/app/chat"
)

// SetRoomPrefs implements chat.RoomStore.
func (d *Store) SetRoomPrefs(ctx context.Context, room chat.RoomID, who chat.AccountID, c chat.RoomPrefs) error {
	return d.change(ctx, func(t *Tx) error {
		if c.Raise {
			return swapWithPrevious(t, room, who)
		}
		t.prefsChanged(room, who)
		return t.Exec(`UPDATE memberships SET level = coalesce(?1, level), muted = coalesce(?2, muted),
			muted_until = CASE WHEN coalesce(?2, -1) = -1 THEN muted_until ELSE ?6 END, starred = CASE
			WHEN coalesce(?3, -1) = 0 THEN 0
			WHEN coalesce(?3, -1) = 1 AND starred = 0 THEN (SELECT max(starred) + 1 FROM memberships WHERE account_id = ?5)
			ELSE starred END
			WHERE room_id = ?4 AND account_id = ?5 AND left_at IS NULL`, nullable(c.Level), nullable(c.Muted), nullable(c.Starred), room, who,
			millisOrZero(c.MutedUntil))
	})
}

// LeftRoom implements chat.RoomStore.
func (d *Store) LeftRoom(ctx context.Context, room chat.RoomID, who chat.AccountID) (chat.Room, error) {
	var left chat.RoomID
	if err := d.One(ctx, "SELECT room_id FROM memberships WHERE room_id = ? AND account_id = ? AND left_at IS NOT NULL AND banned = 0",
		[]any{room, who}, &left); err != nil {
		return chat.Room{}, err
	}
	r, _, err := d.RoomFor(ctx, room, who)
	return r, err
}

// SetStars implements chat.RoomStore.
func (d *Store) SetStars(ctx context.Context, who chat.AccountID, rooms []chat.RoomID) error {
	return d.change(ctx, func(t *Tx) error {
		for i, room := range rooms {
			t.prefsChanged(room, who)
			if err := t.Exec("UPDATE memberships SET starred = ? WHERE room_id = ? AND account_id = ? AND left_at IS NULL AND starred > 0",
				i+1, room, who); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndMutes implements chat.RoomStore.
func (d *Store) EndMutes(ctx context.Context, at time.Time) (people []chat.AccountID, err error) {
	type place struct {
		room chat.RoomID
		who  chat.AccountID
	}
	scan := func(r Scanner) (p place, err error) { return p, r.Scan(&p.room, &p.who) }
	due, err := All(ctx, d, scan, "SELECT room_id, account_id FROM memberships WHERE muted_until > 0 AND muted_until <= ?", ToMillis(at))
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = d.change(ctx, func(t *Tx) error {
		ended, err := List(t, scan, `UPDATE memberships SET muted = 0, muted_until = 0 WHERE muted_until > 0 AND muted_until <= ?
			RETURNING room_id, account_id`, ToMillis(at))
		for _, p := range ended {
			t.prefsChanged(p.room, p.who)
			people = append(people, p.who)
		}
		return err
	})
	return people, err
}
