package chat

import (
	"context"
	"time"
)

// Retain deletes for good what was said before the days that the settings keep, a
// little at a time, until ctx ends or nothing is left. Pages that show it keep it
// until they are loaded anew.
func (c *Chat) Retain(ctx context.Context) error {
	s, err := c.store.Settings(ctx)
	if err != nil || s.Retention() == 0 {
		return err
	}
	before := c.now().Add(-time.Duration(s.Retention()) * 24 * time.Hour)
	for n := 1; n > 0 && err == nil; {
		n, err = c.store.DropBefore(ctx, before)
	}
	return err
}
