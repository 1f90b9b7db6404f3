package db

import (
	"context"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

const keyColumns = "k.id, k.account_id, k.name, k.begins, k.writes, k.made_at, k.expires_at, k.used_at, coalesce(k.room_id, 0), k.dialect, k.feed"

func scanKey(r Scanner) (k auth.Key, err error) {
	var made, expires, used int64
	err = r.Scan(&k.ID, &k.Account, &k.Name, &k.Begins, &k.Writes, &made, &expires, &used, &k.Room, &k.Dialect, &k.Feed)
	k.Made, k.Expires, k.Used = FromMillis(made), FromMillis(expires), FromMillis(used)
	return k, err
}

// AddKey implements auth.KeyStore.
func (d *Store) AddKey(ctx context.Context, k auth.Key, hash []byte, audit chat.AuditEntry) (id int64, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		return t.One(`INSERT INTO keys (account_id, hash, begins, name, writes, made_at, expires_at, room_id, dialect, feed)
			VALUES (?, ?, ?, ?, ?, ?, ?, nullif(CAST(? AS BIGINT), 0), ?, ?) RETURNING id`,
			[]any{k.Account, hash, k.Begins, k.Name, k.Writes, ToMillis(k.Made), millisOrNever(k.Expires), k.Room, int(k.Dialect), k.Feed}, &id)
	})
	return id, err
}

// KeyOf implements auth.KeyStore.
func (d *Store) KeyOf(ctx context.Context, hash []byte) (k auth.Key, of, maker chat.Account, err error) {
	if k, err = oneRow(ctx, d, scanKey, "SELECT "+keyColumns+` FROM keys k JOIN accounts a ON a.id = k.account_id
		WHERE k.hash = ? AND a.disabled_at IS NULL`, hash); err != nil {
		return k, of, maker, err
	}
	if of, err = d.Account(ctx, k.Account); err == nil && of.IsBot() {
		maker, err = d.Account(ctx, of.Maker)
	}
	return k, of, maker, err
}

// Keys implements auth.KeyStore.
func (d *Store) Keys(ctx context.Context, of chat.AccountID) ([]auth.Key, error) {
	return All(ctx, d, scanKey, "SELECT "+keyColumns+" FROM keys k WHERE k.account_id = ? ORDER BY k.id DESC", of)
}

// Hooks implements auth.KeyStore.
func (d *Store) Hooks(ctx context.Context, room chat.RoomID) ([]auth.Key, error) {
	return All(ctx, d, scanKey, "SELECT "+keyColumns+` FROM keys k JOIN accounts a ON a.id = k.account_id
		WHERE k.room_id = ? AND a.disabled_at IS NULL ORDER BY k.id DESC`, room)
}

// ExpireKey implements auth.KeyStore.
func (d *Store) ExpireKey(ctx context.Context, of chat.AccountID, id int64, at time.Time, audit chat.AuditEntry) (hash []byte, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		if at.IsZero() {
			return t.One("DELETE FROM keys WHERE id = ? AND account_id = ? RETURNING hash", []any{id, of}, &hash)
		}
		return t.One("UPDATE keys SET expires_at = ? WHERE id = ? AND account_id = ? RETURNING hash", []any{ToMillis(at), id, of}, &hash)
	})
	return hash, err
}

// millisOrNever is 0 for the zero time.
func millisOrNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return ToMillis(t)
}
