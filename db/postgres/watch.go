package postgres

import (
	"context"
	"sync"
	"time"

	"parley/db"
)

// watchEvery is how often it is looked whether others have changed something that is not
// said in a room: sessions that ended, settings, who is in which room.
const watchEvery = 300 * time.Millisecond

// NoticedWithin is how long after a change other nodes must have noticed it.
const NoticedWithin = 2 * watchEvery

// WatchOtherProcesses calls changed whenever another process has changed something that is
// not said in a room, within watchEvery and the time of a question, until ctx ends.
func (d *DB) WatchOtherProcesses(ctx context.Context, changed func()) {
	seen, fits := int64(-1), true
	for tick := time.NewTicker(watchEvery); ; {
		var number, oldest, moved int64
		err := d.read.QueryRowContext(ctx, "SELECT number, oldest, moved FROM format").Scan(&number, &oldest, &moved)
		if err == nil {
			did := fits
			fits = d.checkFormat(number, oldest) == nil
			if seen >= 0 && d.own.others(seen, moved) || did && !fits {
				d.PublishFacts(db.Facts{All: true})
				changed()
			}
			seen = moved
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// ownChanges are the numbers of changes that this process made, until they are seen.
type ownChanges struct {
	mu      sync.Mutex
	numbers map[int64]struct{}
}

func (o *ownChanges) add(n int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.numbers == nil {
		o.numbers = map[int64]struct{}{}
	}
	o.numbers[n] = struct{}{}
}

func (o *ownChanges) take(n int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.numbers, n)
}

// others says whether anybody else made one of the changes after one number and up to
// another.
func (o *ownChanges) others(after, upto int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	mine := int64(0)
	for n := range o.numbers {
		if n <= upto {
			delete(o.numbers, n)
			if n > after {
				mine++
			}
		}
	}
	return upto-after > mine
}
