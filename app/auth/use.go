package auth

import (
	"context"
	"log/slog"
	"time"
)

// usesApart is how far apart uses are stored, at least: when all pages come back after a
// break, they share a few transactions.
const usesApart = time.Second

// Uses are when sessions, by hash, and keys, by id, were used last.
type Uses struct {
	Sessions map[string]time.Time
	Keys     map[int64]time.Time
}

// used has note a use, which is stored soon: no request waits for that.
func (a *Auth) used(note func(Uses)) {
	a.usesLock.Lock()
	if a.uses.Sessions == nil {
		a.uses = Uses{map[string]time.Time{}, map[int64]time.Time{}}
	}
	note(a.uses)
	a.usesLock.Unlock()
	a.usesLoop.Wake()
}

// StoreUses stores the uses of sessions and keys as they come, until ctx ends, and then the
// last of them.
func (a *Auth) StoreUses(ctx context.Context) {
	a.usesLoop.Run(ctx, nil, a.storeUses)
	a.storeUses(ctx)
}

func (a *Auth) storeUses(ctx context.Context) {
	a.usesLock.Lock()
	u := a.uses
	a.uses = Uses{}
	a.usesLock.Unlock()
	if len(u.Sessions)+len(u.Keys) == 0 {
		return
	}
	if err := a.store.Touch(context.WithoutCancel(ctx), u); err != nil { // they will be used again
		slog.Warn("the use of sessions and keys was not remembered", "error", err)
	}
}
