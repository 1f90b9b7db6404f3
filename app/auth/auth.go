// Package auth knows who you are: accounts' passwords, sessions, and how often
// one may try. It knows nothing of rooms or pages.
package auth

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parley/app/chat"
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
	TouchSession(ctx context.Context, hash []byte, at time.Time) error
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
}

// New makes the service; now may be nil.
func New(store Store, bus chat.Bus, limits *chat.Limits, now func() time.Time) *Auth {
	if now == nil {
		now = time.Now
	}
	return &Auth{store: store, bus: bus, limits: limits, passwords: NewPasswords(), now: now}
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

// errWrong is the one answer for a wrong name and a wrong password.
var errWrong = chat.Invalid("password", "Username or password is wrong.")

// LogIn checks a password of a username or of a confirmed mail address. Failures are counted by
// what was typed, so that nobody learns whose address it is, and by address.
func (a *Auth) LogIn(ctx context.Context, username, password, address string) (chat.AccountID, error) {
	return a.LogInOr(ctx, username, password, address, nil)
}

// LogInOr is LogIn; elsewhere, if there is one, says whether a password that is wrong here is
// right at another place. Then it answers 0, and no error.
func (a *Auth) LogInOr(ctx context.Context, username, password, address string, elsewhere func() (bool, error)) (_ chat.AccountID, err error) {
	defer func() { a.counts.login(err) }()
	username = chat.TypedName(username)
	account := chat.FoldName(username)
	if err := a.throttled(account, address); err != nil {
		return 0, err
	}
	if username, err = a.AccountName(ctx, username); err != nil {
		return 0, err
	}
	id, hash, err := a.store.Password(ctx, username)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		return 0, err
	}
	ok, rehash, err := a.passwords.Check(ctx, password, hash)
	if err != nil {
		return 0, busy(err)
	}
	right := ok
	if !ok && elsewhere != nil {
		id = 0
		if right, err = elsewhere(); err != nil {
			return 0, err
		}
	}
	// Asked again: of many tries at once all would have passed the first time.
	if err := a.throttled(account, address); err != nil {
		return 0, err
	}
	if !right {
		a.limits.Take(chat.LimitLoginAccount, account)
		a.limits.Take(chat.LimitLoginAddress, address)
		return 0, errWrong
	}
	a.limits.Forgive(chat.LimitLoginAccount, account)
	if rehash {
		a.rehash(ctx, id, hash, password)
	}
	return id, nil
}

// CheckElsewhere has a name and a password checked at another place; failures count as those of
// log-ins do.
func (a *Auth) CheckElsewhere(ctx context.Context, username, address string, elsewhere func() (bool, error)) error {
	account := chat.FoldName(chat.TypedName(username))
	if err := a.throttled(account, address); err != nil {
		return err
	}
	right, err := elsewhere()
	if err != nil {
		return err
	}
	if err := a.throttled(account, address); err != nil {
		return err
	}
	if !right {
		a.limits.Take(chat.LimitLoginAccount, account)
		a.limits.Take(chat.LimitLoginAddress, address)
		return errWrong
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
