package chat

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit names a rate. Each is a setting that can be changed while the server runs.
type Limit struct {
	Key     string // of the setting
	Default int
	Per     time.Duration // Default events in this time
	Burst   int           // events at once, in multiples of the setting; 0: the setting itself
	Help    string
}

// The limits of this server, in the order in which they are listed.
var (
	LimitMessages     = &Limit{"limit.messages", 2, time.Second, 5, "messages per second and person, after a burst of five times as many"}
	LimitBots         = &Limit{"limit.bots", 5, time.Second, 5, "messages per second and bot, after a burst of five times as many"}
	LimitEdits        = &Limit{"limit.edits", 5, time.Second, 0, "edits, deletions and reactions per second and person"}
	LimitTyping       = &Limit{"limit.typing", 30, time.Minute, 0, "typing signals per minute and person"}
	LimitSearch       = &Limit{"limit.search", 30, time.Minute, 0, "searches per minute and person"}
	LimitRooms        = &Limit{"limit.rooms", 20, 24 * time.Hour, 0, "rooms created per day and person"}
	LimitReports      = &Limit{"limit.reports", 20, time.Hour, 0, "reported messages per hour and person"}
	LimitLoginAccount = &Limit{"limit.login.account", 5, 30 * time.Minute, 0, "failed logins per half hour and account"}
	LimitLoginAddress = &Limit{"limit.login.address", 20, 10 * time.Minute, 0, "failed logins per ten minutes and address"}
	LimitSignup       = &Limit{"limit.signup", 10, time.Hour, 0, "sign-ups per hour and address"}
	LimitNames        = &Limit{"limit.names", 60, time.Minute, 0, "usernames looked up for a sign-up per minute and address"}
	LimitSockets      = &Limit{"limit.sockets.account", 16, 0, 0, "open pages per account"}
	LimitSocketsAddr  = &Limit{"limit.sockets.address", 200, 0, 0, "open pages per address"}
	LimitExport       = &Limit{"limit.export", 5, 24 * time.Hour, 0, "exports of the own account per day and person"}
	LimitForgot       = &Limit{"limit.forgot", 10, time.Hour, 0, "links for a new password asked for by mail per hour and address"}
	LimitMails        = &Limit{"limit.mails", 5, time.Hour, 0, "mails of one kind per hour and person"}
	LimitPasskeys     = &Limit{"limit.passkeys", 60, time.Minute, 0, "log-ins by passkey or provider that are begun per minute and address"}
	LimitTests        = &Limit{"limit.tests", 10, time.Minute, 0, "tests that one device is sent per minute"}
	LimitPreviews     = &Limit{"limit.previews", 30, time.Minute, 0, "messages per minute and person whose links are looked at"}
	LimitWorld        = &Limit{"limit.world", 120, time.Minute, 0, "pages of rooms read without an account per minute and address"}
	LimitVisitor      = &Limit{"limit.visitor", 20, time.Minute, 0, "messages per minute and visitor of a web site"}

	LimitVisitorAddress = &Limit{"limit.visitor.address", 10, time.Hour, 0, "conversations that visitors begin per hour and address"}

	LimitFileSize    = &Limit{"limit.files.size", 25, 0, 0, "MB (1,048,576 bytes) that one file may have"}
	LimitFiles       = &Limit{"limit.files.message", 10, 0, 0, "files with one message"}
	LimitFilesPerson = &Limit{"limit.files.person", 1024, 0, 0, "MB of files that one person may have here"}
	LimitFilesTotal  = &Limit{"limit.files.total", 0, 0, 0, "MB of files that the server holds in all"}

	AllLimits = []*Limit{LimitMessages, LimitBots, LimitEdits, LimitTyping, LimitSearch, LimitRooms, LimitReports, LimitLoginAccount,
		LimitLoginAddress, LimitSignup, LimitNames, LimitSockets, LimitSocketsAddr, LimitTests, LimitPreviews, LimitWorld,
		LimitExport, LimitForgot, LimitMails, LimitPasskeys, LimitVisitor, LimitVisitorAddress,
		LimitFileSize, LimitFiles, LimitFilesPerson, LimitFilesTotal}
)

// Limits counts what people do. It is safe for concurrent use.
type Limits struct {
	now  func() time.Time
	mu   sync.Mutex
	set  map[string]int // by Limit.Key; absent: the default
	seen map[*Limit]map[string]*rate.Limiter

	shared Counters // of limits that protect; nil: this node counts alone
}

// NewLimits counts from zero with the default settings; now may be nil.
func NewLimits(now func() time.Time) *Limits {
	if now == nil {
		now = time.Now
	}
	return &Limits{now: now, set: map[string]int{}, seen: map[*Limit]map[string]*rate.Limiter{}}
}

// Adopt takes the values from the settings; what was counted so far is kept
// where a value did not change.
func (l *Limits) Adopt(s Settings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range AllLimits {
		n, ok := s.Limit(k)
		old, had := l.set[k.Key]
		if ok == had && n == old {
			continue
		}
		delete(l.set, k.Key)
		if ok {
			l.set[k.Key] = n
		}
		delete(l.seen, k)
	}
}

// Value is the setting in force; 0 is off.
func (l *Limits) Value(k *Limit) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value(k)
}

func (l *Limits) value(k *Limit) int {
	if n, ok := l.set[k.Key]; ok {
		return n
	}
	return k.Default
}

// Take counts one event of key, or refuses it with ErrTooOften.
func (l *Limits) Take(k *Limit, key string) error {
	wait, done := l.ask(k, func(ctx context.Context, pause time.Duration, burst int) (time.Duration, error) {
		return l.shared.Count(ctx, k.Key, countedKey(key), pause, burst)
	})
	if done && wait > 0 {
		return TooOften("That was a little fast. Wait a moment and try again.", wait)
	}
	if done {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(k, key)
	if b == nil {
		return nil
	}
	now := l.now()
	r := b.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return TooOften("That was a little fast. Wait "+inWords(wait)+" and try again.", wait)
	}
	return nil
}

// Full refuses when key has no event left, and counts nothing.
func (l *Limits) Full(k *Limit, key string) error {
	wait, done := l.ask(k, func(ctx context.Context, pause time.Duration, burst int) (time.Duration, error) {
		return l.shared.Left(ctx, k.Key, countedKey(key), pause, burst)
	})
	if done && wait > 0 {
		return TooOften("Too many tries. Wait "+inWords(wait)+" and try again.", wait)
	}
	if done {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(k, key)
	now := l.now()
	if b == nil || b.TokensAt(now) >= 1 {
		return nil
	}
	wait = time.Duration((1 - b.TokensAt(now)) / float64(b.Limit()) * float64(time.Second))
	return TooOften("Too many tries. Wait "+inWords(wait)+" and try again.", wait)
}

// Forgive forgets what was counted of key.
func (l *Limits) Forgive(k *Limit, key string) {
	l.ask(k, func(ctx context.Context, _ time.Duration, _ int) (time.Duration, error) {
		return 0, l.shared.Forget(ctx, k.Key, countedKey(key))
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen[k], key)
}

// maxKeys bounds the memory of one limit: beyond it full buckets are forgotten,
// which changes nothing for whom they belonged to.
const maxKeys = 20_000

func (l *Limits) bucket(k *Limit, key string) *rate.Limiter {
	n := l.value(k)
	if n <= 0 || k.Per == 0 {
		return nil
	}
	keys := l.seen[k]
	if keys == nil {
		keys = map[string]*rate.Limiter{}
		l.seen[k] = keys
	}
	if b := keys[key]; b != nil {
		return b
	}
	burst := n * max(1, k.Burst)
	if len(keys) >= maxKeys {
		for key, b := range keys {
			if b.TokensAt(l.now()) >= float64(burst) {
				delete(keys, key)
			}
		}
	}
	b := rate.NewLimiter(rate.Limit(float64(n)/k.Per.Seconds()), burst)
	keys[key] = b
	return b
}

// inWords says how long somebody has to wait.
func inWords(d time.Duration) string {
	switch s := int(d.Seconds()) + 1; {
	case s < 60:
		return strconv.Itoa(s) + " seconds"
	case s < 120:
		return "a minute"
	default:
		return strconv.Itoa(s/60) + " minutes"
	}
}

func (id AccountID) key() string { return strconv.FormatInt(int64(id), 10) }
func (id RoomID) key() string    { return strconv.FormatInt(int64(id), 10) }
