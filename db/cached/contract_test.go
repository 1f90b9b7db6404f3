package cached

import (
	"context"
	"path/filepath"
	"testing"

	"parley/app/chat/chattest"
	"parley/db/sqlite"
)

func TestAStoreThatRemembersKeepsTheContract(t *testing.T) {
	chattest.Run(t, func(t testing.TB) chattest.Store {
		d, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		followed := make(chan struct{})
		go func() { d.FollowIndex(ctx); close(followed) }() // as a server does
		t.Cleanup(func() { stop(); <-followed; d.Close() })
		return New(d)
	})
}
