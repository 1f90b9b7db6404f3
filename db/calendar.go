package db

import (
	"context"
	"sync"
	"time"

	"parley/app/chat"
)

// Calendar keeps what was counted for a minute: a busy month is long to count.
type Calendar struct {
	mu   sync.Mutex
	at   time.Time
	days []chat.HealthDay
}

// Load answers with what is kept, or reads it.
func (c *Calendar) Load(now time.Time, read func() ([]chat.HealthDay, error)) (days []chat.HealthDay, err error) {
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

// CountDays counts what came on each of the last days; messages counts them by day, of
// those after a day.
func (d *Store) CountDays(ctx context.Context, now time.Time, messages string) ([]chat.HealthDay, error) {
	today := DayOf(now)
	days := make([]chat.HealthDay, chat.HealthDays)
	for i := range days {
		days[i].At = time.Unix((today-int64(len(days)-1-i))*24*3600, 0).UTC()
	}
	put := func(query string, set func(*chat.HealthDay, int64)) error {
		_, err := All(ctx, d, func(r Scanner) (x struct{}, err error) {
			var day, n int64
			err = r.Scan(&day, &n)
			if i := day - today + int64(len(days)) - 1; err == nil && i >= 0 && i < int64(len(days)) {
				set(&days[i], n)
			}
			return x, err
		}, query, today-int64(len(days)))
		return err
	}
	if err := put(messages, func(d *chat.HealthDay, n int64) { d.Messages = n }); err != nil {
		return nil, err
	}
	return days, put("SELECT created_at / 86400000, count(*) FROM accounts WHERE created_at / 86400000 > ? AND bot_by IS NULL GROUP BY 1",
		func(d *chat.HealthDay, n int64) { d.Newcomer = int(n) })
}

// DayOf counts days since 1970 in UTC.
func DayOf(at time.Time) int64 { return at.Unix() / (24 * 60 * 60) }
