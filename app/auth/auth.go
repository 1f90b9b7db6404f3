// Package auth knows who you are: accounts' passwords, sessions, and how often
// one may try. It knows nothing of rooms or pages.
package auth

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/job"
)

const (
	// SessionIdle is how long a session lives that nobody uses.
	SessionIdle = 14 * 24 * time.Hour
	// SessionLife is how long a session lives at most.
	SessionLife = 30 * 24 * time.Hour
	// MaxSessions is how many sessions an account has; a further one ends the oldest.
	MaxSessions = 20
	// touchEvery is how precisely the use of a session is remembered.
	touchEvery = time.Minute
)

// ErrClosed refuses sign-up.
var ErrClosed = chat.Forbidden("Sign-up is closed here. Ask an administrator for an account.")

// Session is one browser of one account.
type Session struct {
	Hash    []byte // SHA-256 of the token
	Account chat.Account
	Agent   string
	Created time.Time
	Seen    time.Time
	Proved  time.Time // when it proved again who it is; zero: not since it began
	Second  bool      // the account has a second factor, or a passkey
}

// NewAccount is somebody who signs up.
type NewAccount struct {
	Username, Name, Hash string
	Workspace            string        // named by the first account
	Invited              bool          // by the command line: closed sign-up does not matter
	Invite               string        // the code of a link, which says what role he gets
	Role                 chat.Role     // of who is invited by the command line
	Rooms                []chat.RoomID // of a guest who is
	Identity             *Identity     // that is linked to it, or nil; its account is not known yet
	At                   time.Time
}

// SignedUp is what a sign-up changed: the rooms are those of everybody.
type SignedUp struct {
	Account chat.Account
	Rooms   []chat.RoomChanged
}

// Store keeps accounts' secrets, sessions, and links that let people in.
type Store interface {
	InviteStore
	ResetStore
	KeyStore
	AddressStore
	FactorStore
	IdentityStore
	ApplicationStore
	Account(context.Context, chat.AccountID) (chat.Account, error)
	// AddAccount makes an account; the first one is administrator and founds the
	// room of everybody. chat.ErrConflict: the name is taken; ErrClosed,
	// ErrInvitesOnly: sign-up is; ErrInviteOver: the invite is; ErrLinked: the identity is.
	AddAccount(ctx context.Context, n NewAccount, audit chat.AuditEntry) (SignedUp, error)
	HasAccounts(context.Context) (bool, error)
	Settings(context.Context) (chat.Settings, error)
	// Password finds an account's hash by name; chat.ErrNotFound also for who is disabled.
	Password(ctx context.Context, username string) (chat.AccountID, string, error)
	// SetPassword also ends all sessions, and links that set a password.
	SetPassword(ctx context.Context, who chat.AccountID, hash string, audit chat.AuditEntry) error
	// Rehash replaces a hash by a stronger one of the same password.
	Rehash(ctx context.Context, who chat.AccountID, was, hash string) error
	// AddSession answers with the hashes of the sessions that had to go.
	AddSession(ctx context.Context, s Session, limit int) ([][]byte, error)
	// SessionOf answers chat.ErrNotFound for what is unknown or whose account is disabled.
	SessionOf(ctx context.Context, hash []byte) (Session, error)
	// SessionsOf lists an account's sessions, the last used first.
	SessionsOf(ctx context.Context, who chat.AccountID) ([]Session, error)
	// Touch remembers when sessions and keys were used; those that are gone stay so.
	Touch(ctx context.Context, u Uses) error
	DeleteSession(ctx context.Context, hash []byte) error
	ExpireSessions(ctx context.Context, startedBefore, seenBefore time.Time) error
}

// Auth signs people up, in and out.
type Auth struct {
	store     Store
	bus       chat.Bus
	limits    *chat.Limits
	passwords *Passwords
	now       func() time.Time
	counts    counts

	uses     Uses // that are not stored yet
	usesLock sync.Mutex
	usesLoop *job.Loop
}

// New makes the service; now may be nil.
func New(store Store, bus chat.Bus, limits *chat.Limits, now func() time.Time) *Auth {
	if now == nil {
		now = time.Now
	}
	return &Auth{store: store, bus: bus, limits: limits, passwords: NewPasswords(), now: now,
		usesLoop: job.New(touchEvery, usesApart)}
}

// SignUp is the form of a newcomer.
type SignUp struct {
	Workspace, Username, Name, Password string
	Address                             string          // of the browser; "" on the command line
	Invite                              string          // code of the link that he came by
	Audit                               chat.AuditEntry // of who adds somebody else
	Role                                chat.Role       // of who is added on the command line
	Rooms                               []chat.RoomID   // of a guest who is
	Identity                            *Identity       // by which the person logs in, in place of a password
}

// HasAccounts says whether anybody signed up yet.
func (a *Auth) HasAccounts(ctx context.Context) (bool, error) { return a.store.HasAccounts(ctx) }

// SignUp makes an account. The first one names the workspace and administers it.
func (a *Auth) SignUp(ctx context.Context, f SignUp) (SignedUp, error) {
	n := NewAccount{Invited: f.Address == "", Invite: f.Invite, Role: f.Role, Rooms: f.Rooms, Identity: f.Identity, At: a.now()}
	var err error
	if n.Username, err = chat.ParseUsername(f.Username); err != nil {
		return SignedUp{}, err
	}
	if f.Name == "" {
		f.Name = n.Username
	}
	if n.Name, err = chat.ParseDisplayName(f.Name); err != nil {
		return SignedUp{}, err
	}
	if n.Workspace, err = a.workspace(ctx, f.Workspace); err != nil {
		return SignedUp{}, err
	}
	if f.Identity == nil {
		if err := a.parsePassword(ctx, f.Password, n.Username, n.Name, n.Workspace); err != nil {
			return SignedUp{}, err
		}
	}
	if f.Address != "" {
		if err := a.limits.Take(chat.LimitSignup, f.Address); err != nil {
			return SignedUp{}, err
		}
	}
	if n.Hash = NoPassword; f.Identity == nil {
		if n.Hash, err = a.passwords.Hash(ctx, f.Password); err != nil {
			return SignedUp{}, busy(err)
		}
	}
	j, err := a.store.AddAccount(ctx, n, f.Audit)
	if err == nil {
		a.counts.signedUp.Add(1)
	}
	if errors.Is(err, chat.ErrConflict) {
		return SignedUp{}, chat.Conflict("username", "Somebody has this username, or one that looks like it. Choose another.")
	}
	if err != nil {
		return SignedUp{}, err
	}
	for _, room := range j.Rooms {
		a.bus.Publish(room)
		a.bus.Publish(chat.RoomHeaderChanged{Room: room.Room})
	}
	return j, nil
}

// workspace checks the name of the place, which only the first account gives.
func (a *Auth) workspace(ctx context.Context, name string) (string, error) {
	has, err := a.store.HasAccounts(ctx)
	if err != nil || has {
		return "", err
	}
	if name == "" {
		return "Parley", nil
	}
	if name, err = chat.ParseDisplayName(name); err != nil {
		return "", chat.Invalid("workspace", "Give the workspace a name of 1 to 64 characters.")
	}
	return name, nil
}
