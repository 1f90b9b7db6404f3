package db

import (
	"context"

	"parley/app/auth"
	"parley/app/chat"
)

// AddApplication implements auth.ApplicationStore.
func (d *Store) AddApplication(ctx context.Context, a auth.Application, limit int) error {
	return d.change(ctx, func(t *Tx) error {
		var taken bool
		if err := t.One("SELECT EXISTS (SELECT 1 FROM accounts WHERE "+alikeAccount+")", alike(a.Username), &taken); err != nil {
			return err
		}
		var waiting int
		if err := t.One("SELECT count(*) FROM applications", nil, &waiting); err != nil {
			return err
		}
		switch {
		case taken:
			return chat.ErrConflict
		case waiting >= limit:
			return chat.ErrTooOften
		}
		n, err := t.Affect("INSERT INTO applications (username, folded, name, password, reason, made_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			a.Username, chat.FoldName(a.Username), a.Name, a.Hash, a.Reason, ToMillis(a.Made))
		if err == nil && n == 0 {
			err = chat.ErrConflict
		}
		return err
	})
}

// Applications implements auth.ApplicationStore.
func (d *Store) Applications(ctx context.Context) ([]auth.Application, error) {
	return All(ctx, d, func(r Scanner) (a auth.Application, err error) {
		var made int64
		err = r.Scan(&a.ID, &a.Username, &a.Name, &a.Hash, &a.Reason, &made)
		a.Made = FromMillis(made)
		return a, err
	}, "SELECT id, username, name, password, reason, made_at FROM applications ORDER BY id")
}

// RemoveApplication implements auth.ApplicationStore.
func (d *Store) RemoveApplication(ctx context.Context, id int64, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error { return t.Exec("DELETE FROM applications WHERE id = ?", id) })
}
