// Package app wires the parts together: the server, from its configuration to its stop.
// It knows nothing of the command line. Only that and the tests of the whole program
// import it.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"parley/app/announce"
	"parley/app/auth"
	"parley/app/bus"
	"parley/app/chat"
	"parley/app/directory"
	"parley/app/files"
	"parley/app/job"
	"parley/app/mail"
	"parley/app/oidc"
	"parley/app/web"
	"parley/db/cached"
	"parley/db/sqlite"
)

// Config is what serve is told.
type Config struct {
	Data    string // path of the data file, or address of a PostgreSQL
	Listen  string // host:port or unix:/path
	Cert    string // path of a certificate for https, with Key; "": plain HTTP
	Key     string
	ACME    ACME   // how certificates are obtained, in place of these two
	Metrics string // host:port or unix:/path for /metrics; "": none
	URL     string // public address, "" for whatever browsers use
	Signup  string // "open", "closed", "" for what is stored
	Trusted []*net.IPNet
	// EgressAllowed are networks inside that requests of webhooks may go to, PreviewAllowed
	// those from which links are shown: what is there every member may then have a look at.
	EgressAllowed, PreviewAllowed []netip.Prefix

	NoPreviews bool                 // what messages link to is not looked at, whatever the setting says
	AuthHeader string               // in which trusted proxies say who is logged in; "": they do not
	Providers  []*oidc.Provider     // by which people log in
	Directory  *directory.Directory // whose passwords count here, too; nil: there is none
	Mail       *mail.Server         // that takes mails; nil: none are sent
	Shutdown   time.Duration        // how long open requests may finish
	Bus        bus.Servers          // that carry events to other nodes; none: they ask the store
	Log        *slog.Logger
}

// App is a running Parley.
type App struct {
	Address     net.Addr // where it listens
	Metrics     net.Addr // where /metrics is, if anywhere
	Plain       net.Addr // where plain HTTP leads to https, if anywhere
	Chat        *chat.Chat
	Auth        *auth.Auth
	store       Store
	release     func() error // of the data file
	server      *web.Server
	announcer   *announce.Announcer
	files       *files.Files
	listener    *listener
	beside      []*http.Server
	config      Config
	cert        *certificate
	issuer      *issuer // nil: certificates are files, or there are none
	stop        context.CancelFunc
	jobs        sync.WaitGroup // that ask the store until stop
	ended       chan error
	backupTries backupTries
	nodes       *nodes    // nil: there is one, by itself
	retention   *job.Loop // woken when the settings changed: there may be messages to remove
}

// Start opens the data file and serves until Stop. When it returns, pages are
// answered.
func Start(ctx context.Context, c Config) (*App, error) {
	store, release, undo, err := openServing(ctx, c.Data)
	if err != nil {
		return nil, err
	}
	a := &App{store: store, release: release, config: c, cert: &certificate{cert: c.Cert, key: c.Key}, ended: make(chan error, 1),
		retention: job.New(10*time.Minute, 0)}
	if len(c.ACME.Domains) > 0 {
		if a.issuer, err = newIssuer(c.ACME, store, c.Log); err != nil {
			return nil, errors.Join(err, store.Close(), release())
		}
	}
	if err := a.start(ctx); err != nil {
		a.closeAuxiliary()
		empty, unsure := store.IsEmpty(ctx)
		err = errors.Join(err, store.Close())
		if unsure == nil && empty {
			err = errors.Join(err, undo()) // nobody was served from it
		}
		return nil, errors.Join(err, release())
	}
	a.logStart()
	return a, nil
}

// remembering is the store, and what it answered lately; what other nodes change is not
// known here, and a shared one is asked each time.
func (a *App) remembering() interface {
	chat.Store
	auth.Store
} {
	if Shared(a.config.Data) {
		return a.store
	}
	return cached.New(a.store)
}

func (a *App) start(ctx context.Context) error {
	c := a.config
	events, err := a.openBus(ctx)
	if err != nil {
		return err
	}
	a.makeRules(events)
	if c.Signup != "" {
		if err := a.Chat.SetSetting(ctx, chat.SettingSignup, c.Signup); err != nil {
			return err
		}
	}
	out := a.newSenders()
	if err := a.makeServer(out); err != nil {
		return err
	}
	events.Subscribe(a.announcer.Handle)
	if err := a.announcer.LoadStatuses(ctx); err != nil {
		return err
	}
	events.Subscribe(out.hear)
	if err := a.Refresh(); err != nil {
		return err
	}
	l, err := listen(c.Listen)
	if err != nil {
		return bindHelp(c.Listen, err)
	}
	l.trusted = c.Trusted
	a.Address, a.listener = l.Addr(), l
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func(l net.Listener) { a.ended <- a.server.App.Listener(l) }(a.serveTLS(ctx, l))
	a.startJobs(ctx, out)
	a.startNodes(ctx)
	return nil
}

// makeRules makes what decides: over the store, with limits that all nodes share.
func (a *App) makeRules(events bus.Bus) {
	limits, announcer := chat.NewLimits(nil), announce.New()
	if counters, can := a.store.(chat.Counters); can {
		limits.Share(counters)
	}
	store := a.remembering()
	a.Chat = chat.New(store, events, limits, nil)
	a.Chat.Presence, a.announcer = announcer, announcer
	a.Chat.BackupDir = BackupDir("")
	if Shared(a.config.Data) {
		a.Chat.BackupDir = noBackupDir
	}
	a.files = files.New(a.store, a.Chat, a.config.Log)
	a.Auth = auth.New(store, events, limits, nil)
}

// makeServer makes what answers requests, and serves the metrics.
func (a *App) makeServer(out senders) (err error) {
	c := a.config
	s := web.Config{URL: c.URL, Trusted: c.Trusted, Version: Version(), Backups: a.backupStatus, RetentionChanged: a.retention.Wake,
		Told: out.hooks.Wake, Pusher: out.pushes, Providers: c.Providers, Directory: c.Directory, AuthHeader: c.AuthHeader, Detail: a.busDetail}
	if out.mails != nil {
		s.Mailer = out.mails
	}
	if c.Metrics != "" {
		if s.Answered, err = a.serveMetrics(a.announcer.Hub); err != nil {
			return err
		}
	}
	a.server, err = web.New(s, a.Chat, a.Auth, a.announcer, a.files, a.store.Writable, c.Log)
	return err
}

// dataChanged takes over what another process has changed in the file. What another
// version has made of it is nothing for this one.
func (a *App) dataChanged(ctx context.Context) {
	if format, is := a.store.Reformatted(); is {
		a.config.Log.Error("another version of Parley has changed the format of the data file; nothing is stored until that version serves it, or a backup of this one is restored",
			"file", DataName(a.config.Data), "format", format, "this_format", sqlite.Version())
		return
	}
	if err := a.server.Reload(ctx); err != nil {
		a.config.Log.Error("changed settings were not taken over", "error", err)
	}
	a.retention.Wake()
	a.nodes.changed()
	a.files.Wake() // an import may have brought pictures
}

// Reload takes over settings at once that were changed; else it takes a moment.
func (a *App) Reload(ctx context.Context) error { return a.server.Reload(ctx) }

// FollowDirectory looks after those who came by the directory of the house, now and not when
// it is due.
func (a *App) FollowDirectory(ctx context.Context) error { return a.server.FollowDirectory(ctx) }

// Pages is how many pages are open, by socket or poll.
func (a *App) Pages() int { return a.server.Pages() }

// logStart tells the log what serves now.
func (a *App) logStart() {
	what := []any{"version", Version(), "format", sqlite.Version(), "file", DataName(a.config.Data), "address", a.Address.String()}
	if a.config.URL != "" {
		what = append(what, "url", a.config.URL)
	}
	if was := a.store.UpgradedFrom(); was > 0 {
		what = append(what, "upgraded_from", was)
	}
	a.config.Log.Info("started", what...)
}

// Refresh reads the certificate's files again, where there are any.
func (a *App) Refresh() error {
	if a.config.Cert == "" {
		return nil
	}
	return a.cert.load()
}

// Ended delivers once when serving ended by itself.
func (a *App) Ended() <-chan error { return a.ended }

// halfRequests is how long a request may still come in that had begun to when the
// server was told to stop.
const halfRequests = 2 * time.Second

// Stop lets requests finish, sends open pages away (they come back to the next
// process), and closes the data file. What has not ended in time is cut off, which
// loses nothing that was acknowledged: it is no error.
func (a *App) Stop() error {
	a.listener.readUntil(time.Now().Add(min(halfRequests, a.config.Shutdown/2)))
	err := a.server.Drain(a.config.Shutdown)
	if errors.Is(err, context.DeadlineExceeded) {
		a.config.Log.Warn("connections were cut that did not end in time", "connections", a.listener.cut())
		err = nil
	}
	a.stop()
	a.waitForJobs()
	a.nodes.stop()
	a.announcer.Stop()
	a.closeAuxiliary()
	return errors.Join(err, a.store.Close(), a.release())
}

// jobsEnd is how long jobs may take to notice that they are to stop.
const jobsEnd = 3 * time.Second

// waitForJobs waits until nothing asks the store any more.
func (a *App) waitForJobs() {
	done := make(chan struct{})
	go func() { a.jobs.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(jobsEnd):
		a.config.Log.Warn("a job goes on although it was stopped")
	}
}
