package app

import (
	"context"
	"errors"
	"time"

	"parley/app/job"
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

// steadily does some work whenever a loop says so and this node leads in it, until ctx ends;
// failed says what was not done.
func (a *App) steadily(ctx context.Context, l *job.Loop, lead int, failed string, work func(context.Context) error) {
	l.Run(ctx, func(ctx context.Context) bool { return a.leads(ctx, lead) }, func(ctx context.Context) {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			a.config.Log.Error(failed, "error", err)
		}
	})
}

// purgeDeleted removes from the file what was deleted a minute ago, and ends what was for a
// while that is over.
func (a *App) purgeDeleted(ctx context.Context) {
	a.steadily(ctx, job.New(5*time.Second, 0), jobPurge, "what was due was not done", func(ctx context.Context) error {
		return errors.Join(a.files.Sweep(ctx), a.Chat.PurgeDeleted(ctx), a.Chat.EndMutes(ctx))
	})
}

// expireSessions removes sessions that ran out and closes their pages; other nodes notice
// those that end.
func (a *App) expireSessions(ctx context.Context) {
	a.steadily(ctx, job.New(10*time.Minute, 0), jobSessions, "what is old was not removed", func(ctx context.Context) error {
		return errors.Join(a.Auth.ExpireSessions(ctx), a.store.ExpireTickets(ctx, time.Now()), a.server.Reload(ctx))
	})
}

// followDirectory looks after those who came by the directory of the house.
func (a *App) followDirectory(ctx context.Context) {
	a.steadily(ctx, job.New(15*time.Minute, 0), jobDirectory, "the directory was not followed", a.server.FollowDirectory)
}

// applyRetention removes messages that are not to be kept any longer. It may take hours, in
// which nothing waits for it. It is woken when the settings say something else.
func (a *App) applyRetention(ctx context.Context) {
	a.steadily(ctx, a.retention, jobRetention, "old messages were not removed", a.Chat.ApplyRetention)
}
