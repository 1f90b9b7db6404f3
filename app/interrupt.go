package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// interruptible has a command end at the first SIGINT, SIGTERM or SIGHUP as it does after an
// error: it removes what is half done. A second signal ends the process at once.
func interruptible(cmd *cobra.Command) {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	ends = slices.DeleteFunc(ends, signal.Ignored) // as nohup has it
	if len(ends) == 0 {
		return
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), ends...)
	context.AfterFunc(ctx, stop)
	cmd.SetContext(ctx)
}

// askPassword asks on a terminal, which shows again what is typed whatever happens.
func askPassword(cmd *cobra.Command, terminal *os.File) (string, error) {
	fd := int(terminal.Fd())
	was, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(cmd.ErrOrStderr(), "New password: ")
	defer fmt.Fprintln(cmd.ErrOrStderr())
	type answer struct {
		typed []byte
		err   error
	}
	asked := make(chan answer, 1)
	go func() {
		typed, err := term.ReadPassword(fd)
		asked <- answer{typed, err}
	}()
	select {
	case a := <-asked:
		return string(a.typed), a.err
	case <-cmd.Context().Done():
		return "", errors.Join(cmd.Context().Err(), term.Restore(fd, was))
	}
}
