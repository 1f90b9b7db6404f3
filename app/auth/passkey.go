package auth

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"parley/app/chat"
)

const (
	// MaxPasskeys is how many an account has.
	MaxPasskeys = 20
	// passkeyLife is how long a browser has to answer.
	passkeyLife = 5 * time.Minute
)

// Passkey is a device or a key with which somebody logs in.
type Passkey struct {
	ID      int64
	Account chat.AccountID
	Name    string
	Made    time.Time
	Used    time.Time // zero: never
	Data    []byte    // its public key and counter, as JSON
}

// PasskeyStore keeps passkeys.
type PasskeyStore interface {
	// AddPasskey answers chat.ErrConflict for a credential that is there.
	AddPasskey(ctx context.Context, p Passkey, credential []byte, audit chat.AuditEntry) error
	// Passkeys lists those of an account, the newest first.
	Passkeys(ctx context.Context, who chat.AccountID) ([]Passkey, error)
	// UsePasskey stores what a log-in changed of one.
	UsePasskey(ctx context.Context, id int64, data []byte, at time.Time) error
	RenamePasskey(ctx context.Context, who chat.AccountID, id int64, name string) error
	// RemovePasskey answers chat.ErrNotFound for one of somebody else.
	RemovePasskey(ctx context.Context, who chat.AccountID, id int64, audit chat.AuditEntry) error
}

// Site is the public address that passkeys belong to. They are those of its host: whoever
// changes that, makes all of them useless.
type Site string

// rp makes the party that a browser deals with; nil: there are no passkeys for such an address.
func (s Site) rp() *webauthn.WebAuthn {
	u, err := url.Parse(string(s))
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil || u.Scheme != "https" && u.Hostname() != "localhost" &&
		!strings.HasSuffix(u.Hostname(), ".localhost") {
		return nil
	}
	w, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Parley", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil
	}
	return w
}

// HasPasskeys says whether there can be passkeys for the address.
func (s Site) HasPasskeys() bool { return s.rp() != nil }

var errNoPasskeys = chat.Invalid("passkey", "There are no passkeys under this address: that takes https and a name.")

// holder is an account as the library asks for it.
type holder struct {
	account chat.Account
	keys    []webauthn.Credential
}

func handleOf(id chat.AccountID) []byte {
	return binary.BigEndian.AppendUint64([]byte("parley"), uint64(id))
}

func (h holder) WebAuthnID() []byte                         { return handleOf(h.account.ID) }
func (h holder) WebAuthnName() string                       { return h.account.Username }
func (h holder) WebAuthnDisplayName() string                { return h.account.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (a *Auth) holder(ctx context.Context, who chat.Account) (h holder, list []Passkey, err error) {
	h.account = who
	if list, err = a.store.Passkeys(ctx, who.ID); err != nil {
		return h, nil, err
	}
	for _, p := range list {
		var c webauthn.Credential
		if err := json.Unmarshal(p.Data, &c); err != nil {
			return h, nil, err
		}
		h.keys = append(h.keys, c)
	}
	return h, list, nil
}

// Passkeys lists the caller's own, the newest first.
func (a *Auth) Passkeys(ctx context.Context, who chat.Account) ([]Passkey, error) {
	return a.store.Passkeys(ctx, who.ID)
}

// BeginPasskey begins to make one, and answers with what the browser is asked, as JSON, and
// with the token that ends it.
func (a *Auth) BeginPasskey(ctx context.Context, site Site, who chat.Account) (options []byte, token string, err error) {
	rp := site.rp()
	if rp == nil {
		return nil, "", errNoPasskeys
	}
	h, list, err := a.holder(ctx, who)
	if err != nil {
		return nil, "", err
	}
	if len(list) >= MaxPasskeys {
		return nil, "", chat.Invalid("passkey", "There are 20 passkeys; that is as many as go. Remove one first.")
	}
	o, session, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	return a.beginCeremony(ctx, TicketPasskey, who.ID, o.Response, session)
}

func (a *Auth) beginCeremony(ctx context.Context, kind TicketKind, who chat.AccountID, asked any,
	session *webauthn.SessionData) (options []byte, token string, err error) {
	if options, err = json.Marshal(asked); err != nil {
		return nil, "", err
	}
	data, err := json.Marshal(session)
	if err != nil {
		return nil, "", err
	}
	token, err = a.newTicket(ctx, Ticket{Kind: kind, Account: who, Data: data, Until: a.now().Add(passkeyLife)})
	return options, token, err
}

// endCeremony finds what was begun, once.
func (a *Auth) endCeremony(ctx context.Context, kind TicketKind, token string) (t Ticket, session webauthn.SessionData, err error) {
	if t, err = a.takeTicket(ctx, kind, token); err == nil {
		err = json.Unmarshal(t.Data, &session)
	}
	if errors.Is(err, chat.ErrNotFound) {
		err = chat.Invalid("passkey", "That took too long. Try again.")
	}
	return t, session, err
}

var errPasskey = chat.Invalid("passkey", "This passkey was not taken. Try again, or log in in another way.")

// EndPasskey keeps the passkey that a browser made.
func (a *Auth) EndPasskey(ctx context.Context, site Site, who chat.Account, token, name string, answer []byte) error {
	rp := site.rp()
	if rp == nil {
		return errNoPasskeys
	}
	if name, err := passkeyName(name); err != nil {
		return err
	} else if t, session, err := a.endCeremony(ctx, TicketPasskey, token); err != nil {
		return err
	} else if t.Account != who.ID {
		return chat.NotFound()
	} else {
		return a.addPasskey(ctx, rp, who, session, name, answer)
	}
}

func (a *Auth) addPasskey(ctx context.Context, rp *webauthn.WebAuthn, who chat.Account, session webauthn.SessionData, name string,
	answer []byte) error {
	h, _, err := a.holder(ctx, who)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return errPasskey
	}
	c, err := rp.CreateCredential(h, session, parsed)
	if err != nil {
		return errPasskey
	}
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	now := a.now()
	err = a.store.AddPasskey(ctx, Passkey{Account: who.ID, Name: name, Made: now, Data: data}, c.ID,
		chat.NewAuditEntry(now, who, chat.AuditAddPasskey, "@"+who.Username, name))
	if errors.Is(err, chat.ErrConflict) {
		err = errPasskey
	}
	return err
}

func passkeyName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n == 0 || n > chat.MaxKeyName || !utf8.ValidString(s) ||
		strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		return "", chat.Invalid("name", "The name of a passkey has 1 to 64 characters.")
	}
	return s, nil
}

// RenamePasskey gives one of the caller's own another name.
func (a *Auth) RenamePasskey(ctx context.Context, who chat.Account, id int64, name string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	return a.store.RenamePasskey(ctx, who.ID, id, name)
}

// RemovePasskey ends one of the caller's own.
func (a *Auth) RemovePasskey(ctx context.Context, who chat.Account, id int64) error {
	list, err := a.store.Passkeys(ctx, who.ID)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.ID == id {
			if err := a.keepsWay(ctx, who); err != nil {
				return err
			}
			return a.store.RemovePasskey(ctx, who.ID, id, chat.NewAuditEntry(a.now(), who, chat.AuditRemovePasskey, "@"+who.Username, p.Name))
		}
	}
	return chat.NotFound()
}
