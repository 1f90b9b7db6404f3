// Package job runs what is done again and again beside the pages.
package job

import (
	"context"
	"time"
)

// Loop does rounds of some work: at a steady pace, and soon after somebody asks for one.
type Loop struct {
	every, apart time.Duration
	wake         chan struct{}
}

// New makes one whose rounds begin at most every after the one before, and at least apart,
// however often it is woken.
func New(every, apart time.Duration) *Loop {
	return &Loop{every: every, apart: apart, wake: make(chan struct{}, 1)}
}

// Wake asks for a round and does not wait for it. What is asked for during a round is in
// the next.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default: // somebody has asked
	}
}

// Run does a round at once, and others until ctx ends. Of several nodes the one whose turn
// it is works; nil: this one always does.
func (l *Loop) Run(ctx context.Context, turn func(context.Context) bool, round func(context.Context)) {
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	for {
		select {
		case <-l.wake: // what was asked for until now is in this round
		default:
		}
		began := time.Now()
		if turn == nil || turn(ctx) {
			round(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-l.wake:
			if !pause(ctx, time.Until(began.Add(l.apart))) {
				return
			}
		}
	}
}

// pause waits; false: ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
