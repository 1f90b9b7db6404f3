package live

import (
	"log/slog"
	"runtime/debug"
)

// InBackground runs do on a goroutine of its own and answers at once. A panic is
// logged, with what was done, and does not end the process.
func InBackground(what string, do func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				slog.Error("panic", "in", what, "panic", p, "stack", string(debug.Stack()))
			}
		}()
		do()
	}()
}
