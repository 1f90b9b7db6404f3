package chat

import (
	"context"
	"time"
)

// Health is what is stored, and how much.
type Health struct {
	People, Disabled      int // without bots
	Open, Private, Direct int // rooms
	Messages              int64
	File, Log             int64       // bytes of the data file, and of the write-ahead log beside it
	Free                  int64       // bytes that the disk has left; -1: not known
	Days                  []HealthDay // the last HealthDays, the oldest first
	Files                 FileUsage
	Uploaders             []Uploader // who has most of it
	Backup                Backups
	Unfinished            string // what was being imported when it was interrupted, or is now
}

// Backups is how the backups do that the server makes by itself.
type Backups struct {
	Last   time.Time // when the newest was made; zero: never
	Failed time.Time // when the last try failed; zero: it did not
	Why    string    // it failed
}

// HealthDays is how many days Health tells of.
const HealthDays = 30

// HealthDay is one day (UTC) of the workspace.
type HealthDay struct {
	At       time.Time
	Messages int64
	Newcomer int
}

// HealthStore counts what is stored.
type HealthStore interface {
	// Health leaves Backup to whoever knows.
	Health(ctx context.Context, now time.Time) (Health, error)
}

// Health answers for who may see it.
func (c *Chat) Health(ctx context.Context, who Account) (Health, error) {
	if err := who.May(SeeHealth); err != nil {
		return Health{}, err
	}
	h, err := c.store.Health(ctx, c.now())
	if err != nil {
		return h, err
	}
	if h.Files, err = c.store.FileUsage(ctx, 0); err != nil || h.Files.Files == 0 {
		return h, err
	}
	h.Uploaders, err = c.store.Uploaders(ctx, uploadersShown)
	return h, err
}

// uploadersShown is how many of those who have uploaded most are named.
const uploadersShown = 5
