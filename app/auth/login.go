package auth

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parley/app/chat"
)

// errWrong is the one answer for a wrong name and a wrong password.
var errWrong = chat.Invalid("password", "Username or password is wrong.")

// LogIn checks a password of a username or of a confirmed mail address. Failures are counted by
// what was typed, so that nobody learns whose address it is, and by address.
func (a *Auth) LogIn(ctx context.Context, username, password, address string) (chat.AccountID, error) {
	return a.LogInOr(ctx, username, password, address, nil)
}

// LogInOr is LogIn; elsewhere, if there is one, says whether a password that is wrong here is
// right at another place. Then it answers 0, and no error.
func (a *Auth) LogInOr(ctx context.Context, username, password, address string,
	elsewhere func() (bool, error)) (_ chat.AccountID, err error) {
	defer func() { a.counts.login(err) }()
	username = chat.TypedName(username)
	var id chat.AccountID
	var hash string
	here, rehash := false, false
	err = a.try(chat.FoldName(username), address, errWrong, func() (bool, error) {
		name, err := a.AccountName(ctx, username)
		if err != nil {
			return false, err
		}
		if id, hash, err = a.store.Password(ctx, name); err != nil && !errors.Is(err, chat.ErrNotFound) {
			return false, err
		}
		if here, rehash, err = a.passwords.Check(ctx, password, hash); err != nil {
			return false, busy(err)
		}
		if !here && elsewhere != nil {
			return elsewhere()
		}
		return here, nil
	})
	if err != nil || !here {
		return 0, err
	}
	if rehash {
		a.rehash(ctx, id, hash, password)
	}
	return id, nil
}

// CheckElsewhere has a name and a password checked at another place; failures count as those of
// log-ins do.
func (a *Auth) CheckElsewhere(username, address string, elsewhere func() (bool, error)) error {
	return a.try(chat.FoldName(chat.TypedName(username)), address, errWrong, elsewhere)
}

// try has something checked that could be guessed, and answers with wrong where it is not
// right. Failures are counted by account and by address.
func (a *Auth) try(account, address string, wrong error, check func() (right bool, err error)) error {
	if err := a.throttled(account, address); err != nil {
		return err
	}
	right, err := check()
	if err != nil {
		return err
	}
	// Asked again: of many tries at once all would have passed the first time.
	if err := a.throttled(account, address); err != nil {
		return err
	}
	if !right {
		a.limits.Take(chat.LimitLoginAccount, account)
		a.limits.Take(chat.LimitLoginAddress, address)
		return wrong
	}
	a.limits.Forgive(chat.LimitLoginAccount, account)
	return nil
}

// Throttled answers with the refusal that a log-in gets now because too many failed, or nil.
func (a *Auth) Throttled(username, address string) error {
	return a.throttled(chat.FoldName(chat.TypedName(username)), address)
}

// throttled refuses who failed too often.
func (a *Auth) throttled(account, address string) error {
	if err := a.limits.Full(chat.LimitLoginAccount, account); err != nil {
		return err
	}
	return a.limits.Full(chat.LimitLoginAddress, address)
}

// rehash keeps up with stronger parameters; the login succeeds without it.
func (a *Auth) rehash(ctx context.Context, id chat.AccountID, was, password string) {
	hash, err := a.passwords.Hash(ctx, password)
	if err == nil {
		err = a.store.Rehash(ctx, id, was, hash)
	}
	if err != nil {
		slog.Warn("a password was not rehashed", "account", id, "error", err)
	}
}

// ChangePassword asks for the current password, ends every session, and begins
// a new one in place of the caller's.
func (a *Auth) ChangePassword(ctx context.Context, s Session, current, fresh, address string) (token string, err error) {
	if err := a.parsePassword(ctx, fresh, s.Account.Username, s.Account.Name); err != nil {
		return "", err
	}
	if _, err := a.LogIn(ctx, s.Account.Username, current, address); err != nil {
		if errors.Is(err, chat.ErrInvalid) {
			return "", chat.Invalid("current", "This is not your current password.")
		}
		return "", err
	}
	if err := a.SetPassword(ctx, s.Account, fresh, chat.NoAudit); err != nil {
		return "", err
	}
	return a.StartSession(ctx, s.Account.ID, s.Agent)
}

// SetPassword sets a password without the old one and ends every session.
func (a *Auth) SetPassword(ctx context.Context, who chat.Account, fresh string, audit chat.AuditEntry) error {
	if err := a.parsePassword(ctx, fresh, who.Username, who.Name); err != nil {
		return err
	}
	hash, err := a.passwords.Hash(ctx, fresh)
	if err != nil {
		return busy(err)
	}
	if err := a.store.SetPassword(ctx, who.ID, hash, audit); err != nil {
		return err
	}
	a.bus.Publish(chat.SessionEnded{Account: who.ID})
	return nil
}

// parsePassword is ParsePassword for somebody of this workspace.
func (a *Auth) parsePassword(ctx context.Context, s string, names ...string) error {
	set, err := a.store.Settings(ctx)
	if err != nil {
		return err
	}
	return ParsePassword(s, append(names, set.Workspace())...)
}

func busy(err error) error {
	if errors.Is(err, ErrBusy) {
		return chat.Busy("Too many people are logging in right now. Try again in a few seconds.", 3*time.Second)
	}
	return err
}
