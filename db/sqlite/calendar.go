package sqlite

import (
	"context"
	"time"

	"parley/app/chat"
)

// Health implements chat.HealthStore.
func (d *DB) Health(ctx context.Context, now time.Time) (h chat.Health, err error) {
	if h, err = d.CountHealth(ctx); err != nil {
		return h, err
	}
	disk := d.Stats()
	h.File, h.Log, h.Free = disk.Size, disk.Log, disk.Free
	h.Days, err = d.calendar.Load(now, func() ([]chat.HealthDay, error) { return d.days(ctx, now) })
	return h, err
}

// days counts what came on each of the last days.
func (d *DB) days(ctx context.Context, now time.Time) ([]chat.HealthDay, error) {
	return d.CountDays(ctx, now, `SELECT day, (SELECT count(*) FROM messages m
		WHERE m.id BETWEEN days.first AND days.last AND m.kind = 0 AND m.at / 86400000 = days.day)
		FROM days WHERE day > ?`)
}
