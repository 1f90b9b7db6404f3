package db

import (
	"context"

	"parley/app/chat"
)

// changeAudited is change with an entry in the audit log, in the same transaction; the
// zero entry is none, and what turns out to change nothing (tx.unchanged) has none.
func (d *Store) changeAudited(ctx context.Context, e chat.AuditEntry, do func(*Tx) error) error {
	return d.change(ctx, audited(e, do))
}

// audited is do, and then the entry.
func audited(e chat.AuditEntry, do func(*Tx) error) func(*Tx) error {
	return func(t *Tx) error {
		t.unchanged = false
		if err := do(t); err != nil || t.unchanged {
			return err
		}
		return addAudit(t, e)
	}
}

func addAudit(t *Tx, e chat.AuditEntry) error {
	if e.Action == "" {
		return nil
	}
	return t.Exec("INSERT INTO audit (at, by_id, by_name, action, object, detail) VALUES (?, nullif(CAST(? AS BIGINT), 0), ?, ?, ?, ?)",
		ToMillis(e.At), e.By, e.ByName, e.Action, e.Object, e.Detail)
}

// AddAudit writes an entry of something that took many changes.
func (d *Store) AddAudit(ctx context.Context, e chat.AuditEntry) error {
	return d.change(ctx, func(t *Tx) error { return addAudit(t, e) })
}

// AuditLog implements chat.AuditStore.
func (d *Store) AuditLog(ctx context.Context, before int64, limit int) ([]chat.AuditEntry, error) {
	if before == 0 {
		before = 1 << 62
	}
	return All(ctx, d, func(r Scanner) (e chat.AuditEntry, err error) {
		var at int64
		err = r.Scan(&e.ID, &at, &e.By, &e.ByName, &e.Action, &e.Object, &e.Detail)
		e.At = FromMillis(at)
		return e, err
	}, "SELECT id, at, coalesce(by_id, 0), by_name, action, object, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit)
}
