package auth

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"parley/app/chat"
)

// BeginPasskeyLogin asks a browser for any passkey of this address; it says nothing of who
// has one.
func (a *Auth) BeginPasskeyLogin(ctx context.Context, site Site) (options []byte, token string, err error) {
	rp := site.rp()
	if rp == nil {
		return nil, "", errNoPasskeys
	}
	o, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	return a.beginCeremony(ctx, TicketPasskeyLogin, 0, o.Response, session)
}

// EndPasskeyLogin finds whose passkey a browser showed. The device asked for a finger, a face
// or a number, so that it counts for two factors.
func (a *Auth) EndPasskeyLogin(ctx context.Context, site Site, token string, answer []byte,
	address string) (who chat.AccountID, err error) {
	defer func() { a.counts.login(err) }()
	rp := site.rp()
	if rp == nil {
		return 0, errNoPasskeys
	}
	if err := a.limits.Full(chat.LimitLoginAddress, address); err != nil {
		return 0, err
	}
	_, session, err := a.endCeremony(ctx, TicketPasskeyLogin, token)
	if err != nil {
		return 0, err
	}
	who, err = a.checkPasskey(ctx, rp, session, answer, nil)
	if errors.Is(err, errPasskey) {
		a.limits.Take(chat.LimitLoginAddress, address)
	}
	return who, err
}

// BeginPasskeyProof asks a browser for a passkey of the caller.
func (a *Auth) BeginPasskeyProof(ctx context.Context, site Site, who chat.Account) (options []byte, token string, err error) {
	rp := site.rp()
	if rp == nil {
		return nil, "", errNoPasskeys
	}
	h, list, err := a.holder(ctx, who)
	if err != nil {
		return nil, "", err
	}
	if len(list) == 0 {
		return nil, "", chat.NotFound()
	}
	o, session, err := rp.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	return a.beginCeremony(ctx, TicketPasskeyProof, who.ID, o.Response, session)
}

// EndPasskeyProof notes that a session proved who it is, by a passkey of its account.
func (a *Auth) EndPasskeyProof(ctx context.Context, site Site, s Session, token string, answer []byte) error {
	rp := site.rp()
	if rp == nil {
		return errNoPasskeys
	}
	t, session, err := a.endCeremony(ctx, TicketPasskeyProof, token)
	if err != nil {
		return err
	}
	if t.Account != s.Account.ID {
		return chat.NotFound()
	}
	if _, err := a.checkPasskey(ctx, rp, session, answer, &s.Account); err != nil {
		return err
	}
	return a.store.SetProved(ctx, s.Hash, a.now())
}

// checkPasskey checks what a browser answered, and notes the use; of is whose it must be,
// nil for anybody's. A counter that did not go on tells of a copy: that one is refused.
func (a *Auth) checkPasskey(ctx context.Context, rp *webauthn.WebAuthn, session webauthn.SessionData, answer []byte,
	of *chat.Account) (chat.AccountID, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return 0, errPasskey
	}
	var h holder
	var list []Passkey
	var c *webauthn.Credential
	if of != nil {
		if h, list, err = a.holder(ctx, *of); err != nil {
			return 0, err
		}
		c, err = rp.ValidateLogin(h, session, parsed)
	} else {
		c, err = rp.ValidateDiscoverableLogin(func(_, handle []byte) (_ webauthn.User, err error) {
			h, list, err = a.holderByHandle(ctx, handle)
			return h, err
		}, session, parsed)
		if err == nil && h.account.ID == 0 {
			err = errPasskey
		}
	}
	if err != nil || c.Authenticator.CloneWarning {
		return 0, errPasskey
	}
	for i, known := range h.keys {
		if !bytes.Equal(known.ID, c.ID) {
			continue
		}
		data, err := json.Marshal(c)
		if err != nil {
			return 0, err
		}
		return h.account.ID, a.store.UsePasskey(ctx, list[i].ID, data, a.now())
	}
	return 0, errPasskey
}

// holderByHandle finds who has a handle, with the passkeys; only who may log in is found.
func (a *Auth) holderByHandle(ctx context.Context, handle []byte) (holder, []Passkey, error) {
	if len(handle) != len(handleOf(0)) {
		return holder{}, nil, chat.NotFound()
	}
	account, err := a.store.Account(ctx, chat.AccountID(binary.BigEndian.Uint64(handle[len(handle)-8:])))
	if err == nil && (account.Disabled || account.IsBot()) {
		err = chat.NotFound()
	}
	if err != nil {
		return holder{}, nil, err
	}
	return a.holder(ctx, account)
}
