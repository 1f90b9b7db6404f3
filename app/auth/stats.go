package auth

import (
	"errors"
	"sync/atomic"

	"parley/app/chat"
)

// Stats counts what happened since the process began, and what waits.
type Stats struct {
	SignedUp uint64
	LoggedIn uint64 // passwords that were right, at log-in and where one changes
	Wrong    uint64
	TooOften uint64 // refused before the password was looked at, or instead
	Failed   uint64 // could not be answered: too many at once, or a fault
	Waiting  int    // for one of the hashes that are made at a time
}

type counts struct{ signedUp, loggedIn, wrong, tooOften, failed atomic.Uint64 }

func (c *counts) login(err error) {
	switch {
	case err == nil:
		c.loggedIn.Add(1)
	case errors.Is(err, chat.ErrInvalid):
		c.wrong.Add(1)
	case errors.Is(err, chat.ErrTooOften):
		c.tooOften.Add(1)
	default:
		c.failed.Add(1)
	}
}

// Stats answers with the counts of now.
func (a *Auth) Stats() Stats {
	return Stats{SignedUp: a.counts.signedUp.Load(), LoggedIn: a.counts.loggedIn.Load(), Wrong: a.counts.wrong.Load(),
		TooOften: a.counts.tooOften.Load(), Failed: a.counts.failed.Load(), Waiting: len(a.passwords.queue)}
}
