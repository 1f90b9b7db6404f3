package db

import (
	"context"

	"parley/app/auth"
	"parley/app/chat"
)

// AddIdentity implements auth.IdentityStore.
func (d *Store) AddIdentity(ctx context.Context, i auth.Identity, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		return addIdentity(t, i)
	})
}

func addIdentity(t *Tx, i auth.Identity) error {
	n, err := t.Affect("INSERT INTO identities (issuer, subject, account_id, label, made_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		i.Issuer, i.Subject, i.Account, i.Label, ToMillis(i.Made))
	if err == nil && n == 0 {
		err = chat.ErrConflict
	}
	return err
}

// IdentityAccount implements auth.IdentityStore.
func (d *Store) IdentityAccount(ctx context.Context, issuer, subject string) (chat.Account, error) {
	var id chat.AccountID
	if err := d.One(ctx, "SELECT account_id FROM identities WHERE issuer = ? AND subject = ?",
		[]any{issuer, subject}, &id); err != nil {
		return chat.Account{}, err
	}
	return d.Account(ctx, id)
}

// Identities implements auth.IdentityStore.
func (d *Store) Identities(ctx context.Context, who chat.AccountID) ([]auth.Identity, error) {
	return All(ctx, d, scanIdentity,
		"SELECT issuer, subject, account_id, label, made_at FROM identities WHERE account_id = ? ORDER BY made_at, issuer, subject", who)
}

// IdentitiesAt implements auth.IdentityStore.
func (d *Store) IdentitiesAt(ctx context.Context, issuer string, after auth.Identity, limit int) ([]auth.Identity, error) {
	return All(ctx, d, scanIdentity,
		"SELECT issuer, subject, account_id, label, made_at FROM identities WHERE issuer = ? AND subject > ? ORDER BY subject LIMIT ?",
		issuer, after.Subject, limit)
}

func scanIdentity(r Scanner) (i auth.Identity, err error) {
	var made int64
	err = r.Scan(&i.Issuer, &i.Subject, &i.Account, &i.Label, &made)
	i.Made = FromMillis(made)
	return i, err
}

// RemoveIdentity implements auth.IdentityStore.
func (d *Store) RemoveIdentity(ctx context.Context, who chat.AccountID, issuer, subject string, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		n, err := t.Affect("DELETE FROM identities WHERE account_id = ? AND issuer = ? AND subject = ?", who, issuer, subject)
		if err == nil && n == 0 {
			err = chat.ErrNotFound
		}
		return err
	})
}
