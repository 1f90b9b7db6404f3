package auth

import (
	"context"
	"errors"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"parley/app/chat"
)

const (
	// ConfirmLife is how long the link in a mail confirms an address.
	ConfirmLife = 24 * time.Hour
	// MailResetLife is how long a link that came by mail sets a new password.
	MailResetLife = time.Hour
	// maxAddress bounds a mail address, in bytes.
	maxAddress = 254
)

// Address is the mail address of a person.
type Address struct {
	Account   chat.AccountID
	Address   string
	Confirmed time.Time      // zero: it is not
	Mailed    chat.MessageID // the newest message that a mail was about
}

// MailKind says what a mail is about; they are stored, so only ever append.
type MailKind int

// Kinds of mails.
const (
	MailConfirm  MailKind = iota
	MailPassword          // Data is what was typed: a username or an address
	MailInvite            // Data is the id of the invite, a space and the address
	MailDevice            // Data is the browser that logged in
	MailDigest            // Data are the ids of messages, by spaces
	MailVisitor           // Data is the id of a case, a space and that of the line that answers
)

// Mail is one that waits to be written and sent.
type Mail struct {
	ID      int64
	Kind    MailKind
	Account chat.AccountID // 0: it is not known yet whose
	Data    string
	Tries   int
	Next    time.Time
	Made    time.Time
}

// AddressStore keeps addresses, and the queue of mails.
type AddressStore interface {
	// Address finds that of an account.
	Address(ctx context.Context, who chat.AccountID) (Address, error)
	// SetAddress gives an account another one, which is not confirmed; "" none.
	SetAddress(ctx context.Context, who chat.AccountID, address string) error
	// SetAddressCode has a code confirm the address of an account, as long as it is this.
	SetAddressCode(ctx context.Context, who chat.AccountID, address string, hash []byte, until time.Time) error
	// AddressOfCode finds the address that a code confirms at a time.
	AddressOfCode(ctx context.Context, hash []byte, at time.Time) (Address, error)
	// ConfirmAddress uses a code up; chat.ErrConflict: somebody else has the address.
	ConfirmAddress(ctx context.Context, hash []byte, at time.Time) (Address, error)
	// AccountOfAddress finds whose confirmed address it is, unless that account is disabled.
	AccountOfAddress(ctx context.Context, address string) (chat.Account, error)
	// AddressesToMail are those confirmed, of people for whom something waits that is newer
	// than what they were mailed about.
	AddressesToMail(context.Context) ([]Address, error)
	// QueueMail queues a mail. With upto, that is the newest message which it is about, and
	// nothing is queued where the person was mailed about that already.
	QueueMail(ctx context.Context, m Mail, upto chat.MessageID) error
	// DueMails lists those to be sent at a time, the longest due first.
	DueMails(ctx context.Context, at time.Time, limit int) ([]Mail, error)
	// SetMail stores when a mail is tried again, or forgets it (zero).
	SetMail(ctx context.Context, m Mail) error
}

// ParseAddress answers with a mail address as it is stored.
func ParseAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxAddress || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", chat.Invalid("address", "This is no mail address. They look like ada@example.org.")
	}
	return s, nil
}

// Address is the caller's own, the zero Address if he has none.
func (a *Auth) Address(ctx context.Context, who chat.Account) (Address, error) {
	found, err := a.store.Address(ctx, who.ID)
	if errors.Is(err, chat.ErrNotFound) {
		err = nil
	}
	return found, err
}

// SetAddress gives the caller another address, and has a mail sent there that confirms it.
// Nothing goes to it before; "" takes it away.
func (a *Auth) SetAddress(ctx context.Context, who chat.Account, address string) error {
	if address != "" {
		var err error
		if address, err = ParseAddress(address); err != nil {
			return err
		}
		if err := a.limits.Take(chat.LimitMails, strconv.FormatInt(int64(who.ID), 10)); err != nil {
			return err
		}
	}
	if err := a.store.SetAddress(ctx, who.ID, address); err != nil || address == "" {
		return err
	}
	now := a.now()
	return a.store.QueueMail(ctx, Mail{Kind: MailConfirm, Account: who.ID, Next: now, Made: now}, 0)
}

// NewAddressCode makes the code of the mail that confirms an address.
func (a *Auth) NewAddressCode(ctx context.Context, of Address) (string, error) {
	code := newToken()
	return code, a.store.SetAddressCode(ctx, of.Account, of.Address, hashToken(code), a.now().Add(ConfirmLife))
}

// AddressOfCode finds the address that a code confirms.
func (a *Auth) AddressOfCode(ctx context.Context, code string) (Address, error) {
	if len(code) != tokenLength {
		return Address{}, chat.NotFound()
	}
	return a.store.AddressOfCode(ctx, hashToken(code), a.now())
}

// ConfirmAddress uses a code up.
func (a *Auth) ConfirmAddress(ctx context.Context, code string) (Address, error) {
	if len(code) != tokenLength {
		return Address{}, chat.NotFound()
	}
	found, err := a.store.ConfirmAddress(ctx, hashToken(code), a.now())
	if errors.Is(err, chat.ErrConflict) {
		err = chat.Invalid("address", "Another account has confirmed this address. Choose another one, or take it away there.")
	}
	return found, err
}

// AskReset has a link for a new password sent to the confirmed address of an account, which
// is named by its username or by that address. It does the same for a name of nobody: what it
// answers, and when, says nothing of who is here.
func (a *Auth) AskReset(ctx context.Context, typed, address string) error {
	typed = strings.TrimSpace(typed)
	if typed == "" || len(typed) > maxAddress {
		return chat.Invalid("name", "Write your username or your mail address.")
	}
	if err := a.limits.Take(chat.LimitForgot, address); err != nil {
		return err
	}
	if err := a.limits.Take(chat.LimitMails, "forgot "+chat.FoldName(typed)); err != nil {
		return err
	}
	now := a.now()
	return a.store.QueueMail(ctx, Mail{Kind: MailPassword, Data: typed, Next: now, Made: now}, 0)
}

// MailReset makes the link for which AskReset was asked, and says for whom; chat.ErrNotFound
// where there is nobody, or no confirmed address.
func (a *Auth) MailReset(ctx context.Context, typed string) (who chat.Account, to Address, token string, err error) {
	if strings.Contains(strings.TrimPrefix(typed, "@"), "@") {
		who, err = a.store.AccountOfAddress(ctx, typed)
	} else {
		var id chat.AccountID
		if id, _, err = a.store.Password(ctx, chat.TypedName(typed)); err == nil {
			who.ID = id
		}
	}
	if err != nil {
		return who, to, "", err
	}
	if to, err = a.store.Address(ctx, who.ID); err == nil && to.Confirmed.IsZero() {
		err = chat.NotFound()
	}
	if err != nil {
		return who, to, "", err
	}
	token = newToken()
	if err := a.store.SetReset(ctx, who.ID, 0, hashToken(token), a.now().Add(MailResetLife), chat.NoAudit); err != nil {
		return who, to, "", err
	}
	who, err = a.ResetAccount(ctx, token)
	return who, to, token, err
}

// MailInvite has an invite sent to an address.
func (a *Auth) MailInvite(ctx context.Context, who chat.Account, i Invite, address string) error {
	if err := who.May(chat.ManageInvites); err != nil {
		return err
	}
	address, err := ParseAddress(address)
	if err != nil {
		return err
	}
	now := a.now()
	return a.store.QueueMail(ctx, Mail{Kind: MailInvite, Account: who.ID, Data: strconv.FormatInt(i.ID, 10) + " " + address,
		Next: now, Made: now}, 0)
}

// NoticeDevice tells an account by mail that it was logged in to by a program that none of
// its sessions knows; same compares two programs. Call it before the session is begun.
func (a *Auth) NoticeDevice(ctx context.Context, who chat.AccountID, agent string, same func(a, b string) bool) error {
	to, err := a.store.Address(ctx, who)
	if err != nil || to.Confirmed.IsZero() {
		if errors.Is(err, chat.ErrNotFound) {
			err = nil
		}
		return err
	}
	all, err := a.store.SessionsOf(ctx, who)
	if err != nil {
		return err
	}
	for _, s := range all {
		if same(s.Agent, agent) {
			return nil
		}
	}
	now := a.now()
	return a.store.QueueMail(ctx, Mail{Kind: MailDevice, Account: who, Data: agent, Next: now, Made: now}, 0)
}

// AccountName is the username that somebody who logs in means, who may write his confirmed mail
// address in its place; what was typed where it is nobody's.
func (a *Auth) AccountName(ctx context.Context, typed string) (string, error) {
	name := chat.TypedName(typed)
	if !strings.Contains(name, "@") { // no username has one
		return name, nil
	}
	who, err := a.store.AccountOfAddress(ctx, name)
	if errors.Is(err, chat.ErrNotFound) {
		return name, nil
	}
	return who.Username, err
}
