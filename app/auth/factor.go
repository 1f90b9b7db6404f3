package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"parley/app/chat"
)

const (
	// ProofLife is how long a session may do what asks for a proof, after it gave one.
	ProofLife = 10 * time.Minute
	// SecondLife is how long somebody has for the second step of a log-in.
	SecondLife = 5 * time.Minute
	// codeEvery is how long a code of an app is shown.
	codeEvery = 30 * time.Second
	// codeSkew is how many codes before and after the one of now are good, for clocks that
	// are not right.
	codeSkew = 1
	// RecoveryCodes is how many an account has.
	RecoveryCodes = 10
)

// TicketKind says what a ticket ends; they are stored, so only ever append.
type TicketKind int

// Kinds of tickets.
const (
	TicketSecond          TicketKind = iota // a log-in whose password was right
	TicketPasskey                           // the making of a passkey
	TicketPasskeyLogin                      // a log-in by passkey
	TicketPasskeyProof                      // a proof by passkey
	TicketProvider                          // a log-in at a provider
	TicketProviderAccount                   // an account that a provider vouched for, to be linked or made
)

// Ticket is what was begun and is ended by whoever has its token, once and soon.
type Ticket struct {
	Kind    TicketKind
	Account chat.AccountID // 0: it is not known yet whose
	Data    []byte
	Until   time.Time
}

// Factor is the app that shows codes for an account.
type Factor struct {
	Secret    string // base32
	Confirmed time.Time
	Recovery  int // how many recovery codes are left
}

// FactorStore keeps what people prove themselves by, besides a password.
type FactorStore interface {
	// SetProved notes that a session proved who it is.
	SetProved(ctx context.Context, session []byte, at time.Time) error
	Factor(ctx context.Context, who chat.AccountID) (Factor, error)
	// SetFactor begins a new one, which is not confirmed, in place of one that is not either;
	// chat.ErrConflict: there is a confirmed one.
	SetFactor(ctx context.Context, who chat.AccountID, secret string) error
	// ConfirmFactor confirms it by the code of a step, with recovery codes.
	ConfirmFactor(ctx context.Context, who chat.AccountID, step int64, codes [][]byte, at time.Time, audit chat.AuditEntry) error
	// UseStep uses the code of a step up, unless it or a later one was used: false.
	UseStep(ctx context.Context, who chat.AccountID, step int64) (bool, error)
	// UseRecovery uses a recovery code up, if there is such a one.
	UseRecovery(ctx context.Context, who chat.AccountID, hash []byte) (bool, error)
	SetRecovery(ctx context.Context, who chat.AccountID, codes [][]byte, audit chat.AuditEntry) error
	RemoveFactor(ctx context.Context, who chat.AccountID, audit chat.AuditEntry) error
	// ResetFactors removes the factor, the recovery codes and all passkeys of an account, and
	// ends its sessions.
	ResetFactors(ctx context.Context, who chat.AccountID, audit chat.AuditEntry) error

	AddTicket(ctx context.Context, hash []byte, t Ticket) error
	// Ticket finds one that has not run out.
	Ticket(ctx context.Context, kind TicketKind, hash []byte, at time.Time) (Ticket, error)
	// TakeTicket finds one and uses it up.
	TakeTicket(ctx context.Context, kind TicketKind, hash []byte, at time.Time) (Ticket, error)
	// ExpireTickets removes those that ran out.
	ExpireTickets(ctx context.Context, at time.Time) error

	PasskeyStore
}

// Proved says whether a session proved lately who it is.
func (a *Auth) Proved(s Session) bool { return a.now().Sub(s.ProvedAt()) < ProofLife }

// ProvedAt is when the session proved last who it is.
func (s Session) ProvedAt() time.Time {
	if s.Proved.After(s.Created) {
		return s.Proved
	}
	return s.Created
}

// errProof is the one answer for a wrong password or code of a proof.
var errProof = chat.Invalid("prove", "That is not right. Try again.")

// Prove notes that a session proved who it is, by the password of its account. Failures
// count as those of log-ins do.
func (a *Auth) Prove(ctx context.Context, s Session, password, address string) error {
	return a.ProveOr(ctx, s, password, address, nil)
}

// ProveOr is Prove, where a password may be right elsewhere; see LogInOr.
func (a *Auth) ProveOr(ctx context.Context, s Session, password, address string, elsewhere func() (bool, error)) error {
	if _, err := a.LogInOr(ctx, s.Account.Username, password, address, elsewhere); err != nil {
		if errors.Is(err, chat.ErrInvalid) {
			return errProof
		}
		return err
	}
	return a.store.SetProved(ctx, s.Hash, a.now())
}

// Factor is the caller's own; the zero Factor: he has none.
func (a *Auth) Factor(ctx context.Context, who chat.AccountID) (Factor, error) {
	f, err := a.store.Factor(ctx, who)
	if errors.Is(err, chat.ErrNotFound) {
		err = nil
	}
	return f, err
}

// BeginFactor makes the secret of an app for the caller, or answers with the one that is
// being set up.
func (a *Auth) BeginFactor(ctx context.Context, who chat.Account) (Factor, error) {
	f, err := a.Factor(ctx, who.ID)
	if err != nil || f.Secret != "" {
		return f, err
	}
	secret := make([]byte, 20)
	rand.Read(secret)
	f.Secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	return f, a.store.SetFactor(ctx, who.ID, f.Secret)
}

// ConfirmFactor turns the factor on by the first code of it, and answers with the recovery
// codes, which are kept nowhere.
func (a *Auth) ConfirmFactor(ctx context.Context, who chat.Account, code string) ([]string, error) {
	f, err := a.Factor(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	if f.Secret == "" || !f.Confirmed.IsZero() {
		return nil, chat.NotFound()
	}
	if err := a.throttled("second "+who.Username, "-"); err != nil {
		return nil, err
	}
	step, ok := a.stepOf(f.Secret, code)
	if !ok {
		a.limits.Take(chat.LimitLoginAccount, "second "+who.Username)
		return nil, chat.Invalid("code", "That is not the code that the app shows now. Look whether its clock is right.")
	}
	codes, hashes := newRecovery()
	now := a.now()
	return codes, a.store.ConfirmFactor(ctx, who.ID, step, hashes, now, chat.NewAuditEntry(now, who, chat.AuditSetFactor,
		"@"+who.Username, ""))
}

// NewRecovery makes new recovery codes in place of those before.
func (a *Auth) NewRecovery(ctx context.Context, who chat.Account) ([]string, error) {
	f, err := a.Factor(ctx, who.ID)
	if err == nil && f.Confirmed.IsZero() {
		err = chat.NotFound()
	}
	if err != nil {
		return nil, err
	}
	codes, hashes := newRecovery()
	return codes, a.store.SetRecovery(ctx, who.ID, hashes, chat.NewAuditEntry(a.now(), who, chat.AuditSetRecovery, "@"+who.Username, ""))
}

// RemoveFactor turns the caller's own off.
func (a *Auth) RemoveFactor(ctx context.Context, who chat.Account) error {
	return a.store.RemoveFactor(ctx, who.ID, chat.NewAuditEntry(a.now(), who, chat.AuditRemoveFactor, "@"+who.Username, ""))
}

// ResetFactors undoes the second factor and the passkeys of somebody who has lost them, and
// logs him out everywhere.
func (a *Auth) ResetFactors(ctx context.Context, who chat.Account, whom chat.Account) error {
	if err := who.May(chat.ManagePeople); err != nil {
		return err
	}
	if err := a.store.ResetFactors(ctx, whom.ID, chat.NewAuditEntry(a.now(), who, chat.AuditRemoveFactor, "@"+whom.Username, "")); err != nil {
		return err
	}
	a.bus.Publish(chat.SessionEnded{Account: whom.ID})
	return nil
}

// stepOf finds the step whose code this is, of those that are good now.
func (a *Auth) stepOf(secret, code string) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != otp.DigitsSix.Length() {
		return 0, false
	}
	now := a.now().Unix() / int64(codeEvery/time.Second)
	for at := now - codeSkew; at <= now+codeSkew; at++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(at), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// FactorURL is what the picture for an app says.
func FactorURL(workspace, username, secret string) string {
	label := strings.NewReplacer(":", " ", "/", " ", "?", " ", "%", " ", "#", " ").Replace(workspace)
	return "otpauth://totp/" + escaped(label) + ":" + escaped(username) + "?secret=" + secret + "&issuer=" + escaped(label)
}

func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(c)+256, 16)[1:]))
		}
	}
	return b.String()
}

// newRecovery makes recovery codes, and their hashes.
func newRecovery() (codes []string, hashes [][]byte) {
	for range RecoveryCodes {
		code := strings.ToLower(rand.Text()[:10])
		codes, hashes = append(codes, code[:5]+"-"+code[5:]), append(hashes, recoveryHash(code))
	}
	return codes, hashes
}

func recoveryHash(code string) []byte {
	keep := func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}
	return hashToken("recovery " + strings.Map(keep, strings.ToLower(strings.TrimSpace(code))))
}
