package auth

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"parley/app/chat"
)

const (
	// MaxApplications is how many wait at once; what comes then is refused.
	MaxApplications = 200
	// MaxReason is how many characters somebody has to say who he is.
	MaxReason = 300
)

// ErrApproval refuses an account that nobody has said yes to.
var ErrApproval = chat.Forbidden("An administrator says yes to new accounts here. Ask for one.")

// Application is somebody who asked for an account.
type Application struct {
	ID             int64
	Username, Name string
	Hash           string // of the password
	Reason         string // in the person's words
	Made           time.Time
}

// ApplicationStore keeps who asked for an account.
type ApplicationStore interface {
	// AddApplication answers chat.ErrConflict where somebody has the username, or asked for
	// it, and chat.ErrTooOften where as many wait as may.
	AddApplication(ctx context.Context, a Application, limit int) error
	// Applications lists them, the longest waiting first.
	Applications(context.Context) ([]Application, error)
	RemoveApplication(ctx context.Context, id int64, audit chat.AuditEntry) error
}

// Apply asks for an account: there is none before an administrator says yes.
func (a *Auth) Apply(ctx context.Context, f SignUp, reason string) error {
	n := Application{Made: a.now()}
	var err error
	if n.Username, err = chat.ParseUsername(f.Username); err != nil {
		return err
	}
	if f.Name == "" {
		f.Name = n.Username
	}
	if n.Name, err = chat.ParseDisplayName(f.Name); err != nil {
		return err
	}
	if n.Reason = strings.Join(strings.Fields(strings.ToValidUTF8(reason, "")), " "); utf8.RuneCountInString(n.Reason) > MaxReason {
		return chat.Invalid("reason", "This has at most 300 characters.")
	}
	if err := a.parsePassword(ctx, f.Password, n.Username, n.Name); err != nil {
		return err
	}
	if err := a.limits.Take(chat.LimitSignup, f.Address); err != nil {
		return err
	}
	if n.Hash, err = a.passwords.Hash(ctx, f.Password); err != nil {
		return busy(err)
	}
	err = a.store.AddApplication(ctx, n, MaxApplications)
	switch {
	case errors.Is(err, chat.ErrConflict):
		return chat.Conflict("username", "Somebody has this username, or one that looks like it. Choose another.")
	case errors.Is(err, chat.ErrTooOften):
		return chat.TooOften("Many people wait for an answer already. Try again in a day.", 24*time.Hour)
	}
	return err
}

// Applications lists who asked for an account, for who manages people.
func (a *Auth) Applications(ctx context.Context, who chat.Account) ([]Application, error) {
	if err := who.May(chat.ManagePeople); err != nil {
		return nil, err
	}
	return a.store.Applications(ctx)
}

// Decide says yes or no to one: with yes it is an account.
func (a *Auth) Decide(ctx context.Context, who chat.Account, id int64, yes bool) error {
	list, err := a.Applications(ctx, who)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.ID != id {
			continue
		}
		now := a.now()
		if !yes {
			return a.store.RemoveApplication(ctx, id, chat.NewAuditEntry(now, who, chat.AuditRefuseAccount, "@"+n.Username, ""))
		}
		j, err := a.store.AddAccount(ctx, NewAccount{Username: n.Username, Name: n.Name, Hash: n.Hash, Invited: true, At: now},
			chat.NewAuditEntry(now, who, chat.AuditAddAccount, "@"+n.Username, chat.RoleMember.String()))
		if errors.Is(err, chat.ErrConflict) {
			return chat.Conflict("who", "Somebody has this username by now. Say no: the person can ask with another one.")
		}
		if err != nil {
			return err
		}
		a.counts.signedUp.Add(1)
		for _, room := range j.Rooms {
			a.bus.Publish(room)
			a.bus.Publish(chat.RoomHeaderChanged{Room: room.Room})
		}
		return a.store.RemoveApplication(ctx, id, chat.NoAudit)
	}
	return chat.NotFound()
}
