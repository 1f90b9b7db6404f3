package chat

import (
	"context"
	"time"
)

// pauseFactor is how long ApplyRetention rests after a change, against how long that took: a
// fifth of the time is its, so that most who post do not notice it.
const pauseFactor = 4

// ApplyRetention deletes for good what was said before the days that the settings keep, a
// little at a time, until ctx ends or nothing is left. Pages that show it keep it
// until they are loaded anew. While it runs a second call does nothing: the first one
// follows the settings.
func (c *Chat) ApplyRetention(ctx context.Context) error {
	if !c.retaining.TryLock() {
		return nil
	}
	defer c.retaining.Unlock()
	for {
		s, err := c.store.Settings(ctx)
		if err != nil || s.Retention() == 0 {
			return err
		}
		before := c.now().Add(-time.Duration(s.Retention()) * 24 * time.Hour)
		began := time.Now()
		if err := c.store.DeleteCases(ctx, before); err != nil {
			return err
		}
		n, err := c.store.DeleteBefore(ctx, before)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pauseFactor * time.Since(began)):
		}
	}
}
