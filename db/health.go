package db

import (
	"context"

	"parley/app/chat"
)

// CountHealth counts what is stored, for chat.HealthStore: all but days and disks.
func (d *Store) CountHealth(ctx context.Context) (h chat.Health, err error) {
	if err := d.One(ctx, "SELECT count(*), count(disabled_at) FROM accounts WHERE bot_by IS NULL", nil, &h.People, &h.Disabled); err != nil {
		return h, err
	}
	if err := d.One(ctx, `SELECT count(*) FILTER (WHERE kind = 0), count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = 2),
		coalesce(sum(posts), 0) FROM rooms WHERE deleted_at IS NULL`,
		nil, &h.Open, &h.Private, &h.Direct, &h.Messages); err != nil {
		return h, err
	}
	settings, err := d.Settings(ctx)
	h.Unfinished = settings[chat.ImportUnfinished]
	return h, err
}
