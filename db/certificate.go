package db

import (
	"context"
	"errors"

	"parley/app/chat"
)

// Certificate answers with what was kept under a name: certificates, and our keys.
// chat.ErrNotFound: nothing was.
func (d *Store) Certificate(ctx context.Context, name string) (data []byte, err error) {
	err = d.One(ctx, "SELECT data FROM certificates WHERE name = ?", []any{name}, &data)
	return data, err
}

// SetCertificate keeps something under a name.
func (d *Store) SetCertificate(ctx context.Context, name string, data []byte) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("INSERT INTO certificates (name, data) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET data = excluded.data", name, data)
	})
}

// KeepCertificate answers with what is kept under a name, and keeps fresh there first when
// there is nothing: all nodes get the same.
func (d *Store) KeepCertificate(ctx context.Context, name string, fresh []byte) (kept []byte, err error) {
	if kept, err = d.Certificate(ctx, name); !errors.Is(err, chat.ErrNotFound) {
		return kept, err
	}
	err = d.change(ctx, func(t *Tx) error {
		if err := t.Exec("INSERT INTO certificates (name, data) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, fresh); err != nil {
			return err
		}
		return t.One("SELECT data FROM certificates WHERE name = ?", []any{name}, &kept)
	})
	return kept, err
}

// DeleteCertificate forgets what was kept under a name.
func (d *Store) DeleteCertificate(ctx context.Context, name string) error {
	return d.change(ctx, func(t *Tx) error { return t.Exec("DELETE FROM certificates WHERE name = ?", name) })
}
