package auth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/app/chat"
)

// providerLife is how long somebody may take at a provider, and to choose a username after it.
const providerLife = 15 * time.Minute

// ErrLinked refuses an account at a provider that is somebody's here already.
var ErrLinked = chat.Invalid("provider", "That account is linked to another one here.")

// Identity is an account at a provider that is linked to one here.
type Identity struct {
	Issuer, Subject string
	Account         chat.AccountID
	Label           string
	Made            time.Time
}

// IdentityStore keeps which accounts of providers are whose.
type IdentityStore interface {
	// AddIdentity answers chat.ErrConflict for one that is linked.
	AddIdentity(ctx context.Context, i Identity, audit chat.AuditEntry) error
	// IdentityAccount finds whose it is; that account may be disabled.
	IdentityAccount(ctx context.Context, issuer, subject string) (chat.Account, error)
	// Identities lists those of an account.
	Identities(ctx context.Context, who chat.AccountID) ([]Identity, error)
	// IdentitiesAt lists those of an issuer by subject, from behind one on, at most limit.
	IdentitiesAt(ctx context.Context, issuer string, after Identity, limit int) ([]Identity, error)
	RemoveIdentity(ctx context.Context, who chat.AccountID, issuer, subject string, audit chat.AuditEntry) error
}

// KeepTicket keeps what a log-in at a provider is ended by; by 0: nobody is logged in.
func (a *Auth) KeepTicket(ctx context.Context, kind TicketKind, by chat.AccountID, v any) (token string, err error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return a.newTicket(ctx, Ticket{Kind: kind, Account: by, Data: data, Until: a.now().Add(providerLife)})
}

// NewToken makes the token of a ticket, for KeepTicketAs.
func NewToken() string { return newToken() }

// KeepTicketAs is KeepTicket with a token that was made before.
func (a *Auth) KeepTicketAs(ctx context.Context, kind TicketKind, by chat.AccountID, token string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.store.AddTicket(ctx, hashToken(token), Ticket{Kind: kind, Account: by, Data: data, Until: a.now().Add(providerLife)})
}

// UseTicket ends what KeepTicket began, once: chat.ErrNotFound for what is over.
func (a *Auth) UseTicket(ctx context.Context, kind TicketKind, token string, v any) (by chat.AccountID, err error) {
	t, err := a.takeTicket(ctx, kind, token)
	if err == nil {
		err = json.Unmarshal(t.Data, v)
	}
	return t.Account, err
}

// SeeTicket reads what KeepTicket keeps, and leaves it.
func (a *Auth) SeeTicket(ctx context.Context, kind TicketKind, token string, v any) error {
	if len(token) != tokenLength {
		return chat.NotFound()
	}
	t, err := a.store.Ticket(ctx, kind, hashToken(token), a.now())
	if err == nil {
		err = json.Unmarshal(t.Data, v)
	}
	return err
}

// IdentityAccount finds whose account at a provider it is; chat.ErrNotFound: nobody's here. A
// disabled account is refused.
func (a *Auth) IdentityAccount(ctx context.Context, issuer, subject string) (chat.Account, error) {
	who, err := a.store.IdentityAccount(ctx, issuer, subject)
	if err == nil && who.Disabled {
		return chat.Account{}, chat.Forbidden("This account is deactivated. Ask an administrator.")
	}
	return who, err
}

// Identities lists the caller's own.
func (a *Auth) Identities(ctx context.Context, who chat.Account) ([]Identity, error) {
	return a.store.Identities(ctx, who.ID)
}

// IdentitiesAt lists those of an issuer, from behind one on, at most limit.
func (a *Auth) IdentitiesAt(ctx context.Context, issuer string, after Identity, limit int) ([]Identity, error) {
	return a.store.IdentitiesAt(ctx, issuer, after, limit)
}

// LinkIdentity links an account at a provider to the caller's, who has proved both.
func (a *Auth) LinkIdentity(ctx context.Context, who chat.Account, issuer, subject, label string) error {
	now := a.now()
	err := a.store.AddIdentity(ctx, Identity{Issuer: issuer, Subject: subject, Account: who.ID, Label: label, Made: now},
		chat.NewAuditEntry(now, who, chat.AuditLinkIdentity, "@"+who.Username, issuer))
	if errors.Is(err, chat.ErrConflict) {
		err = ErrLinked
	}
	return err
}

// UnlinkIdentity ends that.
func (a *Auth) UnlinkIdentity(ctx context.Context, who chat.Account, issuer, subject string) error {
	if err := a.keepsWay(ctx, who); err != nil {
		return err
	}
	return a.store.RemoveIdentity(ctx, who.ID, issuer, subject, chat.NewAuditEntry(a.now(), who, chat.AuditUnlinkIdentity,
		"@"+who.Username, issuer))
}

// SignUpBy makes an account for whom a provider vouches, and links it. It has no password: the
// person logs in there, or sets one. vouched: the provider's
// people may come whatever the workspace says of others.
func (a *Auth) SignUpBy(ctx context.Context, f SignUp, i Identity, vouched bool) (SignedUp, error) {
	f.Identity = &i
	if vouched {
		if err := a.limits.Take(chat.LimitSignup, f.Address); err != nil {
			return SignedUp{}, err
		}
		f.Address = "" // as somebody who was added
	}
	return a.SignUp(ctx, f)
}
