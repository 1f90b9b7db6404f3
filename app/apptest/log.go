package apptest

import (
	"bytes"
	"sync"
)

// Written is a log that many may write to while a test reads it.
type Written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (w *Written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

// String is what was written so far.
func (w *Written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}
