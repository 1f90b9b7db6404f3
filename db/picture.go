package db

import (
	"context"
	"strconv"

	"parley/app/chat"
)

// SetAccountPicture implements chat.FileStore.
func (d *Store) SetAccountPicture(ctx context.Context, who chat.AccountID, picture chat.FileID) error {
	return d.change(ctx, func(t *Tx) error {
		t.accountChanged(who)
		t.namesChanged()
		if err := dropUse(t, "id IN (SELECT picture FROM accounts WHERE id = ?)", who); err != nil {
			return err
		}
		return t.Exec("UPDATE accounts SET picture = ? WHERE id = ?", picture, who)
	})
}

// SetRoomPicture implements chat.FileStore.
func (d *Store) SetRoomPicture(ctx context.Context, room chat.RoomID, picture chat.FileID) error {
	return d.change(ctx, func(t *Tx) error {
		if err := dropRoomPicture(t, room); err != nil {
			return err
		}
		n, err := t.Affect("UPDATE rooms SET picture = ? WHERE id = ? AND deleted_at IS NULL", picture, room)
		if err == nil && n == 0 {
			err = chat.NotFound()
		}
		return err
	})
}

// dropRoomPicture has the picture of a room removed, before the room has another or goes.
func dropRoomPicture(t *Tx, room chat.RoomID) error {
	t.roomChanged(room)
	return dropUse(t, "id IN (SELECT picture FROM rooms WHERE id = ? AND picture <> 0)", room)
}

// dropUse has files removed that showed something and do not any more.
func dropUse(t *Tx, which string, arg any) error {
	return t.Exec("UPDATE files SET use = 0, room_id = 0 WHERE message_id IS NULL AND "+which, arg)
}

// PictureInUse implements chat.FileStore.
func (d *Store) PictureInUse(ctx context.Context, id chat.FileID) (chat.File, error) {
	return oneRow(ctx, d, func(r Scanner) (chat.File, error) { return scanFile(r) },
		"SELECT "+fileColumns+" FROM files f WHERE f.id = ? AND f.use <> 0 AND f.done = 1", id)
}

// SetLogo implements chat.FileStore.
func (d *Store) SetLogo(ctx context.Context, picture chat.FileID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		if err := dropUse(t, "use = ?", int(chat.UseLogo)); err != nil {
			return err
		}
		if picture == 0 {
			return t.Exec("DELETE FROM settings WHERE key = ?", chat.SettingLogo)
		}
		if err := t.Exec("UPDATE files SET use = ?, room_id = NULL WHERE id = ?", int(chat.UseLogo), picture); err != nil {
			return err
		}
		return SetSetting(t, chat.SettingLogo, strconv.FormatInt(int64(picture), 10))
	})
}

// Emoji implements chat.FileStore.
func (d *Store) Emoji(ctx context.Context) ([]chat.CustomEmoji, error) {
	return All(ctx, d, func(r Scanner) (e chat.CustomEmoji, err error) {
		var at int64
		err = r.Scan(&e.Name, &e.File, &e.By.ID, &e.By.Username, &e.By.Name, &e.By.Picture, &at)
		e.At = FromMillis(at)
		return e, err
	}, `SELECT e.name, e.file_id, a.id, a.username, a.name, a.picture, e.made_at FROM emoji e JOIN accounts a ON a.id = e.made_by ORDER BY e.name`)
}

// AddEmoji implements chat.FileStore.
func (d *Store) AddEmoji(ctx context.Context, e chat.CustomEmoji, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		n, err := t.Affect("INSERT INTO emoji (name, file_id, made_by, made_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			e.Name, e.File, e.By.ID, ToMillis(e.At))
		if err == nil && n == 0 {
			err = chat.Conflict("name", "There is an emoji of this name already.")
		}
		return err
	})
}

// RemoveEmoji implements chat.FileStore.
func (d *Store) RemoveEmoji(ctx context.Context, name string, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		var file chat.FileID
		if err := t.One("SELECT file_id FROM emoji WHERE name = ?", []any{name}, &file); err != nil {
			return err
		}
		if err := t.Exec("DELETE FROM emoji WHERE name = ?", name); err != nil {
			return err
		}
		return dropUse(t, "id = ?", file)
	})
}
