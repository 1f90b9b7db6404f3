package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// AddInvite implements auth.InviteStore.
func (d *Store) AddInvite(ctx context.Context, i auth.Invite, audit chat.AuditEntry) (id int64, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		return t.One(`INSERT INTO invites (code, role, uses, made_by, made_at, expires_at, rooms)
			VALUES (?, ?, ?, nullif(CAST(? AS BIGINT), 0), ?, nullif(CAST(? AS BIGINT), 0), ?) RETURNING id`,
			[]any{i.Code, i.Role, i.Uses, i.By.ID, ToMillis(i.Made), millisOr0(i.Expires), JSONList(i.Rooms)}, &id)
	})
	return id, err
}

func millisOr0(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return ToMillis(t)
}

const inviteQuery = `SELECT i.id, i.code, i.role, i.uses, i.used, coalesce(a.id, 0), coalesce(a.username, ''), coalesce(a.name, ''),
	i.made_at, coalesce(i.expires_at, 0), i.revoked_at IS NOT NULL OR coalesce(a.role < 1 OR a.disabled_at IS NOT NULL, false), i.rooms
	FROM invites i LEFT JOIN accounts a ON a.id = i.made_by `

func scanInvite(r Scanner) (i auth.Invite, err error) {
	var made, expires int64
	var rooms []byte
	if err = r.Scan(&i.ID, &i.Code, &i.Role, &i.Uses, &i.Used, &i.By.ID, &i.By.Username, &i.By.Name, &made, &expires, &i.Revoked,
		&rooms); err != nil {
		return i, err
	}
	i.Made, i.Expires = FromMillis(made), FromMillis(expires)
	return i, json.Unmarshal(rooms, &i.Rooms)
}

// Invites implements auth.InviteStore.
func (d *Store) Invites(ctx context.Context, limit int) ([]auth.Invite, error) {
	return All(ctx, d, scanInvite, inviteQuery+"ORDER BY i.id DESC LIMIT ?", limit)
}

// InviteByCode implements auth.InviteStore.
func (d *Store) InviteByCode(ctx context.Context, code string) (auth.Invite, error) {
	return oneRow(ctx, d, scanInvite, inviteQuery+"WHERE i.code = ?", code)
}

// RevokeInvite implements auth.InviteStore.
func (d *Store) RevokeInvite(ctx context.Context, id int64, at time.Time, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		n, err := t.Affect("UPDATE invites SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", ToMillis(at), id)
		if t.unchanged = err == nil && n == 0; !t.unchanged {
			return err
		}
		var there int64
		err = t.One("SELECT id FROM invites WHERE id = ?", []any{id}, &there)
		if errors.Is(err, sql.ErrNoRows) {
			err = chat.NotFound()
		}
		return err
	})
}

// revokeIssued ends what somebody issued who is no administrator any more: invites,
// and links that set a password.
func revokeIssued(t *Tx, who chat.AccountID) error {
	if err := t.Exec("DELETE FROM resets WHERE made_by = ?", who); err != nil {
		return err
	}
	return t.Exec("UPDATE invites SET revoked_at = ? WHERE made_by = ? AND revoked_at IS NULL", ToMillis(time.Now()), who)
}

// useInvite counts one who comes by an invite, and says what he becomes.
func useInvite(t *Tx, code string, at time.Time) (role chat.Role, err error) {
	err = t.One(`UPDATE invites SET used = used + 1 WHERE code = ? AND revoked_at IS NULL AND (uses = 0 OR used < uses)
		AND (expires_at IS NULL OR expires_at > ?) AND (made_by IS NULL
		OR made_by IN (SELECT id FROM accounts WHERE role >= 1 AND disabled_at IS NULL))
		RETURNING role`, []any{code, ToMillis(at)}, &role)
	if errors.Is(err, sql.ErrNoRows) {
		err = auth.ErrInviteOver
	}
	return role, err
}

// SetReset implements auth.ResetStore.
func (d *Store) SetReset(ctx context.Context, who, by chat.AccountID, hash []byte, expires time.Time, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		n, err := t.Affect(`INSERT INTO resets (account_id, token_hash, expires_at, made_by)
			SELECT id, ?, ?, nullif(CAST(? AS BIGINT), 0) FROM accounts WHERE id = ? AND disabled_at IS NULL
			ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at,
			made_by = excluded.made_by`, hash, ToMillis(expires), by, who)
		if err == nil && n == 0 {
			err = chat.NotFound()
		}
		return err
	})
}

// resetFor is a link that has not run out, of an account that can log in, made by
// somebody who still may make one.
const resetFor = `token_hash = ? AND expires_at > ? AND account_id IN (SELECT id FROM accounts WHERE disabled_at IS NULL)
	AND (made_by IS NULL OR made_by IN (SELECT id FROM accounts WHERE role >= 1 AND disabled_at IS NULL))`

// ResetOf implements auth.ResetStore.
func (d *Store) ResetOf(ctx context.Context, hash []byte, now time.Time) (chat.Account, error) {
	var who chat.AccountID
	if err := d.One(ctx, "SELECT account_id FROM resets WHERE "+resetFor, []any{hash, ToMillis(now)}, &who); err != nil {
		return chat.Account{}, err
	}
	return d.Account(ctx, who)
}

// UseReset implements auth.ResetStore.
func (d *Store) UseReset(ctx context.Context, hash []byte, password string, now time.Time) (who chat.AccountID, err error) {
	err = d.change(ctx, func(t *Tx) error {
		err := t.One("DELETE FROM resets WHERE "+resetFor+" RETURNING account_id", []any{hash, ToMillis(now)}, &who)
		if errors.Is(err, sql.ErrNoRows) { // used a moment ago
			return chat.NotFound()
		}
		if err != nil {
			return err
		}
		return setPassword(t, who, password)
	})
	return who, err
}
