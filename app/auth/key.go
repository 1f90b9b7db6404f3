package auth

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"

	"parley/app/chat"
)

const (
	// MaxKeys is how many keys act for one account.
	MaxKeys = 20
	// keyPrefix is how keys begin, so that one that was published by mistake is known as such.
	keyPrefix = "parley_"
	// keyBegins is how many signs of a key are kept, to know it by.
	keyBegins = len(keyPrefix) + 4
	// rotation is how long a key works on that was replaced.
	rotation = 24 * time.Hour
)

// Key is chat.Key, which pages show.
type Key = chat.Key

// KeyStore keeps keys, as hashes.
type KeyStore interface {
	// AddKey keeps one and answers with its id.
	AddKey(ctx context.Context, k Key, hash []byte, audit chat.AuditEntry) (int64, error)
	// KeyOf finds one with the account that it acts for and, of a bot, that account's maker;
	// chat.ErrNotFound for what is unknown or whose account is disabled.
	KeyOf(ctx context.Context, hash []byte) (k Key, of, maker chat.Account, err error)
	// Keys lists those of an account, the newest first.
	Keys(ctx context.Context, of chat.AccountID) ([]Key, error)
	// Hooks lists those of incoming hooks of a room, the newest first.
	Hooks(ctx context.Context, room chat.RoomID) ([]Key, error)
	// ExpireKey has a key of an account end at a time, or removes it (zero), and answers
	// with its hash.
	ExpireKey(ctx context.Context, of chat.AccountID, id int64, at time.Time, audit chat.AuditEntry) ([]byte, error)
}

// CreateKey makes a key for the caller himself, or for a bot that he looks after, and
// answers with the key itself, which is kept nowhere. It lives so long; 0: until it is
// revoked. Who may look after the account may revoke it.
func (a *Auth) CreateKey(ctx context.Context, who chat.Account, of chat.Account, name string, writes bool,
	life time.Duration) (string, Key, error) {
	k := Key{Name: name, Writes: writes}
	if life > 0 {
		k.Expires = a.now().Add(life)
	}
	return a.createKey(ctx, who, of, k)
}

// CreateHook makes the key in the address of an incoming hook: a bot says there what is
// sent, in one room, and can do nothing else by it.
func (a *Auth) CreateHook(ctx context.Context, who, bot chat.Account, room chat.RoomID, name string,
	dialect chat.Dialect) (string, Key, error) {
	return a.createKey(ctx, who, bot, Key{Name: name, Writes: true, Room: room, Dialect: dialect})
}

// CreateFeed makes the key in the addresses of the caller's feeds: whoever has one reads
// there what the caller may read, and can do nothing else by it.
func (a *Auth) CreateFeed(ctx context.Context, who chat.Account) (string, error) {
	secret, _, err := a.createKey(ctx, who, who, Key{Name: "Feeds", Feed: true})
	return secret, err
}

func (a *Auth) createKey(ctx context.Context, who, of chat.Account, k Key) (string, Key, error) {
	k.Name = strings.TrimSpace(k.Name)
	if n := utf8.RuneCountInString(k.Name); n == 0 || n > chat.MaxKeyName ||
		strings.ContainsFunc(k.Name, func(r rune) bool { return r < ' ' }) {
		return "", Key{}, chat.Invalid("name", "The name of a key has 1 to 64 characters.")
	}
	if !looksAfter(who, of) {
		return "", Key{}, chat.NotFound()
	}
	keys, err := a.Keys(ctx, who, of)
	if err != nil {
		return "", Key{}, err
	}
	if len(keys) >= MaxKeys {
		return "", Key{}, chat.Conflict("name", "There are 20 keys; that is as many as go. Revoke one first.")
	}
	secret := keyPrefix + rand.Text()
	k.Account, k.Begins, k.Made = of.ID, secret[:keyBegins], a.now()
	k.ID, err = a.store.AddKey(ctx, k, hashToken(secret), chat.NewAuditEntry(k.Made, who, chat.AuditMakeKey, "@"+of.Username, k.Name))
	return secret, k, err
}

// looksAfter says whether somebody has the keys of an account: his own, or those of a bot
// that is his; who manages people has those of all bots.
func looksAfter(who, of chat.Account) bool {
	if of.IsBot() {
		return of.Maker == who.ID || who.Has(chat.ManagePeople)
	}
	return of.ID == who.ID
}

// Keys lists the keys of the caller, or of a bot that he looks after, the newest first.
func (a *Auth) Keys(ctx context.Context, who, of chat.Account) ([]Key, error) {
	if !looksAfter(who, of) {
		return nil, chat.NotFound()
	}
	return a.store.Keys(ctx, of.ID)
}

// KeyKinds is what the keys of an account open.
type KeyKinds struct {
	Reads, Writes bool
	Hooks         []chat.RoomID // where something is said by an address
}

// KeyKinds says what a bot may do by its keys, which everybody may know.
func (a *Auth) KeyKinds(ctx context.Context, bot chat.Account) (kinds KeyKinds, err error) {
	keys, err := a.store.Keys(ctx, bot.ID)
	for _, k := range keys {
		switch {
		case k.Over(a.now()) || k.Feed:
		case k.Room != 0:
			kinds.Hooks = append(kinds.Hooks, k.Room)
		default:
			kinds.Reads, kinds.Writes = true, kinds.Writes || k.Writes
		}
	}
	return kinds, err
}

// RevokeKey ends a key at once.
func (a *Auth) RevokeKey(ctx context.Context, who, of chat.Account, id int64) error {
	k, err := a.key(ctx, who, of, id)
	if err != nil {
		return err
	}
	hash, err := a.store.ExpireKey(ctx, of.ID, id, time.Time{}, chat.NewAuditEntry(a.now(), who, chat.AuditRevokeKey, "@"+of.Username, k.Name))
	if err == nil {
		a.bus.Publish(chat.SessionEnded{Account: of.ID, Sessions: [][]byte{hash}})
	}
	return err
}

// RevokeHook ends a hook, and the bot that was made for it when nothing else is left of it.
func (a *Auth) RevokeHook(ctx context.Context, who, bot chat.Account, hook Key, rules *chat.Chat) error {
	if err := a.RevokeKey(ctx, who, bot, hook.ID); err != nil {
		return err
	}
	left, err := a.Keys(ctx, who, bot)
	if err != nil {
		return err
	}
	return rules.RemoveIdleBot(ctx, who, bot.ID, hook.Room, len(left))
}

// RotateKey makes another key of the same name; the one that was works for a day more.
func (a *Auth) RotateKey(ctx context.Context, who, of chat.Account, id int64) (string, Key, error) {
	k, err := a.key(ctx, who, of, id)
	if err != nil {
		return "", k, err
	}
	again := k
	if !k.Expires.IsZero() {
		again.Expires = a.now().Add(k.Expires.Sub(k.Made))
	}
	secret, fresh, err := a.createKey(ctx, who, of, again)
	if err != nil {
		return "", fresh, err
	}
	return secret, fresh, a.RetireKey(ctx, who, of, id)
}

// RetireKey has a key work for a day more, without another in its place.
func (a *Auth) RetireKey(ctx context.Context, who, of chat.Account, id int64) error {
	k, err := a.key(ctx, who, of, id)
	if err != nil {
		return err
	}
	end := a.now().Add(rotation)
	if !k.Expires.IsZero() && k.Expires.Before(end) {
		return nil
	}
	_, err = a.store.ExpireKey(ctx, of.ID, id, end, chat.NoAudit)
	return err
}

func (a *Auth) key(ctx context.Context, who, of chat.Account, id int64) (Key, error) {
	keys, err := a.Keys(ctx, who, of)
	for _, k := range keys {
		if k.ID == id {
			return k, nil
		}
	}
	if err == nil {
		err = chat.NotFound()
	}
	return Key{}, err
}

// ErrAsleep refuses the key of a bot whose maker may not have bots any more.
var ErrAsleep = chat.Forbidden("This bot sleeps: the person who made it may not have bots any more. An administrator can take it over.")

// ResumeKey finds for whom a key acts: chat.ErrNotFound for what is no key, or not any
// more; ErrAsleep.
func (a *Auth) ResumeKey(ctx context.Context, secret string) (Session, Key, error) {
	return a.resumeSecret(ctx, secret, func(k Key) bool { return k.Room == 0 && !k.Feed })
}

// ResumeHook is ResumeKey for the key in the address of a hook.
func (a *Auth) ResumeHook(ctx context.Context, secret string) (Session, Key, error) {
	return a.resumeSecret(ctx, secret, func(k Key) bool { return k.Room != 0 })
}

// ResumeFeed is ResumeKey for the key in the address of a feed.
func (a *Auth) ResumeFeed(ctx context.Context, secret string) (Session, Key, error) {
	return a.resumeSecret(ctx, secret, func(k Key) bool { return k.Feed })
}

func (a *Auth) resumeSecret(ctx context.Context, secret string, fits func(Key) bool) (Session, Key, error) {
	if len(secret) != len(keyPrefix)+len(rand.Text()) || !strings.HasPrefix(secret, keyPrefix) {
		return Session{}, Key{}, chat.NotFound()
	}
	s, k, err := a.resumeKey(ctx, hashToken(secret))
	if err == nil && !fits(k) {
		return Session{}, Key{}, chat.NotFound()
	}
	return s, k, err
}

// Hooks lists the incoming hooks of a room, the newest first.
func (a *Auth) Hooks(ctx context.Context, room chat.RoomID) ([]Key, error) {
	return a.store.Hooks(ctx, room)
}

func (a *Auth) resumeKey(ctx context.Context, hash []byte) (Session, Key, error) {
	k, of, maker, err := a.store.KeyOf(ctx, hash)
	if err != nil {
		return Session{}, k, err
	}
	now := a.now()
	if k.Over(now) {
		return Session{}, k, chat.NotFound()
	}
	if of.IsBot() {
		set, err := a.store.Settings(ctx)
		if err != nil {
			return Session{}, k, err
		}
		if !chat.MayHaveBots(maker, set) {
			return Session{}, k, ErrAsleep
		}
	}
	if now.Sub(k.Used) > touchEvery {
		a.used(func(u Uses) { u.Keys[k.ID] = now })
	}
	return Session{Hash: hash, Account: of, Agent: k.Name, Created: k.Made, Seen: now}, k, nil
}
