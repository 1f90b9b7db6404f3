// Package oidc speaks OpenID Connect with the providers that the operator names: it leads
// people there, and reads what a provider vouches for. It knows nothing of accounts or pages.
package oidc

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// timeout bounds each request to a provider.
const timeout = 10 * time.Second

// Provider is one by which people log in. Discovery waits for the first of them: one that is
// down stops nothing else.
type Provider struct {
	Name         string // as its button is called
	Issuer       string // exactly as the provider writes it
	ClientID     string
	ClientSecret string
	Claims       Claims
	Rules        Rules
	// Logout leads who logs out here to the end of the log-in at the provider, where it has one.
	Logout bool

	mu    sync.Mutex
	found *oidc.Provider
	away  time.Time // when it did not answer
}

// Claims say where a provider writes what; a dot leads into an object, as in roles.chat. "" is
// the standard's: name, groups.
type Claims struct {
	Name   string
	Groups string
}

// Rules say whom of a provider's people one lets in, and what they become.
type Rules struct {
	Domains []string // of verified mail addresses; none: all
	Groups  []string // of which one must be the person's; none: all
	Admins  []string // groups of administrators; none: roles are given here
	Signup  bool     // who has no account may make one, whatever the workspace says of others
}

// Identity is whom a provider vouches for.
type Identity struct {
	Issuer   string `json:"issuer"`
	Subject  string `json:"subject"` // never changes, and is nobody else's
	Username string `json:"username"`
	Name     string `json:"name"`
	Mail     string `json:"mail"` // verified; "": none is
	Admin    bool   `json:"admin"`
	Roles    bool   `json:"roles"` // the provider says who is administrator
}

// Label is by which its person knows an identity.
func (i Identity) Label() string {
	for _, s := range []string{i.Mail, i.Username, i.Name} {
		if s != "" {
			return s
		}
	}
	return i.Subject
}

// Errors that people are told of.
var (
	ErrAway    = errors.New("the provider does not answer")
	ErrRefused = errors.New("the provider does not vouch for this log-in")
	ErrNotIn   = errors.New("the account at the provider is not one of those that may log in here")
)

// Request is a log-in that was begun; it is kept by whoever began it, and ended once.
type Request struct {
	Issuer   string `json:"issuer"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

var client = &http.Client{Timeout: timeout}

// askAgain is how long one that did not answer is not asked again: who comes meanwhile need
// not wait for it as well.
const askAgain = 5 * time.Second

// discover finds the provider's addresses and keys, once it answers.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if time.Since(p.away) < askAgain {
		return nil, ErrAway
	}
	// The keys are asked for again later: not with the time of this request. Its client has a deadline.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), client), p.Issuer)
	if err != nil {
		p.away = time.Now()
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) config(found *oidc.Provider, redirect string) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID, "profile", "email"}
	if len(p.Rules.Groups)+len(p.Rules.Admins) > 0 {
		scopes = append(scopes, "groups")
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: scopes}
}

// Begin answers with the address that a browser is led to; state comes back with it.
func (p *Provider) Begin(ctx context.Context, redirect, state string) (string, Request, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Request{}, err
	}
	r := Request{Issuer: p.Issuer, Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return p.config(found, redirect).AuthCodeURL(state, oidc.Nonce(r.Nonce), oauth2.S256ChallengeOption(r.Verifier)), r, nil
}

// End asks the provider for whom its code stands. iss is what came back with the code, if
// anything did: that of another provider is refused (RFC 9207).
func (p *Provider) End(ctx context.Context, r Request, redirect, code, iss string) (Identity, error) {
	if r.Issuer != p.Issuer || iss != "" && iss != p.Issuer || code == "" {
		return Identity{}, ErrRefused
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, client), timeout)
	defer cancel()
	token, err := p.config(found, redirect).Exchange(ctx, code, oauth2.VerifierOption(r.Verifier))
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrRefused, quiet(err))
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(r.Nonce)) != 1 {
		return Identity{}, fmt.Errorf("%w: it answers another log-in", ErrRefused)
	}
	claims, err := p.claims(ctx, found, token, id)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return p.identity(id.Subject, claims)
}

// quiet is an error without what the provider sent: that may have a secret.
func quiet(err error) error {
	var e *oauth2.RetrieveError
	if errors.As(err, &e) && e.Response != nil {
		return fmt.Errorf("it answered %d %s", e.Response.StatusCode, e.ErrorCode)
	}
	return err
}

func (p *Provider) identity(subject string, c claims) (Identity, error) {
	groups := c.texts(cmp.Or(p.Claims.Groups, "groups"))
	i := Identity{Issuer: p.Issuer, Subject: subject, Username: c.text("preferred_username"), Name: c.text(cmp.Or(p.Claims.Name, "name")),
		Roles: len(p.Rules.Admins) > 0}
	if c.yes("email_verified") {
		i.Mail = c.text("email")
	}
	_, domain, _ := strings.Cut(strings.ToLower(i.Mail), "@")
	if len(p.Rules.Domains) > 0 && !slices.Contains(p.Rules.Domains, domain) || len(p.Rules.Groups) > 0 && !common(p.Rules.Groups, groups) ||
		i.Subject == "" {
		return Identity{}, ErrNotIn
	}
	i.Admin = common(p.Rules.Admins, groups)
	return i, nil
}

func common(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
