package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// SetProved implements auth.FactorStore.
func (d *Store) SetProved(ctx context.Context, session []byte, at time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		t.sessionChanged(session)
		return t.Exec("UPDATE sessions SET proved_at = ? WHERE token_hash = ?", ToMillis(at), session)
	})
}

// Factor implements auth.FactorStore.
func (d *Store) Factor(ctx context.Context, who chat.AccountID) (f auth.Factor, err error) {
	var confirmed int64
	err = d.One(ctx, "SELECT secret, confirmed_at, (SELECT count(*) FROM recovery r WHERE r.account_id = f.account_id) FROM factors f WHERE f.account_id = ?",
		[]any{who}, &f.Secret, &confirmed, &f.Recovery)
	f.Confirmed = FromMillis(confirmed)
	return f, err
}

// SetFactor implements auth.FactorStore.
func (d *Store) SetFactor(ctx context.Context, who chat.AccountID, secret string) error {
	return d.change(ctx, func(t *Tx) error {
		n, err := t.Affect(`INSERT INTO factors (account_id, secret) VALUES (?, ?)
			ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret WHERE factors.confirmed_at = 0`, who, secret)
		if err == nil && n == 0 {
			err = chat.ErrConflict
		}
		return err
	})
}

// ConfirmFactor implements auth.FactorStore.
func (d *Store) ConfirmFactor(ctx context.Context, who chat.AccountID, step int64, codes [][]byte, at time.Time,
	audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(who)
		n, err := t.Affect("UPDATE factors SET confirmed_at = ?, step = ? WHERE account_id = ? AND confirmed_at = 0", ToMillis(at), step, who)
		if err == nil && n == 0 {
			err = chat.ErrNotFound
		}
		if err != nil {
			return err
		}
		return setRecovery(t, who, codes)
	})
}

func setRecovery(t *Tx, who chat.AccountID, codes [][]byte) error {
	if err := t.Exec("DELETE FROM recovery WHERE account_id = ?", who); err != nil {
		return err
	}
	for _, hash := range codes {
		if err := t.Exec("INSERT INTO recovery (account_id, hash) VALUES (?, ?)", who, hash); err != nil {
			return err
		}
	}
	return nil
}

// UseStep implements auth.FactorStore.
func (d *Store) UseStep(ctx context.Context, who chat.AccountID, step int64) (used bool, err error) {
	return d.affects(ctx, "UPDATE factors SET step = ?1 WHERE account_id = ?2 AND step < ?1 AND confirmed_at > 0", step, who)
}

// UseRecovery implements auth.FactorStore.
func (d *Store) UseRecovery(ctx context.Context, who chat.AccountID, hash []byte) (bool, error) {
	return d.affects(ctx, "DELETE FROM recovery WHERE account_id = ? AND hash = ?", who, hash)
}

// affects runs a statement in a change of its own, and says whether it changed a row.
func (d *Store) affects(ctx context.Context, query string, args ...any) (did bool, err error) {
	err = d.change(ctx, func(t *Tx) error {
		n, err := t.Affect(query, args...)
		did = n > 0
		return err
	})
	return did, err
}

// SetRecovery implements auth.FactorStore.
func (d *Store) SetRecovery(ctx context.Context, who chat.AccountID, codes [][]byte, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error { return setRecovery(t, who, codes) })
}

// RemoveFactor implements auth.FactorStore.
func (d *Store) RemoveFactor(ctx context.Context, who chat.AccountID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(who)
		return t.Each([]any{who}, "DELETE FROM factors WHERE account_id = ?", "DELETE FROM recovery WHERE account_id = ?")
	})
}

// ResetFactors implements auth.FactorStore.
func (d *Store) ResetFactors(ctx context.Context, who chat.AccountID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(who)
		return t.Each([]any{who}, "DELETE FROM factors WHERE account_id = ?", "DELETE FROM recovery WHERE account_id = ?",
			"DELETE FROM passkeys WHERE account_id = ?",
			"DELETE FROM tickets WHERE account_id = ?", "DELETE FROM sessions WHERE account_id = ?")
	})
}

// AddTicket implements auth.FactorStore.
func (d *Store) AddTicket(ctx context.Context, hash []byte, v auth.Ticket) error {
	return d.change(ctx, func(t *Tx) error {
		var whose any
		if v.Account != 0 {
			whose = v.Account
		}
		return t.Exec("INSERT INTO tickets (hash, kind, account_id, data, until) VALUES (?, ?, ?, ?, ?)", hash, int(v.Kind), whose,
			v.Data, ToMillis(v.Until))
	})
}

func scanTicket(r Scanner) (v auth.Ticket, err error) {
	var until int64
	err = r.Scan(&v.Kind, &v.Account, &v.Data, &until)
	v.Until = FromMillis(until)
	return v, err
}

const ticketColumns = "kind, coalesce(account_id, 0), data, until"

// Ticket implements auth.FactorStore.
func (d *Store) Ticket(ctx context.Context, kind auth.TicketKind, hash []byte, at time.Time) (auth.Ticket, error) {
	return oneRow(ctx, d, scanTicket, "SELECT "+ticketColumns+" FROM tickets WHERE hash = ? AND kind = ? AND until > ?", hash,
		int(kind), ToMillis(at))
}

// TakeTicket implements auth.FactorStore.
func (d *Store) TakeTicket(ctx context.Context, kind auth.TicketKind, hash []byte, at time.Time) (v auth.Ticket, err error) {
	err = d.change(ctx, func(t *Tx) error {
		list, err := List(t, scanTicket, "DELETE FROM tickets WHERE hash = ? AND kind = ? AND until > ? RETURNING "+ticketColumns, hash,
			int(kind), ToMillis(at))
		if err == nil && len(list) == 0 {
			err = sql.ErrNoRows
		}
		if err == nil {
			v = list[0]
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = chat.NotFound()
	}
	return v, err
}

// ExpireTickets implements auth.FactorStore.
func (d *Store) ExpireTickets(ctx context.Context, at time.Time) error {
	return d.change(ctx, func(t *Tx) error { return t.Exec("DELETE FROM tickets WHERE until <= ?", ToMillis(at)) })
}

// AddPasskey implements auth.PasskeyStore.
func (d *Store) AddPasskey(ctx context.Context, p auth.Passkey, credential []byte, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(p.Account)
		n, err := t.Affect("INSERT INTO passkeys (account_id, credential, data, name, made_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			p.Account, credential, p.Data, p.Name, ToMillis(p.Made))
		if err == nil && n == 0 {
			err = chat.ErrConflict
		}
		return err
	})
}

// Passkeys implements auth.PasskeyStore.
func (d *Store) Passkeys(ctx context.Context, who chat.AccountID) ([]auth.Passkey, error) {
	return All(ctx, d, func(r Scanner) (p auth.Passkey, err error) {
		var made, used int64
		err = r.Scan(&p.ID, &p.Account, &p.Name, &made, &used, &p.Data)
		p.Made, p.Used = FromMillis(made), FromMillis(used)
		return p, err
	}, "SELECT id, account_id, name, made_at, used_at, data FROM passkeys WHERE account_id = ? ORDER BY id DESC", who)
}

// UsePasskey implements auth.PasskeyStore.
func (d *Store) UsePasskey(ctx context.Context, id int64, data []byte, at time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("UPDATE passkeys SET data = ?, used_at = ? WHERE id = ?", data, ToMillis(at), id)
	})
}

// RenamePasskey implements auth.PasskeyStore.
func (d *Store) RenamePasskey(ctx context.Context, who chat.AccountID, id int64, name string) error {
	did, err := d.affects(ctx, "UPDATE passkeys SET name = ? WHERE id = ? AND account_id = ?", name, id, who)
	if err == nil && !did {
		err = chat.NotFound()
	}
	return err
}

// RemovePasskey implements auth.PasskeyStore.
func (d *Store) RemovePasskey(ctx context.Context, who chat.AccountID, id int64, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(who)
		n, err := t.Affect("DELETE FROM passkeys WHERE id = ? AND account_id = ?", id, who)
		if err == nil && n == 0 {
			err = chat.ErrNotFound
		}
		return err
	})
}
