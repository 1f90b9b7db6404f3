package app

import (
	"context"
	"errors"
	"time"
)

// resumeJobs goes on with what the last process did not end, and notes the address for
// commands that print links.
func (a *App) resumeJobs(ctx context.Context) {
	err := a.store.SetSetting(ctx, SettingAddress, Greeting(a.config, a.Address))
	if a.leads(ctx, jobErasing) {
		err = errors.Join(err, a.Chat.ResumeErasing(ctx))
	}
	if err != nil && ctx.Err() == nil {
		a.config.Log.Error("what was begun before was not ended", "error", err)
	}
}

// purgeDeleted removes from the file what was deleted a minute ago, and ends what was for a
// while that is over.
func (a *App) purgeDeleted(ctx context.Context) {
	for tick := time.NewTicker(5 * time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if !a.leads(ctx, jobPurge) {
			continue
		}
		if err := errors.Join(a.files.Sweep(ctx), a.Chat.PurgeDeleted(ctx), a.Chat.EndMutes(ctx)); err != nil && ctx.Err() == nil {
			a.config.Log.Error("what was due was not done", "error", err)
		}
	}
}

// expireSessions removes sessions that ran out and closes their pages.
func (a *App) expireSessions(ctx context.Context) {
	for tick := time.NewTicker(10 * time.Minute); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if !a.leads(ctx, jobSessions) {
			continue // those that end are noticed
		}
		if err := errors.Join(a.Auth.ExpireSessions(ctx), a.store.ExpireTickets(ctx, time.Now()), a.server.Reload(ctx)); err != nil &&
			ctx.Err() == nil {
			a.config.Log.Error("what is old was not removed", "error", err)
		}
	}
}

// followDirectory looks after those who came by the directory of the house.
func (a *App) followDirectory(ctx context.Context) {
	for tick := time.NewTicker(15 * time.Minute); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if !a.leads(ctx, jobDirectory) {
			continue
		}
		if err := a.server.FollowDirectory(ctx); err != nil && ctx.Err() == nil {
			a.config.Log.Warn("the directory was not followed", "error", err)
		}
	}
}

// applyRetention removes messages that are not to be kept any longer. It may take hours, in
// which nothing waits for it.
func (a *App) applyRetention(ctx context.Context) {
	for tick := time.NewTicker(10 * time.Minute); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		case <-a.old:
		}
		if !a.leads(ctx, jobRetention) {
			continue
		}
		if err := a.Chat.ApplyRetention(ctx); err != nil && ctx.Err() == nil {
			a.config.Log.Error("old messages were not removed", "error", err)
		}
	}
}

// retentionChanged has messages removed that are older than the settings now allow.
func (a *App) retentionChanged() {
	select {
	case a.old <- struct{}{}:
	default: // it will look
	}
}
