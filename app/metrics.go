package app

import (
	"context"
	"time"

	"parley/app/live"
	"parley/app/metrics"
	"parley/app/web"
)

// serveMetrics counts for Prometheus from now on, and tells it on an address of its own.
// The answer is whom requests are to be told.
func (a *App) serveMetrics(hub *live.Hub) (func(web.RequestMetric), error) {
	sources := metrics.Sources{Live: hub.Stats, Store: a.store.Stats, Auth: a.Auth.Stats, Posts: a.Chat.Posts,
		Logged: a.countLogged, Certificate: a.certificateExpiry, Backup: func(ctx context.Context) time.Time { return a.backupStatus(ctx).Last },
		BackupFailures: a.backupTries.failures.Load}
	if a.nodes != nil && a.nodes.nats != nil {
		sources.Bus = a.nodes.nats.Stats
	}
	if a.nodes != nil {
		sources.Node = nodeName(a.config.Listen)
	}
	m := metrics.New(Version(), sources)
	hub.Delivered = m.Delivered
	a.store.OnCommit(m.Committed)
	var err error
	a.Metrics, err = a.serveAuxiliary(a.config.Metrics, m.Handler())
	return m.Request, err
}

// countLogged counts the warnings and errors in the log.
func (a *App) countLogged() (warnings, errors uint64) {
	if t, ok := a.config.Log.Handler().(logCounter); ok {
		return t.warnings.Load(), t.errors.Load()
	}
	return 0, 0
}
