package db

import (
	"context"
	"time"

	"parley/app/chat"
)

const deviceColumns = "d.id, d.account_id, d.session, d.endpoint, d.p256dh, d.auth, d.name, d.zone, d.made_at, d.reached_at, d.note"

func scanDevice(r Scanner) (d chat.Device, err error) {
	var made, reached int64
	err = r.Scan(&d.ID, &d.Account, &d.Session, &d.Endpoint, &d.P256DH, &d.Auth, &d.Name, &d.Zone, &made, &reached, &d.Note)
	d.Made, d.Reached = FromMillis(made), FromMillis(reached)
	return d, err
}

// AddDevice implements chat.DeviceStore.
func (d *Store) AddDevice(ctx context.Context, v chat.Device, limit int) (id chat.DeviceID, err error) {
	err = d.change(ctx, func(t *Tx) error {
		// What it was told as somebody else's goes with that.
		if err := t.Exec("DELETE FROM devices WHERE endpoint = ? AND account_id <> ?", v.Endpoint, v.Account); err != nil {
			return err
		}
		if err := t.One(`INSERT INTO devices (account_id, session, endpoint, p256dh, auth, name, zone, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (endpoint) DO UPDATE SET session = excluded.session, p256dh = excluded.p256dh, auth = excluded.auth, name = excluded.name, zone = excluded.zone
			RETURNING id`, []any{v.Account, v.Session, v.Endpoint, v.P256DH, v.Auth, v.Name, v.Zone, ToMillis(v.Made)}, &id); err != nil {
			return err
		}
		return t.Exec("DELETE FROM devices WHERE account_id = ?1 AND id NOT IN (SELECT id FROM devices WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2)", v.Account, limit)
	})
	return id, err
}

// Devices implements chat.DeviceStore.
func (d *Store) Devices(ctx context.Context, who chat.AccountID) ([]chat.Device, error) {
	return All(ctx, d, scanDevice, "SELECT "+deviceColumns+" FROM devices d WHERE d.account_id = ? ORDER BY d.id DESC", who)
}

// Device implements chat.DeviceStore.
func (d *Store) Device(ctx context.Context, id chat.DeviceID) (chat.Device, error) {
	return oneRow(ctx, d, scanDevice,
		"SELECT "+deviceColumns+" FROM devices d JOIN accounts a ON a.id = d.account_id WHERE d.id = ? AND a.disabled_at IS NULL", id)
}

// RemoveDevice implements chat.DeviceStore.
func (d *Store) RemoveDevice(ctx context.Context, who chat.AccountID, id chat.DeviceID) error {
	return d.change(ctx, func(t *Tx) error { return t.Exec("DELETE FROM devices WHERE id = ? AND account_id = ?", id, who) })
}

// DeviceReached implements chat.DeviceStore.
func (d *Store) DeviceReached(ctx context.Context, id chat.DeviceID, at time.Time, note string) error {
	return d.change(ctx, func(t *Tx) error {
		if note != "" {
			return t.Exec("UPDATE devices SET note = ? WHERE id = ?", note, id)
		}
		return t.Exec("UPDATE devices SET note = '', reached_at = ? WHERE id = ?", ToMillis(at), id)
	})
}

// DevicesIn implements chat.DeviceStore.
func (d *Store) DevicesIn(ctx context.Context, room chat.RoomID) ([]chat.Device, error) {
	return All(ctx, d, scanDevice,
		"SELECT "+deviceColumns+` FROM devices d JOIN memberships m ON m.account_id = d.account_id AND m.room_id = ? AND m.left_at IS NULL
		JOIN accounts a ON a.id = d.account_id WHERE a.disabled_at IS NULL ORDER BY d.id`, room)
}

// RoomsToPush implements chat.DeviceStore.
func (d *Store) RoomsToPush(ctx context.Context, after time.Time) ([]chat.RoomID, error) {
	return All(ctx, d, ScanID[chat.RoomID],
		`SELECT DISTINCT m.room_id FROM devices d JOIN memberships m ON m.account_id = d.account_id AND m.left_at IS NULL
		JOIN rooms r ON r.id = m.room_id LEFT JOIN pushed p ON p.room_id = r.id
		WHERE r.last_at > ? AND r.last_id > coalesce(p.upto, 0) AND r.deleted_at IS NULL`, ToMillis(after))
}

// ToPush implements chat.DeviceStore.
func (d *Store) ToPush(ctx context.Context, room chat.RoomID, after time.Time, limit int) ([]chat.Message, error) {
	var from int64 // a room whose last look is long ago is not read through: what is old is told nobody
	err := d.One(ctx, `SELECT greatest(coalesce((SELECT upto FROM pushed WHERE room_id = ?1), 0),
		coalesce((SELECT id FROM messages WHERE room_id = ?1 AND at <= ?2 ORDER BY id DESC LIMIT 1), 0))`, []any{room, ToMillis(after)}, &from)
	if err != nil {
		return nil, err
	}
	return All(ctx, d, scanMessage, messageQuery+"WHERE m.room_id = ? AND m.id > ? ORDER BY m.id LIMIT ?", room, from, limit)
}

// QueuePushes implements chat.DeviceStore.
func (d *Store) QueuePushes(ctx context.Context, room chat.RoomID, upto chat.MessageID, list []chat.Push) error {
	return d.change(ctx, func(t *Tx) error {
		for _, p := range list {
			// Who is asked again within a while, is told once; of what is shown already, a little later.
			if err := t.Exec(`INSERT INTO pushes (device_id, room_id, message_id, next_at, made_at)
				SELECT id, ?2, ?3, ?4, ?5 FROM devices WHERE id = ?1
				ON CONFLICT (device_id, room_id) DO UPDATE SET message_id = excluded.message_id, made_at = excluded.made_at, tries = 0, state = 0,
				next_at = CASE pushes.state WHEN 0 THEN pushes.next_at WHEN 1 THEN greatest(excluded.next_at, excluded.made_at + ?6) ELSE excluded.next_at END
				WHERE pushes.message_id < excluded.message_id`,
				p.Device, room, p.Message, ToMillis(p.Next), ToMillis(p.Made), chat.PushAgain.Milliseconds()); err != nil {
				return err
			}
		}
		return t.Exec("INSERT INTO pushed (room_id, upto) VALUES (?, ?) ON CONFLICT (room_id) DO UPDATE SET upto = greatest(pushed.upto, excluded.upto)", room, upto)
	})
}

func scanPush(r Scanner) (p chat.Push, err error) {
	var next, made int64
	err = r.Scan(&p.Device, &p.Room, &p.Message, &p.State, &p.Tries, &next, &made)
	p.Next, p.Made = FromMillis(next), FromMillis(made)
	return p, err
}

// DuePushes implements chat.DeviceStore.
func (d *Store) DuePushes(ctx context.Context, at time.Time, limit int) ([]chat.Push, error) {
	return All(ctx, d, scanPush, `SELECT device_id, room_id, message_id, state, tries, next_at, made_at FROM pushes
		WHERE state <> 1 AND next_at <= ? ORDER BY next_at, device_id, room_id LIMIT ?`, ToMillis(at), limit)
}

// SetPush implements chat.DeviceStore.
func (d *Store) SetPush(ctx context.Context, p chat.Push) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("UPDATE pushes SET state = ?, tries = ?, next_at = ? WHERE device_id = ? AND room_id = ? AND message_id = ?",
			int(p.State), p.Tries, ToMillis(p.Next), p.Device, p.Room, p.Message)
	})
}

// DropPush implements chat.DeviceStore.
func (d *Store) DropPush(ctx context.Context, p chat.Push) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("DELETE FROM pushes WHERE device_id = ? AND room_id = ? AND message_id = ?", p.Device, p.Room, p.Message)
	})
}

// WithdrawRead implements chat.DeviceStore.
func (d *Store) WithdrawRead(ctx context.Context, at time.Time) error {
	read := `SELECT p.device_id FROM pushes p JOIN devices d ON d.id = p.device_id JOIN messages n ON n.id = p.message_id
		LEFT JOIN memberships m ON m.room_id = p.room_id AND m.account_id = d.account_id AND m.left_at IS NULL
		WHERE p.state = 1 AND (m.room_id IS NULL OR m.posts_read >= n.posts OR n.deleted_at IS NOT NULL)`
	var any bool
	if err := d.One(ctx, "SELECT EXISTS ("+read+")", nil, &any); err != nil || !any {
		return err
	}
	return d.change(ctx, func(t *Tx) error {
		return t.Exec(`UPDATE pushes SET state = 2, tries = 0, next_at = ? WHERE state = 1 AND EXISTS (`+read+
			` AND p.device_id = pushes.device_id AND p.room_id = pushes.room_id)`, ToMillis(at))
	})
}
