package app

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// progress tells on the terminal how far something is, until the function that
// it answers with is called; where errors go elsewhere it says nothing.
func progress(cmd *cobra.Command, what string, done func() (part, whole int64)) (end func()) {
	f, ok := cmd.ErrOrStderr().(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				fmt.Fprint(f, "\r\x1b[K")
				return
			case <-tick.C:
			}
			if part, whole := done(); whole > 0 {
				fmt.Fprintf(f, "\r%s: %d%% ", what, min(100, 100*part/whole))
			}
		}
	}()
	return func() { close(stop); <-ended }
}

// sizes follows a file that becomes about as long as another.
func sizes(part, whole string) func() (int64, int64) {
	return func() (int64, int64) { return size(part), size(whole) }
}

func size(path string) int64 {
	i, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return i.Size()
}
