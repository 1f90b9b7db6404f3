package job

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestRoundsComeAtAPaceAndWhenAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		began := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		others := false
		l := New(time.Minute, time.Second)
		turn := func(context.Context) bool {
			mu.Lock()
			defer mu.Unlock()
			return !others
		}
		go l.Run(ctx, turn, func(context.Context) {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
		})
		want := func(rounds ...time.Duration) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(at) != len(rounds) {
				t.Fatalf("rounds began at %v, want %v", at, rounds)
			}
			for i := range at {
				if at[i] != rounds[i] {
					t.Errorf("round %d began at %v, want %v", i, at[i], rounds[i])
				}
			}
		}
		want(0)
		l.Wake()
		l.Wake() // one round is enough
		want(0)
		time.Sleep(time.Second)
		want(0, time.Second)
		time.Sleep(9 * time.Second)
		want(0, time.Second)
		l.Wake()
		want(0, time.Second, 10*time.Second)
		time.Sleep(50 * time.Second)
		want(0, time.Second, 10*time.Second, time.Minute)
		mu.Lock()
		others = true
		mu.Unlock()
		time.Sleep(time.Minute)
		want(0, time.Second, 10*time.Second, time.Minute)
		stop()
		l.Wake() // nobody is there any more
		synctest.Wait()
	})
}
