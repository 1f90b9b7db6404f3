package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"

	"parley/app/chat"
)

// Begin starts a session and answers with its token, for the cookie alone.
func (a *Auth) Begin(ctx context.Context, who chat.AccountID, agent string) (token string, err error) {
	b := make([]byte, 32)
	rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	now := a.now()
	s := Session{Hash: hashToken(token), Agent: agent, Created: now, Seen: now}
	s.Account.ID = who
	dropped, err := a.store.AddSession(ctx, s, MaxSessions)
	if err == nil && len(dropped) > 0 {
		a.bus.Tell(chat.SessionEnded{Account: who, Sessions: dropped})
	}
	return token, err
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// Who finds the session of a token: chat.ErrNotFound when it ended.
func (a *Auth) Who(ctx context.Context, token string) (Session, error) {
	if len(token) != 43 {
		return Session{}, chat.NotFound()
	}
	return a.Resume(ctx, hashToken(token))
}

// Resume finds the session that an open page belongs to.
func (a *Auth) Resume(ctx context.Context, hash []byte) (Session, error) {
	s, err := a.store.SessionOf(ctx, hash)
	if err != nil {
		return s, err
	}
	now := a.now()
	if now.Sub(s.Seen) > IdleLife || now.Sub(s.Created) > Life {
		return Session{}, chat.NotFound()
	}
	if now.Sub(s.Seen) > touchEvery {
		if err := a.store.TouchSession(ctx, hash, now); err != nil {
			slog.Warn("the use of a session was not remembered", "error", err)
		}
	}
	return s, nil
}

// End logs a session out.
func (a *Auth) End(ctx context.Context, s Session) error {
	if err := a.store.DropSession(ctx, s.Hash); err != nil {
		return err
	}
	a.bus.Tell(chat.SessionEnded{Account: s.Account.ID, Sessions: [][]byte{s.Hash}})
	return nil
}

// Sweep removes sessions that ran out; call it now and then.
func (a *Auth) Sweep(ctx context.Context) error {
	now := a.now()
	return a.store.SweepSessions(ctx, now.Add(-Life), now.Add(-IdleLife))
}
