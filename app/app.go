// Package app wires the parts together and reads the command line. Only main and
// the tests of the whole program import it.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/web"
	"parley/db"
)

// Config is what serve is told.
type Config struct {
	Data     string // path of the data file
	Listen   string // host:port or unix:/path
	Cert     string // path of a certificate for https, with Key; "": plain HTTP
	Key      string
	URL      string // public address, "" for whatever browsers use
	Signup   string // "open", "closed", "" for what is stored
	Trusted  []*net.IPNet
	Shutdown time.Duration // how long open requests may finish
	Log      *slog.Logger
}

// App is a running Parley.
type App struct {
	Address net.Addr // where it listens
	Chat    *chat.Chat
	Auth    *auth.Auth
	store   *db.DB
	release func() error // of the data file
	server  *web.Server
	config  Config
	cert    *certificate
	stop    context.CancelFunc
	ended   chan error
}

// Start opens the data file and serves until Stop. When it returns, pages are
// answered.
func Start(ctx context.Context, c Config) (*App, error) {
	release, err := db.Claim(c.Data)
	if err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, c.Data)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	a := &App{store: store, release: release, config: c, ended: make(chan error, 1)}
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, store.Close(), release())
	}
	return a, nil
}

func (a *App) start(ctx context.Context) error {
	c := a.config
	teller := web.NewTeller()
	limits := chat.NewLimits(nil)
	a.Chat = chat.New(a.store, teller, limits, nil)
	a.Chat.Presence = teller
	a.Auth = auth.New(a.store, teller, limits, nil)
	if c.Signup != "" {
		if err := a.Chat.Set(ctx, chat.SettingSignup, c.Signup); err != nil {
			return err
		}
	}
	var err error
	if a.server, err = web.New(web.Config{URL: c.URL, Trusted: c.Trusted, Version: Version(), LastBackup: a.lastBackup}, a.Chat, a.Auth, teller, a.store.Writable, c.Log); err != nil {
		return err
	}
	a.cert = &certificate{cert: c.Cert, key: c.Key}
	if err := a.Refresh(); err != nil {
		return err
	}
	l, err := listen(c.Listen)
	if err != nil {
		return err
	}
	a.Address = l.Addr()
	if c.Cert != "" {
		l = tls.NewListener(l, a.cert.config())
	}
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() { a.ended <- a.server.App.Listener(l) }()
	go a.server.Beat(ctx)
	go a.store.Watch(ctx, func() {
		if err := a.server.Reload(ctx); err != nil {
			c.Log.Error("changed settings were not taken over", "error", err)
		}
	})
	go a.store.Follow(ctx)
	go a.sweep(ctx)
	go a.forget(ctx)
	go a.backups(ctx)
	go a.resume(ctx)
	return nil
}

// resume goes on with what the last process did not end, and notes the address for
// commands that print links.
func (a *App) resume(ctx context.Context) {
	if err := errors.Join(a.store.SetSetting(ctx, settingAddress, greeting(a.config, a.Address)), a.Chat.ResumeErasing(ctx)); err != nil && ctx.Err() == nil {
		a.config.Log.Error("what was begun before was not ended", "error", err)
	}
}

// Refresh reads the certificate's files again, where there are any.
func (a *App) Refresh() error {
	if a.config.Cert == "" {
		return nil
	}
	return a.cert.load()
}

// forget removes from the file what was deleted a minute ago.
func (a *App) forget(ctx context.Context) {
	for tick := time.NewTicker(5 * time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if err := a.Chat.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.config.Log.Error("deleted messages were not removed from the file", "error", err)
		}
	}
}

// sweep removes sessions that ran out, closes their pages, and removes messages
// that are not to be kept any longer.
func (a *App) sweep(ctx context.Context) {
	for tick := time.NewTicker(10 * time.Minute); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if err := errors.Join(a.Auth.Sweep(ctx), a.server.Reload(ctx), a.Chat.Retain(ctx)); err != nil && ctx.Err() == nil {
			a.config.Log.Error("what is old was not removed", "error", err)
		}
	}
}

// Ended delivers once when serving ended by itself.
func (a *App) Ended() <-chan error { return a.ended }

// Stop lets requests finish, sends open pages away (they come back to the next
// process), and closes the data file.
func (a *App) Stop() error {
	err := a.server.Drain(a.config.Shutdown)
	a.stop()
	return errors.Join(err, a.store.Close(), a.release())
}
