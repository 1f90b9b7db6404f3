package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"
)

// Counters count for all nodes together what limits that protect are about.
type Counters interface {
	// Count counts one event of a key, of which one is free in each pause, and burst at once;
	// or it says how long there is none, and counts nothing.
	Count(ctx context.Context, name, key string, pause time.Duration, burst int) (wait time.Duration, err error)
	// Left says how long there is no event left for a key, and counts nothing.
	Left(ctx context.Context, name, key string, pause time.Duration, burst int) (wait time.Duration, err error)
	// Forget forgets what was counted of a key.
	Forget(ctx context.Context, name, key string) error
}

// protecting are the limits that somebody would get round by going to another node. The
// others only smooth, and are of each node.
var protecting = map[*Limit]bool{LimitLoginAccount: true, LimitLoginAddress: true, LimitSignup: true}

// countTimeout bounds a question to counters.
const countTimeout = 2 * time.Second

// Share has limits that protect be counted by all nodes together from now on; call it
// before anything is counted.
func (l *Limits) Share(c Counters) { l.shared = c }

// countedKey is a key as it is stored: nobody reads an address in it.
func countedKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// sharedRate is the rate of a limit that is counted by all nodes together; not is: it is
// off, or of each node.
func (l *Limits) sharedRate(k *Limit) (pause time.Duration, burst int, is bool) {
	if l.shared == nil || !protecting[k] {
		return 0, 0, false
	}
	n := l.Value(k)
	if n <= 0 || k.Per == 0 {
		return 0, 0, false
	}
	return k.Per / time.Duration(n), n * max(1, k.Burst), true
}

// ask asks counters; where they do not answer, each node counts for itself.
func (l *Limits) ask(k *Limit, do func(ctx context.Context, pause time.Duration, burst int) (time.Duration, error)) (wait time.Duration,
	done bool) {
	pause, burst, is := l.sharedRate(k)
	if !is {
		return 0, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
	defer cancel()
	wait, err := do(ctx, pause, burst)
	if err != nil {
		slog.Warn("a limit is counted by this node alone", "limit", k.Key, "error", err)
	}
	return wait, err == nil
}
