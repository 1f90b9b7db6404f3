package app

import (
	"context"
	"net"
	"time"
)

// What tests look at from outside the package.

var (
	AcmeRetry = acmeRetry
	BindHelp  = bindHelp
)

type Schedule = schedule

// BackupDue makes the backup that is due at a time, if one is.
func (a *App) BackupDue(ctx context.Context, s *Schedule, now time.Time) { a.backupDue(ctx, s, now) }

// CloseStore makes everything fail that asks the store.
func (a *App) CloseStore() error { return a.store.Close() }

// Trust lets proxies say whom they pass on.
func (a *App) Trust(n *net.IPNet) { a.server.Trusted = []*net.IPNet{n} }

// Connections is how many connections are open.
func (a *App) Connections() int {
	a.listener.mu.Lock()
	defer a.listener.mu.Unlock()
	return len(a.listener.open)
}

// Listen listens with so many slots; 0: as many as usual.
func Listen(address string, slots int) (net.Listener, error) {
	l, err := listen(address)
	if err == nil && slots > 0 {
		l.slots = make(chan struct{}, slots)
	}
	return l, err
}

// ServerOf says which process serves a data file, and as whom.
func ServerOf(data string) (pid, uid int) {
	r := serverOf(data)
	return r.pid, r.uid
}

// MayWrite says whether somebody may make files in a directory.
func MayWrite(uid int, groups []int, dir string) bool {
	return runner{uid: uid, groups: groups}.mayWrite(dir)
}
