package auth

import (
	"context"
	"errors"

	"parley/app/chat"
)

// errLastWay keeps people from locking themselves out.
var errLastWay = chat.Conflict("", "This is your only way in. Set a password first, or add a passkey.")

// HasPassword says whether somebody can log in by one.
func (a *Auth) HasPassword(ctx context.Context, who chat.Account) (bool, error) {
	_, hash, err := a.store.Password(ctx, who.Username)
	if errors.Is(err, chat.ErrNotFound) {
		return false, nil
	}
	return hash != "" && hash != NoPassword, err
}

// otherWays counts the ways in that somebody has beside a password.
func (a *Auth) otherWays(ctx context.Context, who chat.Account) (int, error) {
	keys, err := a.store.Passkeys(ctx, who.ID)
	if err != nil {
		return 0, err
	}
	linked, err := a.store.Identities(ctx, who.ID)
	return len(keys) + len(linked), err
}

// IsOnlyWay says whether an account at a provider is the one way in that somebody has.
func (a *Auth) IsOnlyWay(ctx context.Context, who chat.Account) (bool, error) {
	has, err := a.HasPassword(ctx, who)
	if err != nil || has {
		return false, err
	}
	n, err := a.otherWays(ctx, who)
	return n == 1, err
}

// keepsWay refuses to end one of the other ways in where it is the only one.
func (a *Auth) keepsWay(ctx context.Context, who chat.Account) error {
	has, err := a.HasPassword(ctx, who)
	if err != nil || has {
		return err
	}
	n, err := a.otherWays(ctx, who)
	if err == nil && n < 2 {
		err = errLastWay
	}
	return err
}

// RemovePassword has the caller log in by passkeys and providers alone, where there is one. It
// ends every session, and begins a new one in place of the caller's.
func (a *Auth) RemovePassword(ctx context.Context, s Session) (token string, err error) {
	n, err := a.otherWays(ctx, s.Account)
	if err == nil && n == 0 {
		err = errLastWay
	}
	if err != nil {
		return "", err
	}
	audit := chat.NewAuditEntry(a.now(), s.Account, chat.AuditRemovePassword, "@"+s.Account.Username, "")
	if err := a.store.SetPassword(ctx, s.Account.ID, NoPassword, audit); err != nil {
		return "", err
	}
	a.bus.Publish(chat.SessionEnded{Account: s.Account.ID})
	return a.StartSession(ctx, s.Account.ID, s.Agent)
}

// SetFirstPassword gives the caller a password who has none. It ends every session, and begins
// a new one in place of the caller's.
func (a *Auth) SetFirstPassword(ctx context.Context, s Session, fresh string) (token string, err error) {
	has, err := a.HasPassword(ctx, s.Account)
	if err == nil && has {
		err = chat.Invalid("current", "This is not your current password.")
	}
	if err != nil {
		return "", err
	}
	if err := a.SetPassword(ctx, s.Account, fresh, chat.NoAudit); err != nil {
		return "", err
	}
	return a.StartSession(ctx, s.Account.ID, s.Agent)
}
