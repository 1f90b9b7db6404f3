package auth

import (
	"context"
	"time"

	"parley/app/chat"
)

// ResetLife is how long a link sets a new password.
const ResetLife = 24 * time.Hour

// ResetStore keeps links that set a new password, one an account.
type ResetStore interface {
	// SetReset takes the place of the account's link before it; chat.ErrNotFound
	// for who is not there or disabled. A link ends with the role of who made it (by 0:
	// the command line), and with any change of the role of whose it is.
	SetReset(ctx context.Context, who, by chat.AccountID, hash []byte, expires time.Time, audit chat.AuditEntry) error
	// ResetOf finds whose link it is, unless it has run out: chat.ErrNotFound.
	ResetOf(ctx context.Context, hash []byte, now time.Time) (chat.Account, error)
	// UseReset sets the password, ends all sessions, and the link with them.
	UseReset(ctx context.Context, hash []byte, password string, now time.Time) (chat.AccountID, error)
}

// CreateReset makes the token of a link with which somebody sets a new password. A
// link made before ends.
func (a *Auth) CreateReset(ctx context.Context, who chat.Account, whom chat.Account) (token string, err error) {
	if err := who.May(chat.ManagePeople); err != nil {
		return "", err
	}
	if whom.IsBot() {
		return "", chat.Conflict("who", "A bot has no password; it acts by keys.")
	}
	token = newToken()
	now := a.now()
	audit := chat.NewAuditEntry(now, who, chat.AuditMakeReset, "@"+whom.Username, "")
	return token, a.store.SetReset(ctx, whom.ID, who.ID, hashToken(token), now.Add(ResetLife), audit)
}

// ResetAccount finds whose password a link sets: chat.ErrNotFound when it has run out,
// was used, or never was one.
func (a *Auth) ResetAccount(ctx context.Context, token string) (chat.Account, error) {
	if len(token) != tokenLength {
		return chat.Account{}, chat.NotFound()
	}
	return a.store.ResetOf(ctx, hashToken(token), a.now())
}

// ResetPassword sets the password of a link's account, and ends the link and all sessions.
func (a *Auth) ResetPassword(ctx context.Context, token, password string) (chat.AccountID, error) {
	whose, err := a.ResetAccount(ctx, token)
	if err != nil {
		return 0, err
	}
	if err := a.parsePassword(ctx, password, whose.Username, whose.Name); err != nil {
		return 0, err
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return 0, busy(err)
	}
	who, err := a.store.UseReset(ctx, hashToken(token), hash, a.now())
	if err == nil {
		a.bus.Publish(chat.SessionEnded{Account: who})
	}
	return who, err
}
