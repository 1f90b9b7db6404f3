package db

import (
	"context"

	"parley/app/chat"
)

// withAuditEntry is a change that writes into the audit log what it does.
func withAuditEntry(do func(*tx) error, d chat.AuditEntry) func(*tx) error {
	return func(t *tx) error {
		if err := do(t); err != nil {
			return err
		}
		return t.exec("INSERT INTO audit (at, by_id, by_name, action, object, detail) VALUES (?, nullif(?, 0), ?, ?, ?, ?)",
			toMillis(d.At), d.By, d.ByName, d.Action, d.Object, d.Detail)
	}
}

// AddAudit writes the entry that ctx carries into the audit log, of something that took
// many changes; see chat.Noted.
func (d *DB) AddAudit(ctx context.Context) error {
	return d.change(ctx, func(*tx) error { return nil })
}

// AuditLog implements chat.AuditStore.
func (d *DB) AuditLog(ctx context.Context, before int64, limit int) ([]chat.AuditEntry, error) {
	if before == 0 {
		before = 1 << 62
	}
	return all(ctx, d, func(r scanner) (e chat.AuditEntry, err error) {
		var at int64
		err = r.Scan(&e.ID, &at, &e.By, &e.ByName, &e.Action, &e.Object, &e.Detail)
		e.At = fromMillis(at)
		return e, err
	}, "SELECT id, at, coalesce(by_id, 0), by_name, action, object, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit)
}
