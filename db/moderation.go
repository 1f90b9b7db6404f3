package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"parley/app/chat"
)

// SetRank implements chat.RoomStore.
func (d *Store) SetRank(ctx context.Context, room chat.RoomID, who chat.AccountID, rank chat.Rank, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		var was chat.Rank
		err := t.One("SELECT owner FROM memberships WHERE room_id = ? AND account_id = ? AND left_at IS NULL", []any{room, who}, &was)
		if errors.Is(err, sql.ErrNoRows) {
			return chat.NotFound()
		}
		if t.unchanged = err == nil && was == rank; t.unchanged || err != nil {
			return err
		}
		t.memberChanged(room, who)
		if err := t.Exec("UPDATE memberships SET owner = ? WHERE room_id = ? AND account_id = ?", rank, room, who); err != nil {
			return err
		}
		var owned bool
		if err := t.One("SELECT "+activeOwner+" FROM rooms r WHERE r.id = ?", []any{room}, &owned); err != nil {
			return err
		}
		if was == chat.RankOwner && !owned {
			return chat.Conflict("rank", "This is the last owner of the room; make somebody else an owner first.")
		}
		return nil
	})
}

// SetSlowMode implements chat.RoomStore.
func (d *Store) SetSlowMode(ctx context.Context, room chat.RoomID, seconds int, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.roomChanged(room)
		return t.Exec("UPDATE rooms SET slow = ? WHERE id = ?", seconds, room)
	})
}

// SetWorldAccess implements chat.RoomStore.
func (d *Store) SetWorldAccess(ctx context.Context, room chat.RoomID, access chat.WorldAccess, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.roomChanged(room)
		return t.Exec("UPDATE rooms SET world = ? WHERE id = ?", int(access), room)
	})
}

// BanMember implements chat.RoomStore.
func (d *Store) BanMember(ctx context.Context, room chat.RoomID, who chat.AccountID, at time.Time,
	audit chat.AuditEntry) (rev chat.Rev, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		if rev, err = removeFromRoom(t, room, who, at, true); err != nil {
			return err
		}
		n, err := t.Affect(`INSERT INTO memberships (room_id, account_id, rev, posts_read, joined_at, left_at, banned)
			VALUES (?1, ?2, 0, 0, ?3, ?3, 1)
			ON CONFLICT (room_id, account_id) DO UPDATE SET banned = 1 WHERE memberships.banned = 0`, room, who, ToMillis(at))
		if t.unchanged = n == 0; !t.unchanged {
			t.memberChanged(room, who)
		}
		return err
	})
	return rev, err
}

// UnbanMember implements chat.RoomStore.
func (d *Store) UnbanMember(ctx context.Context, room chat.RoomID, who chat.AccountID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		n, err := t.Affect("UPDATE memberships SET banned = 0 WHERE room_id = ? AND account_id = ? AND banned = 1", room, who)
		if t.unchanged = n == 0; !t.unchanged {
			t.memberChanged(room, who)
		}
		return err
	})
}

// BannedMembers implements chat.RoomStore.
func (d *Store) BannedMembers(ctx context.Context, room chat.RoomID) ([]chat.Person, error) {
	return All(ctx, d, scanPerson,
		`SELECT a.id, a.username, a.name, a.picture FROM memberships m JOIN accounts a ON a.id = m.account_id
		WHERE m.room_id = ? AND m.banned = 1 ORDER BY a.name_folded, a.id`, room)
}
