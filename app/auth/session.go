package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"

	"parley/app/chat"
)

// StartSession starts a session and answers with its token, for the cookie alone.
func (a *Auth) StartSession(ctx context.Context, who chat.AccountID, agent string) (token string, err error) {
	token = newToken()
	now := a.now()
	s := Session{Hash: hashToken(token), Agent: agent, Created: now, Seen: now}
	s.Account.ID = who
	dropped, err := a.store.AddSession(ctx, s, MaxSessions)
	if err == nil && len(dropped) > 0 {
		a.bus.Publish(chat.SessionEnded{Account: who, Sessions: dropped})
	}
	return token, err
}

// tokenLength is that of 32 bytes in base64.
const tokenLength = 43

func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// SessionByToken finds the session of a token: chat.ErrNotFound when it ended.
func (a *Auth) SessionByToken(ctx context.Context, token string) (Session, error) {
	if len(token) != tokenLength {
		return Session{}, chat.NotFound()
	}
	return a.ResumeSession(ctx, hashToken(token))
}

// ResumeSession finds the session that an open page belongs to, or the key that a
// program listens by.
func (a *Auth) ResumeSession(ctx context.Context, hash []byte) (Session, error) {
	s, err := a.store.SessionOf(ctx, hash)
	if errors.Is(err, chat.ErrNotFound) {
		s, _, err = a.resumeKey(ctx, hash)
		return s, err
	}
	if err != nil {
		return s, err
	}
	if !a.live(s) {
		return Session{}, chat.NotFound()
	}
	now := a.now()
	if now.Sub(s.Seen) > touchEvery {
		a.used(func(u Uses) { u.Sessions[string(hash)] = now })
	}
	return s, nil
}

// Ended finds those of sessions, by hash, that have ended. It asks once for all of them
// where the store can.
func (a *Auth) Ended(ctx context.Context, hashes [][]byte) (ended [][]byte, err error) {
	if s, can := a.store.(interface {
		EndedSessions(ctx context.Context, hashes [][]byte) ([][]byte, error)
	}); can {
		return s.EndedSessions(ctx, hashes)
	}
	for _, hash := range hashes {
		if _, err := a.ResumeSession(ctx, hash); errors.Is(err, chat.ErrNotFound) {
			ended = append(ended, hash)
		}
	}
	return ended, nil
}

// EndSession logs a session out.
func (a *Auth) EndSession(ctx context.Context, s Session) error {
	if err := a.store.DeleteSession(ctx, s.Hash); err != nil {
		return err
	}
	a.bus.Publish(chat.SessionEnded{Account: s.Account.ID, Sessions: [][]byte{s.Hash}})
	return nil
}

// ID names a session where its owner chooses among his: the beginning of the hash,
// with which nobody can log in.
func (s Session) ID() string { return hex.EncodeToString(s.Hash[:8]) }

// MarkOf is the ID of the session of a token.
func MarkOf(token string) string { return Session{Hash: hashToken(token)}.ID() }

// live says whether a session has not run out.
func (a *Auth) live(s Session) bool {
	now := a.now()
	return now.Sub(s.Seen) <= SessionIdle && now.Sub(s.Created) <= SessionLife
}

// Sessions lists where an account is logged in, the last used first.
func (a *Auth) Sessions(ctx context.Context, who chat.AccountID) ([]Session, error) {
	all, err := a.store.SessionsOf(ctx, who)
	return slices.DeleteFunc(all, func(s Session) bool { return !a.live(s) }), err
}

// EndOtherSession logs one other session of the caller out, by ID; "" is all others. One
// that is not there has ended already.
func (a *Auth) EndOtherSession(ctx context.Context, s Session, id string) error {
	all, err := a.store.SessionsOf(ctx, s.Account.ID)
	if err != nil {
		return err
	}
	for _, other := range all {
		if id != "" && other.ID() != id || bytes.Equal(other.Hash, s.Hash) {
			continue
		}
		if err := a.EndSession(ctx, other); err != nil {
			return err
		}
	}
	return nil
}

// ExpireSessions removes sessions that ran out; call it now and then.
func (a *Auth) ExpireSessions(ctx context.Context) error {
	now := a.now()
	return a.store.ExpireSessions(ctx, now.Add(-SessionLife), now.Add(-SessionIdle))
}
