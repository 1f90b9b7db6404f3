package auth

import (
	"context"
	"crypto/rand"
	"strconv"
	"time"

	"parley/app/chat"
)

const (
	// MaxUses is how many people one invite brings at most.
	MaxUses = 10_000
	// MaxInvite is how long an invite can be used at most.
	MaxInvite = 366 * 24 * time.Hour
)

// ErrInviteOver refuses an invite that was used up, has run out or was revoked.
var ErrInviteOver = chat.Gone("This invite is not valid any more. Ask for a new one.")

// ErrInvitesOnly refuses sign-up without an invite.
var ErrInvitesOnly = chat.Forbidden("This workspace is joined by invite. Ask an administrator for a link.")

// Invite is a link with which people make accounts.
type Invite struct {
	ID         int64
	Code       string
	Role       chat.Role     // of who comes by it
	Rooms      []chat.RoomID // into which guests come
	Uses, Used int           // Uses 0: any number
	By         chat.Person
	Made       time.Time
	Expires    time.Time // zero: never
	Revoked    bool
}

// Valid says whether somebody can still come by it.
func (i Invite) Valid(now time.Time) bool {
	return !i.Revoked && (i.Uses == 0 || i.Used < i.Uses) && (i.Expires.IsZero() || now.Before(i.Expires))
}

// InviteStore keeps invites. One ends with its maker's role: what somebody issued who
// is no administrator any more is revoked, whatever becomes of the role later.
type InviteStore interface {
	AddInvite(ctx context.Context, i Invite, audit chat.AuditEntry) (id int64, err error)
	// Invites lists them, the newest first, at most limit.
	Invites(ctx context.Context, limit int) ([]Invite, error)
	InviteByCode(ctx context.Context, code string) (Invite, error)
	// RevokeInvite answers chat.ErrNotFound for one that was never made.
	RevokeInvite(ctx context.Context, id int64, at time.Time, audit chat.AuditEntry) error
}

// NewInvite is what an administrator asks for.
type NewInvite struct {
	Role chat.Role
	// Rooms are those into which guests come; see chat.GuestRooms.
	Rooms []chat.RoomID
	Uses  int           // 0: any number
	Life  time.Duration // 0: for ever
}

// CreateInvite makes an invite.
func (a *Auth) CreateInvite(ctx context.Context, who chat.Account, n NewInvite) (Invite, error) {
	if err := who.May(chat.ManageInvites); err != nil {
		return Invite{}, err
	}
	switch {
	case n.Role == chat.RoleGuest && len(n.Rooms) == 0:
		return Invite{}, chat.Invalid("rooms", "Choose at least one room: guests see no other.")
	case n.Role < chat.RoleGuest || n.Role > chat.RoleAdmin:
		return Invite{}, chat.Invalid("role", "Choose one of the values in the list.")
	case n.Uses < 0 || n.Uses > MaxUses:
		return Invite{}, chat.Invalid("uses", "An invite brings 1 to 10,000 people, or any number with 0.")
	case n.Life < 0 || n.Life > MaxInvite:
		return Invite{}, chat.Invalid("expires", "An invite lasts at most a year, or for ever.")
	}
	now := a.now()
	i := Invite{Code: rand.Text()[:16], Role: n.Role, Uses: n.Uses, By: who.Person, Made: now}
	if n.Role == chat.RoleGuest {
		i.Rooms = n.Rooms
	}
	if n.Life > 0 {
		i.Expires = now.Add(n.Life)
	}
	whom := "any number of people"
	if n.Uses > 0 {
		whom = strconv.Itoa(n.Uses) + " as " + n.Role.String()
	} else if n.Role != chat.RoleMember {
		whom += " as " + n.Role.String() + "s"
	}
	var err error
	i.ID, err = a.store.AddInvite(ctx, i, chat.NewAuditEntry(now, who, chat.AuditMakeInvite, "", whom))
	return i, err
}

// maxInvites is how many are listed.
const maxInvites = 200

// Invites lists the newest for who may see them.
func (a *Auth) Invites(ctx context.Context, who chat.Account) ([]Invite, error) {
	if err := who.May(chat.ManageInvites); err != nil {
		return nil, err
	}
	return a.store.Invites(ctx, maxInvites)
}

// RevokeInvite ends an invite; who came by it stays.
func (a *Auth) RevokeInvite(ctx context.Context, who chat.Account, id int64) error {
	if err := who.May(chat.ManageInvites); err != nil {
		return err
	}
	now := a.now()
	return a.store.RevokeInvite(ctx, id, now, chat.NewAuditEntry(now, who, chat.AuditRevokeInvite, "", ""))
}

// InviteFor finds the invite of a link: chat.ErrNotFound for what never was one,
// ErrInviteOver for what is none any more.
func (a *Auth) InviteFor(ctx context.Context, code string) (Invite, error) {
	i, err := a.store.InviteByCode(ctx, code)
	if err == nil && !i.Valid(a.now()) {
		err = ErrInviteOver
	}
	return i, err
}
