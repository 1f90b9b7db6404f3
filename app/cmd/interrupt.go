package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// endings are the signals that end a process and can be caught, but for those that tell
// of a fault and SIGPIPE. What is ignored stays so, as nohup has it.
func endings() []os.Signal {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGVTALRM, syscall.SIGXCPU}
	return slices.DeleteFunc(ends, signal.Ignored)
}

// interruptible has a command end at the first signal as it does after an error: it
// removes what is half done. A second signal ends the process at once.
func interruptible(cmd *cobra.Command) {
	ends := endings()
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

// askPassword asks on a terminal, which shows again what is typed whatever ends it.
func askPassword(cmd *cobra.Command, terminal *os.File) (_ string, err error) {
	fd := int(terminal.Fd())
	was, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return "", err
	}
	if ends := endings(); len(ends) > 0 { // a second signal waits until the terminal is as it was
		second := make(chan os.Signal, 1)
		signal.Notify(second, ends...)
		defer signal.Stop(second)
	}
	hidden := *was
	hidden.Lflag &^= unix.ECHO
	hidden.Lflag |= unix.ICANON | unix.ISIG
	hidden.Iflag |= unix.ICRNL
	if err := unix.IoctlSetTermios(fd, setTermios, &hidden); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unix.IoctlSetTermios(fd, setTermios, was)) }()
	fmt.Fprint(cmd.ErrOrStderr(), "New password: ")
	defer fmt.Fprintln(cmd.ErrOrStderr())
	line, err := unlessInterrupted(cmd.Context(), bufio.NewReader(terminal).ReadString, '\n')
	switch {
	case cmd.Context().Err() != nil:
		return "", cmd.Context().Err()
	case errors.Is(err, io.EOF) && line == "":
		return "", errors.New("no password was typed, so nothing was changed")
	case err != nil && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("the password could not be read from the terminal: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
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
