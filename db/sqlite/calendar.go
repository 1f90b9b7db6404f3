package sqlite

import (
	"context"
	"sync"
	"time"

	"parley/app/chat"
	"parley/db"
)

// Health implements chat.HealthStore.
func (d *DB) Health(ctx context.Context, now time.Time) (h chat.Health, err error) {
	if h, err = d.CountHealth(ctx); err != nil {
		return h, err
	}
	disk := d.Stats()
	h.File, h.Log, h.Free = disk.Size, disk.Log, disk.Free
	h.Days, err = d.calendar.load(now, func() ([]chat.HealthDay, error) { return d.days(ctx, now) })
	return h, err
}

// calendar keeps what was counted for a minute: a busy month is long to count.
type calendar struct {
	mu   sync.Mutex
	at   time.Time
	days []chat.HealthDay
}

func (c *calendar) load(now time.Time, read func() ([]chat.HealthDay, error)) (days []chat.HealthDay, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.days != nil && now.Sub(c.at) < time.Minute {
		return c.days, nil
	}
	if days, err = read(); err == nil {
		c.at, c.days = now, days
	}
	return days, err
}

// days counts what came on each of the last days.
func (d *DB) days(ctx context.Context, now time.Time) ([]chat.HealthDay, error) {
	today := dayOf(now)
	days := make([]chat.HealthDay, chat.HealthDays)
	for i := range days {
		days[i].At = time.Unix((today-int64(len(days)-1-i))*24*3600, 0).UTC()
	}
	put := func(query string, set func(*chat.HealthDay, int64)) error {
		_, err := db.All(ctx, d.Store, func(r db.Scanner) (x struct{}, err error) {
			var day, n int64
			err = r.Scan(&day, &n)
			if i := day - today + int64(len(days)) - 1; err == nil && i >= 0 && i < int64(len(days)) {
				set(&days[i], n)
			}
			return x, err
		}, query, today-int64(len(days)))
		return err
	}
	if err := put(`SELECT day, (SELECT count(*) FROM messages m
		WHERE m.id BETWEEN days.first AND days.last AND m.kind = 0 AND m.at / 86400000 = days.day)
		FROM days WHERE day > ?`, func(d *chat.HealthDay, n int64) { d.Messages = n }); err != nil {
		return nil, err
	}
	return days, put("SELECT created_at / 86400000, count(*) FROM accounts WHERE created_at / 86400000 > ? GROUP BY 1",
		func(d *chat.HealthDay, n int64) { d.Newcomer = int(n) })
}
