package app

import (
	"context"
	"time"

	"parley/app/live"
	"parley/app/metrics"
	"parley/app/web"
)

// measure counts for Prometheus from now on, and tells it on an address of its own.
// The answer is whom requests are to be told.
func (a *App) measure(hub *live.Hub) (func(web.Answer), error) {
	m := metrics.New(Version(), metrics.Sources{Live: hub.Stats, Store: a.store.Stats, Auth: a.Auth.Stats, Posts: a.Chat.Posts,
		Logged: a.logged, Certificate: a.runsOut, Backup: func(ctx context.Context) time.Time { return a.backedUp(ctx).Last },
		BackupFailures: a.backupTries.failures.Load})
	hub.Told = m.Told
	a.store.OnCommit(m.Committed)
	var err error
	a.Metrics, err = a.serveBeside(a.config.Metrics, m.Handler())
	return m.Answered, err
}

// logged counts the warnings and errors in the log.
func (a *App) logged() (warnings, errors uint64) {
	if t, ok := a.config.Log.Handler().(tally); ok {
		return t.warnings.Load(), t.errors.Load()
	}
	return 0, 0
}
