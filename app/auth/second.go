package auth

import (
	"context"
	"strconv"

	"parley/app/chat"
)

// NeedsSecond says whether a log-in of an account by password has a second step.
func (a *Auth) NeedsSecond(ctx context.Context, who chat.AccountID) (bool, error) {
	f, err := a.Factor(ctx, who)
	return !f.Confirmed.IsZero(), err
}

// BeginSecond makes the ticket for the second step of a log-in whose password was right.
func (a *Auth) BeginSecond(ctx context.Context, who chat.AccountID) (token string, err error) {
	return a.newTicket(ctx, Ticket{Kind: TicketSecond, Account: who, Until: a.now().Add(SecondLife)})
}

func (a *Auth) newTicket(ctx context.Context, t Ticket) (token string, err error) {
	token = newToken()
	if t.Data == nil {
		t.Data = []byte{}
	}
	return token, a.store.AddTicket(ctx, hashToken(token), t)
}

func (a *Auth) takeTicket(ctx context.Context, kind TicketKind, token string) (Ticket, error) {
	if len(token) != tokenLength {
		return Ticket{}, chat.NotFound()
	}
	return a.store.TakeTicket(ctx, kind, hashToken(token), a.now())
}

// SecondOf says whose log-in waits for its second step; chat.ErrNotFound: none does any more.
func (a *Auth) SecondOf(ctx context.Context, token string) (chat.AccountID, error) {
	if len(token) != tokenLength {
		return 0, chat.NotFound()
	}
	t, err := a.store.Ticket(ctx, TicketSecond, hashToken(token), a.now())
	return t.Account, err
}

// errCode is the one answer for a code that is wrong and one that was used.
var errCode = chat.Invalid("code", "This code does not work. Use the one that the app shows now.")

// EndSecond ends the second step of a log-in, by a code of the app or by a recovery code.
func (a *Auth) EndSecond(ctx context.Context, token, code, address string) (who chat.AccountID, err error) {
	who, err = a.SecondOf(ctx, token)
	if err != nil {
		return 0, err
	}
	if err := a.CheckSecond(ctx, who, code, address); err != nil {
		return 0, err
	}
	t, err := a.takeTicket(ctx, TicketSecond, token) // once, of many at a time
	return t.Account, err
}

// CheckSecond checks a code of an account, and uses it up. Failures are counted by account
// and by address.
func (a *Auth) CheckSecond(ctx context.Context, who chat.AccountID, code, address string) error {
	return a.try("second "+strconv.FormatInt(int64(who), 10), address, errCode, func() (bool, error) {
		f, err := a.Factor(ctx, who)
		if err != nil || f.Confirmed.IsZero() {
			return false, err
		}
		if step, right := a.stepOf(f.Secret, code); right {
			return a.store.UseStep(ctx, who, step)
		}
		return a.store.UseRecovery(ctx, who, recoveryHash(code))
	})
}
