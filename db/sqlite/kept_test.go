package sqlite

import (
	"fmt"
	"sync"
	"testing"
)

// A key that several make at the same time is the same for all of them, and stays.
func TestAKeyIsKeptOnce(t *testing.T) {
	f := create(t, 1)
	var mu sync.Mutex
	got := map[string]bool{}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			kept, err := f.KeepCertificate(t.Context(), "key", fmt.Append(nil, "made by ", i))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			got[string(kept)] = true
			mu.Unlock()
		})
	}
	all.Wait()
	kept, err := f.Certificate(t.Context(), "key")
	if err != nil || len(got) != 1 || !got[string(kept)] {
		t.Errorf("%q is kept, they got %v: %v", kept, got, err)
	}
}
