// Package cmd is the command line of Parley: one file a command. It knows nothing of HTML.
package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/app"
	"parley/app/chat"
	"parley/db/sqlite"
)

// usageError marks errors of the command line: exit code 2.
type usageError struct{ error }

// Main runs the command line and returns the exit code: 0 ok, 1 failure, 2 usage.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	root := commands()
	root.SetArgs(args)
	root.SetIn(in)
	progress := &output{Writer: out}
	root.SetOut(progress)
	root.SetErr(errs)
	cmd, err := root.ExecuteC()
	if err == nil && cmd.HasParent() && cmd.Name() != "serve" { // a server goes on when nobody reads its greeting
		err = progress.err
	}
	if err == nil {
		return 0
	}
	if ctx := cmd.Context(); ctx != nil && ctx.Err() != nil && cmd.HasParent() && cmd.Name() != "serve" {
		fmt.Fprintln(errs, "parley: it was interrupted.")
		return 1
	}
	fmt.Fprintln(errs, "parley:", err)
	var u usageError
	if errors.As(err, &u) {
		fmt.Fprintf(errs, "Try: %s --help\n", cmd.CommandPath())
		return 2
	}
	return 1
}

// output remembers the first error of writing, which most commands do not look at. Who
// reads may never go on: it is waited for until the command is interrupted.
type output struct {
	io.Writer
	ctx context.Context // nil: there are no interruptions
	err error
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	write := o.Writer.Write
	var n int
	var err error
	if o.ctx == nil {
		n, err = write(b)
	} else {
		n, err = unlessInterrupted(o.ctx, write, bytes.Clone(b))
	}
	if o.err == nil {
		o.err = err
	}
	return n, err
}

func commands() *cobra.Command {
	serve := serveCommand()
	root := &cobra.Command{
		Use:           "parley",
		Short:         "Chat for teams and communities who host their own",
		Long:          "Parley is chat in one binary with one data file. Without a command it serves.",
		Example:       "  parley\n  parley serve --data /var/lib/parley.db --url https://chat.example.org",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noCommand,
		RunE:          serve.RunE,
	}
	root.Version = app.Version() // printed without a template: templates keep the linker from leaving out what nobody calls
	root.PersistentFlags().String("data", "./parley.db",
		"the data `file`, or the address of a PostgreSQL: postgres://parley@db.example.org/parley")
	root.Flags().AddFlagSet(serve.LocalNonPersistentFlags())
	root.AddCommand(serve, userCommand(), inviteCommand(), botCommand(), hookCommand(), setCommand(), backupCommand(), restoreCommand(),
		compactCommand(), checkCommand(), exportCommand(), importCommand(), healthCommand(), versionCommand())
	root.SetHelpCommand(helpCommand(root))
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.HasParent() && cmd.Name() != "serve" { // which stops in a way of its own
			interruptible(cmd)
		}
		return fromEnvironment(cmd, os.Environ())
	}
	return root
}

// fromEnvironment gives flags that were not set the value of their PARLEY_ twin.
// A variable that no command knows is an error: it would be a silent mistake. An empty
// one counts as not set: that is what compose files make of a variable that nobody set.
func fromEnvironment(cmd *cobra.Command, environ []string) error {
	known := map[string]bool{}
	for _, c := range append(cmd.Root().Commands(), cmd.Root()) {
		for _, sub := range append(c.Commands(), c) {
			sub.Flags().VisitAll(func(f *pflag.Flag) { known[variable(f)] = true })
			sub.PersistentFlags().VisitAll(func(f *pflag.Flag) { known[variable(f)] = true })
		}
	}
	delete(known, "PARLEY_VERSION") // cobra's flags have no twins
	delete(known, "PARLEY_HELP")
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "PARLEY_") && value != "" && !known[name] && !injected(pair) {
			return usageError{fmt.Errorf("unknown variable %s in the environment", name)}
		}
	}
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		v := os.Getenv(variable(f))
		if v == "" || injected(variable(f)+"="+v) || f.Changed || !known[variable(f)] {
			return
		}
		if e := cmd.Flags().Set(f.Name, v); e != nil && err == nil {
			err = usageError{fmt.Errorf("%s: %w", variable(f), e)}
		}
	})
	return err
}

// service is how the variables of a service are called that orchestrators put into the
// environment: those of Kubernetes and Docker for one that is called parley, parley-web
// and so on.
var service = regexp.MustCompile(`^PARLEY(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)=` +
	`|^PARLEY(_[A-Z0-9_]+)?_PORT=(tcp|udp|sctp)://` +
	`|^PARLEY(_[A-Z0-9_]+)?_NAME=/[^/]+/[^/]+$|^PARLEY(_[A-Z0-9_]+)?_ENV_`) // links of Docker

// injected says whether a variable was set by an orchestrator, and means nothing here.
func injected(pair string) bool { return service.MatchString(pair) }

func variable(f *pflag.Flag) string {
	return "PARLEY_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" "+args[0], "parley "))}
	}
	return nil
}

func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{Use: "help [COMMAND]", Short: "Say how a command is used", Example: "  parley help backup",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usageError{fmt.Errorf("there is no command %q", strings.Join(args, " "))}
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		}}
}

func atMostArgs(n int) cobra.PositionalArgs { return argCount(cobra.MaximumNArgs(n)) }
func exactArgs(n int) cobra.PositionalArgs  { return argCount(cobra.ExactArgs(n)) }

func argCount(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("that is not how it is used: %s", cmd.UseLine())}
		}
		return nil
	}
}

func versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: atMostArgs(0), Example: "  parley version\n  parley version --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"version": app.Version(), "format": sqlite.Version(),
					"go": runtime.Version()})
			}
			fmt.Fprintln(cmd.OutOrStdout(), "parley", app.Version())
			return nil
		},
	}
	cmd.Flags().Bool("json", false, "print one JSON object, with the format of the data file")
	return cmd
}

// words turns a refusal into what the command line says: a sentence, a usage
// error where the input was wrong.
func words(err error) error {
	if e, ok := chat.AsError(err); ok && e.Kind == chat.KindInvalid {
		return usageError{err}
	}
	return err
}
