package postgres

import (
	"sync"
	"testing"
	"time"

	"parley/app/apptest/pgtest"
	"parley/app/chat"
)

// Who tries on many nodes at once has as many tries as on one.
func TestLimitsThatProtectAreCountedByAllNodes(t *testing.T) {
	t.Parallel()
	address := pgtest.Schema(t)
	var nodes []*chat.Limits
	for range 2 {
		l := chat.NewLimits(nil)
		l.Share(openAt(t, address))
		nodes = append(nodes, l)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for i := range 40 {
		wg.Go(func() {
			if nodes[i%2].Take(chat.LimitLoginAccount, "ada") == nil {
				mu.Lock()
				passed++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if passed != chat.LimitLoginAccount.Default {
		t.Error(passed, "tries passed")
	}
	for _, l := range nodes {
		e, refused := chat.AsError(l.Full(chat.LimitLoginAccount, "ada"))
		if !refused || e.Kind != chat.KindTooOften || e.RetryAfter <= time.Minute || e.RetryAfter > 6*time.Minute {
			t.Error("it says", e)
		}
		if err := l.Full(chat.LimitLoginAccount, "bea"); err != nil {
			t.Error("another is refused:", err)
		}
	}
	nodes[0].Forgive(chat.LimitLoginAccount, "ada")
	if err := nodes[1].Take(chat.LimitLoginAccount, "ada"); err != nil {
		t.Error("after it was forgiven:", err)
	}
}
