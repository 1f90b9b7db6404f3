package app

import (
	"context"
	"sync/atomic"
	"time"

	"parley/app/chat"
	"parley/db/sqlite"
)

const (
	// backupLook is how often the server looks whether a backup is due.
	backupLook = 10 * time.Second
	// backupAgain is how long it waits at most after one that failed.
	backupAgain = 10 * time.Minute
	// settingBackedUp is where it is noted when the server made the last one, for when
	// its directory cannot be read. It is not one of the settings that people change.
	settingBackedUp = "backup.last"
)

// backupTries is what became of the backups that the server tried to make.
type backupTries struct {
	failed   atomic.Pointer[chat.Backups] // the last try, if it failed
	failures atomic.Uint64
}

// backups makes the backups that the settings ask for, until ctx ends.
func (a *App) backups(ctx context.Context) {
	var s schedule
	for tick := time.NewTicker(backupLook); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		a.backupDue(ctx, &s, time.Now())
	}
}

// backupStatus is how the backups do. The last good one stays known after one that failed.
func (a *App) backupStatus(ctx context.Context) (b chat.Backups) {
	settings, err := a.Chat.Settings(ctx)
	if err != nil || settings.Backup().Dir == "" {
		return b
	}
	if failed := a.backupTries.failed.Load(); failed != nil {
		b = *failed
	}
	b.Last, _ = time.Parse(time.RFC3339, settings[settingBackedUp]) // "" is never
	if last, err := sqlite.LastBackup(settings.Backup().Dir, time.Now()); err == nil && last.After(b.Last) {
		b.Last = last
	}
	return b
}

// schedule is what is remembered between two looks.
type schedule struct {
	plan      chat.BackupPlan
	lastError string    // the error that was told last
	wait      time.Time // not before, after an error
}

// backupDue makes a backup when the newest one is old enough. An error is told once,
// until it changes or is over, or the plan changes.
func (a *App) backupDue(ctx context.Context, s *schedule, now time.Time) {
	settings, err := a.Chat.Settings(ctx)
	if err != nil {
		return // readyz tells of a file that cannot be read
	}
	if plan := settings.Backup(); plan != s.plan {
		*s = schedule{plan: plan}
		a.backupTries.failed.Store(nil)
	}
	if s.plan.Dir == "" || s.plan.Every == 0 || now.Before(s.wait) {
		return
	}
	last, err := sqlite.LastBackup(s.plan.Dir, now)
	if err == nil && now.Sub(last) < s.plan.Every {
		a.backupDone(s, now, nil)
		return
	}
	if err == nil {
		_, err = sqlite.Rotate(ctx, a.config.Data, s.plan.Dir, s.plan.Keep, now)
	}
	if ctx.Err() != nil {
		return
	}
	a.backupDone(s, now, err)
	if err == nil {
		if err := a.store.SetSetting(ctx, settingBackedUp, now.UTC().Format(time.RFC3339)); err != nil {
			a.config.Log.Warn("the time of the backup was not noted", "error", err)
		}
	}
}

// backupDone remembers what became of a backup that was due.
func (a *App) backupDone(s *schedule, now time.Time, err error) {
	if err == nil {
		s.lastError = ""
		a.backupTries.failed.Store(nil)
		return
	}
	if s.wait = now.Add(min(s.plan.Every, backupAgain)); s.lastError != err.Error() {
		a.config.Log.Error("no backup was made", "error", err)
	}
	s.lastError = err.Error()
	a.backupTries.failures.Add(1)
	a.backupTries.failed.Store(&chat.Backups{Failed: now, Why: err.Error()})
}
