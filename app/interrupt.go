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
	if o, ok := cmd.OutOrStdout().(*output); ok {
		o.ctx = ctx
	}
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
	typed, err := unlessInterrupted(cmd.Context(), term.ReadPassword, fd)
	if cmd.Context().Err() != nil {
		err = errors.Join(err, term.Restore(fd, was))
	}
	return string(typed), err
}

// unlessInterrupted waits for somebody who types or for a pipe, which nothing ends, or
// until the command is interrupted.
func unlessInterrupted[A, B any](ctx context.Context, read func(A) (B, error), from A) (B, error) {
	type answer struct {
		value B
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := read(from)
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var none B
		return none, ctx.Err()
	}
}
