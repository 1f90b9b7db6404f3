package auth

import (
	"context"
	_ "embed" // for common.txt
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"parley/app/chat"
)

const (
	minPassword  = 8 // characters
	maxPassword  = 256
	hashesAtOnce = 2 // each takes 46 MiB and a core
	hashesQueued = 50
	hashWait     = 3 * time.Second
	hashRest     = 5 * time.Second // after which the memory of hashes is given back
)

// params may only grow: Check asks to rehash what was made with less.
var params = &argon2id.Params{Memory: 47104, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// unknown costs as much to compare with as any hash of ours: 16 and 32 zeros.
var unknown = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", params.Memory, params.Iterations, params.Parallelism,
	strings.Repeat("A", 22), strings.Repeat("A", 43))

// ErrBusy says that too many wait for a hash or that the wait took too long;
// nothing was tried, and trying again soon may help.
var ErrBusy = errors.New("auth: too many passwords at once")

// Passwords hashes and checks passwords, at most two at a time; at most fifty
// more wait, each at most three seconds. It is safe for concurrent use.
type Passwords struct {
	slots   chan struct{} // held while hashing
	queue   chan struct{} // held while waiting
	rest    *time.Timer   // gives memory back that would stay with the process for minutes
	timeout func() (<-chan time.Time, func() bool)
	hash    func(password string) (string, error)
	check   func(password, hash string) (bool, *argon2id.Params, error)
}

// NewPasswords has a queue of its own: a process needs one.
func NewPasswords() *Passwords {
	return &Passwords{
		slots: make(chan struct{}, hashesAtOnce),
		queue: make(chan struct{}, hashesQueued),
		rest:  time.AfterFunc(hashRest, debug.FreeOSMemory),
		timeout: func() (<-chan time.Time, func() bool) {
			t := time.NewTimer(hashWait)
			return t.C, t.Stop
		},
		hash:  func(password string) (string, error) { return argon2id.CreateHash(password, params) },
		check: argon2id.CheckHash,
	}
}

// normalize makes one of the ways to type a letter with an accent, which keyboards
// differ in. What is hashed is normalized; hashes made before that may not be.
func normalize(password string) string { return norm.NFKC.String(password) }

// Hash makes a PHC string with a fresh salt; ErrBusy, or the error of ctx.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.acquire(ctx); err != nil {
		return "", err
	}
	defer p.release()
	return p.hash(normalize(password))
}

// Check compares in the same time for an unknown user, whose hash is "" and who
// is never right. After rehash the caller stores a new Hash. ErrBusy, the error
// of ctx, or of a hash that is none.
func (p *Passwords) Check(ctx context.Context, password, hash string) (ok, rehash bool, err error) {
	if err := p.acquire(ctx); err != nil {
		return false, false, err
	}
	defer p.release()
	if len(password) > maxPassword*utf8.UTFMax {
		hash = "" // nobody has it: it is not worth the reading
		password = password[:maxPassword]
	}
	known := hash != "" && hash != NoPassword
	if !known {
		hash = unknown
	} else if err := ParseHash(hash); err != nil {
		return false, false, err // it could take more memory than there is
	}
	typed := password
	password = normalize(typed)
	ok, made, err := p.check(password, hash)
	older := false
	if err == nil && !ok && password != typed {
		ok, made, err = p.check(typed, hash)
		older = ok
	}
	if err != nil || !ok || !known {
		return false, false, err
	}
	return true, older || made.Memory < params.Memory || made.Iterations < params.Iterations ||
		made.SaltLength < params.SaltLength || made.KeyLength < params.KeyLength, nil
}

// acquire waits for a slot. Who comes when the queue is full is refused at once.
func (p *Passwords) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case p.queue <- struct{}{}:
		defer func() { <-p.queue }()
	default:
		return ErrBusy
	}
	late, stop := p.timeout()
	defer stop()
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-late:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Passwords) release() {
	<-p.slots
	if len(p.slots) == 0 {
		p.rest.Reset(hashRest)
	}
}

// common holds the 3,000 most common passwords of at least 8 characters in lower
// case, most frequent first: from passwords.json of @zxcvbn-ts/language-common
// 4.1.3 (MIT; © 2012-2016 Dan Wheeler and Dropbox, Inc., © 2021 @zxcvbn-ts).
//
//go:embed common.txt
var common string

var commonPasswords = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 3000)
	for line := range strings.Lines(common) {
		m[strings.TrimRight(line, "\r\n")] = true
	}
	return m
})

// ParsePassword says in a sentence why a new password cannot be: it has 8 to 256
// characters and is not among the most common, whatever its case and with what people
// put around one or in the place of letters, nor one character again and again, nor made
// of the names (of the person and the workspace) or of their words in the same way.
func ParsePassword(s string, names ...string) error {
	s = normalize(s)
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s):
		return chat.Invalid("password", "This password is not valid text.")
	case n < minPassword:
		return chat.Invalid("password", "A password has at least 8 characters.")
	case n > maxPassword:
		return chat.Invalid("password", "A password has at most 256 characters.")
	case strings.TrimSpace(s) == "":
		return chat.Invalid("password", "This password is made of spaces only. Choose another.")
	case repeated(s):
		return chat.Invalid("password", "This password repeats one character. Choose another.")
	case isCommon(s):
		return chat.Invalid("password", "This password is one of the most common and quickly guessed. Choose another.")
	case consistsOf(s, names):
		return chat.Invalid("password", "This password is made of a name that others know. Choose another.")
	}
	return nil
}

// repeated says whether a text is one character again and again, in whatever case,
// and what cannot be seen.
func repeated(s string) bool {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}
