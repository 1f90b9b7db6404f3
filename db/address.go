package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

const addressColumns = "a.account_id, a.address, a.confirmed_at, a.mailed"

func scanAddress(r Scanner) (a auth.Address, err error) {
	var confirmed int64
	err = r.Scan(&a.Account, &a.Address, &confirmed, &a.Mailed)
	a.Confirmed = FromMillis(confirmed)
	return a, err
}

func foldAddress(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Address implements auth.AddressStore.
func (d *Store) Address(ctx context.Context, who chat.AccountID) (auth.Address, error) {
	return oneRow(ctx, d, scanAddress, "SELECT "+addressColumns+" FROM addresses a WHERE a.account_id = ?", who)
}

// SetAddress implements auth.AddressStore.
func (d *Store) SetAddress(ctx context.Context, who chat.AccountID, address string) error {
	return d.change(ctx, func(t *Tx) error {
		if address == "" {
			return t.Exec("DELETE FROM addresses WHERE account_id = ?", who)
		}
		// What was said before there was an address is mailed to nobody.
		return t.Exec(`INSERT INTO addresses (account_id, address, folded, mailed) VALUES (?, ?, ?, coalesce((SELECT max(id) FROM messages), 0))
			ON CONFLICT (account_id) DO UPDATE SET address = excluded.address, folded = excluded.folded, confirmed_at = 0, code_hash = NULL, code_until = 0`,
			who, address, foldAddress(address))
	})
}

// SetAddressCode implements auth.AddressStore.
func (d *Store) SetAddressCode(ctx context.Context, who chat.AccountID, address string, hash []byte, until time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("UPDATE addresses SET code_hash = ?, code_until = ? WHERE account_id = ? AND address = ?", hash, ToMillis(until),
			who, address)
	})
}

const addressOfCode = "SELECT " + addressColumns + ` FROM addresses a JOIN accounts c ON c.id = a.account_id
	WHERE a.code_hash = ? AND a.code_until > ? AND c.disabled_at IS NULL`

// AddressOfCode implements auth.AddressStore.
func (d *Store) AddressOfCode(ctx context.Context, hash []byte, at time.Time) (auth.Address, error) {
	return oneRow(ctx, d, scanAddress, addressOfCode, hash, ToMillis(at))
}

// ConfirmAddress implements auth.AddressStore.
func (d *Store) ConfirmAddress(ctx context.Context, hash []byte, at time.Time) (a auth.Address, err error) {
	err = d.change(ctx, func(t *Tx) error {
		var id int64
		if err := t.One("SELECT a.account_id FROM addresses a JOIN accounts c ON c.id = a.account_id WHERE a.code_hash = ? AND a.code_until > ? AND c.disabled_at IS NULL",
			[]any{hash, ToMillis(at)}, &id); err != nil {
			return err
		}
		var taken bool
		if err := t.One(`SELECT EXISTS (SELECT 1 FROM addresses o JOIN addresses a ON a.folded = o.folded AND o.account_id <> a.account_id AND o.confirmed_at > 0
			WHERE a.account_id = ?)`, []any{id}, &taken); err != nil {
			return err
		}
		if taken {
			return chat.ErrConflict
		}
		if err := t.Exec("UPDATE addresses SET confirmed_at = ?, code_hash = NULL, code_until = 0 WHERE account_id = ?", ToMillis(at),
			id); err != nil {
			return err
		}
		list, err := List(t, scanAddress, "SELECT "+addressColumns+" FROM addresses a WHERE a.account_id = ?", id)
		if len(list) == 1 {
			a = list[0]
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = chat.NotFound()
	}
	return a, err
}

// AccountOfAddress implements auth.AddressStore.
func (d *Store) AccountOfAddress(ctx context.Context, address string) (chat.Account, error) {
	var id chat.AccountID
	if err := d.One(ctx, `SELECT a.account_id FROM addresses a JOIN accounts c ON c.id = a.account_id
		WHERE a.folded = ? AND a.confirmed_at > 0 AND c.disabled_at IS NULL`, []any{foldAddress(address)}, &id); err != nil {
		return chat.Account{}, err
	}
	return d.Account(ctx, id)
}

// AddressesToMail implements auth.AddressStore.
func (d *Store) AddressesToMail(ctx context.Context) ([]auth.Address, error) {
	return All(ctx, d, scanAddress, "SELECT "+addressColumns+` FROM addresses a JOIN accounts c ON c.id = a.account_id
		WHERE a.confirmed_at > 0 AND c.disabled_at IS NULL AND EXISTS (SELECT 1 FROM memberships m JOIN rooms r ON r.id = m.room_id
		WHERE m.account_id = a.account_id AND m.left_at IS NULL AND m.muted = 0 AND r.last_id > a.mailed AND r.posts > m.posts_read)`)
}

// QueueMail implements auth.AddressStore.
func (d *Store) QueueMail(ctx context.Context, m auth.Mail, upto chat.MessageID) error {
	return d.change(ctx, func(t *Tx) error {
		if upto != 0 {
			if n, err := t.Affect("UPDATE addresses SET mailed = ? WHERE account_id = ? AND mailed < ?", upto, m.Account, upto); err != nil ||
				n == 0 {
				return err
			}
		}
		if m.Kind == auth.MailVisitor { // one that waits will say this, too
			if n, err := t.Affect("UPDATE mails SET made_at = ? WHERE kind = ? AND data = ? AND tries = 0", ToMillis(m.Made), int(m.Kind),
				m.Data); err != nil || n > 0 {
				return err
			}
		}
		var whose any
		if m.Account != 0 {
			whose = m.Account
		}
		return t.Exec("INSERT INTO mails (kind, account_id, data, next_at, made_at) VALUES (?, ?, ?, ?, ?)", int(m.Kind), whose, m.Data,
			ToMillis(m.Next), ToMillis(m.Made))
	})
}

func scanMail(r Scanner) (m auth.Mail, err error) {
	var next, made int64
	err = r.Scan(&m.ID, &m.Kind, &m.Account, &m.Data, &m.Tries, &next, &made)
	m.Next, m.Made = FromMillis(next), FromMillis(made)
	return m, err
}

// DueMails implements auth.AddressStore.
func (d *Store) DueMails(ctx context.Context, at time.Time, limit int) ([]auth.Mail, error) {
	return All(ctx, d, scanMail, "SELECT id, kind, coalesce(account_id, 0), data, tries, next_at, made_at FROM mails WHERE next_at <= ? ORDER BY next_at, id LIMIT ?", ToMillis(at), limit)
}

// SetMail implements auth.AddressStore.
func (d *Store) SetMail(ctx context.Context, m auth.Mail) error {
	return d.change(ctx, func(t *Tx) error {
		if m.Next.IsZero() {
			return t.Exec("DELETE FROM mails WHERE id = ?", m.ID)
		}
		return t.Exec("UPDATE mails SET tries = ?, next_at = ? WHERE id = ?", m.Tries, ToMillis(m.Next), m.ID)
	})
}
