package cmd

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// verifyingNow is the whole of what is read through now: nobody knows how much is done.
const verifyingNow = -1

// progress tells on the terminal how far something is, until the function that
// it answers with is called; where errors go elsewhere it says nothing.
func progress(cmd *cobra.Command, what string, done func() (part, whole int64)) (end func()) {
	if !onTerminal(cmd.ErrOrStderr()) {
		return func() {}
	}
	f := cmd.ErrOrStderr()
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
			switch part, whole := done(); {
			case whole == verifyingNow:
				fmt.Fprint(f, "\r\x1b[KVerifying ")
			case whole > 0:
				fmt.Fprintf(f, "\r%s: %d%% ", what, min(100, 100*part/whole))
			}
		}
	}()
	return func() { close(stop); <-ended }
}

// onTerminal says whether somebody reads on a terminal what is written.
func onTerminal(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	return ok && isTerminal(f)
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// formatBytes is a number of bytes in words.
func formatBytes(n int64) string {
	f, units := float64(n), []string{"bytes", "KB", "MB", "GB", "TB"}
	for f >= 1000 && len(units) > 1 {
		f, units = f/1000, units[1:]
	}
	if units[0] == "bytes" {
		return plural(n, "byte")
	}
	return fmt.Sprintf("%.1f %s", f, units[0])
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
