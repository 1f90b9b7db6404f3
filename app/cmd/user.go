package cmd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/auth"
	"parley/app/bus"
	"parley/app/chat"
	"parley/db"
	"parley/db/sqlite"
)

// operator is what a command works with that changes a data file. A running server
// notices before the command ends.
type operator struct {
	chat *chat.Chat
	auth *auth.Auth
}

// withData opens the data file for one command.
func withData(cmd *cobra.Command, do func(context.Context, operator) error) error {
	path, _ := cmd.Flags().GetString("data")
	return withStore(cmd, app.OpenExisting, path, do)
}

// withStore opens a data file for one command; a new file that stays empty is removed.
func withStore(cmd *cobra.Command, open app.Opener, path string, do func(context.Context, operator) error) error {
	fresh := app.Fresh(path)
	store, err := open(cmd.Context(), path)
	if err != nil {
		return err
	}
	var stored atomic.Bool
	store.OnCommit(func(c db.Commit) { stored.Store(stored.Load() || c.Err == nil) })
	events, limits := bus.NewLocal(), chat.NewLimits(nil)
	rules := chat.New(store, events, limits, nil)
	rules.BackupDir = app.BackupDir(path)
	err = do(cmd.Context(), operator{rules, auth.New(store, events, limits, nil)})
	empty, unsure := store.IsEmpty(cmd.Context())
	err = errors.Join(err, store.Close())
	if stored.Load() {
		app.AwaitNotice(cmd.Context(), path)
	}
	switch {
	case fresh && empty && unsure == nil:
		err = errors.Join(err, sqlite.Remove(path))
	case fresh:
		fmt.Fprintf(cmd.OutOrStdout(), "There was no data file %s: it is new, and the workspace begins with this account.\n", path)
	}
	return words(err)
}

func userCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Look after accounts", Example: "  parley user list\n  parley user add mei", Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{errors.New("say what to do: add, list, passwd, reset, reset-factor, promote, disable, enable or logout")}
		}}
	cmd.AddCommand(userAdd(), userList(), userPasswd(), userReset(), userResetFactor(), userPromote(), userDisable(),
		userEnable(), userLogout())
	return cmd
}

func userAdd() *cobra.Command {
	cmd := &cobra.Command{Use: "add NAME", Short: "Make an account; the first one begins the data file and administers the workspace",
		Args:    exactArgs(1),
		Example: "  parley user add mei --name 'Mei Tanaka' --password-file mei.txt\n  parley user add kim --role guest --room harbour",
		RunE: func(cmd *cobra.Command, args []string) error {
			username := chat.TypedName(args[0])
			password, err := newPassword(cmd)
			if err != nil {
				return err
			}
			name, _ := cmd.Flags().GetString("name")
			workspace, _ := cmd.Flags().GetString("workspace")
			named, _ := cmd.Flags().GetString("role")
			role, err := role(named)
			if err != nil {
				return err
			}
			path, _ := cmd.Flags().GetString("data")
			return withStore(cmd, app.OpenCurrent, path, func(ctx context.Context, t operator) error {
				audit, err := newAccountAudit(ctx, t, username, role)
				if err != nil {
					return err
				}
				rooms, err := guestRooms(ctx, cmd, t, role)
				if err != nil {
					return err
				}
				j, err := t.auth.SignUp(ctx, auth.SignUp{Username: username, Name: name, Password: password, Workspace: workspace,
					Role: role, Rooms: rooms, Audit: audit})
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%s was added as %s.\n", j.Account.Username, j.Account.Role)
				}
				return err
			})
		}}
	cmd.Flags().String("name", "", "how the name is shown (default: the username)")
	cmd.Flags().String("workspace", "", "name of the workspace, with the first account")
	cmd.Flags().String("role", "member", "what it becomes: member, administrator or guest; the first is administrator")
	roomsFlag(cmd)
	passwordFlag(cmd)
	return cmd
}

// newAccountAudit is the entry of an account that is made; the first administers.
func newAccountAudit(ctx context.Context, t operator, name string, role chat.Role) (chat.AuditEntry, error) {
	name, err := chat.ParseUsername(name)
	if err != nil {
		return chat.NoAudit, err
	}
	others, err := t.auth.HasAccounts(ctx)
	if !others {
		role = chat.RoleAdmin
	}
	return chat.NewAuditEntry(time.Now(), chat.Operator, chat.AuditAddAccount, "@"+name, role.String()), err
}

func userList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the accounts", Args: atMostArgs(0), Example: "  parley user list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				var all []chat.AccountRecord
				for page, more := 0, true; more; page++ {
					var people []chat.AccountRecord
					var err error
					if people, more, err = t.chat.AccountRecords(ctx, chat.Operator, "", chat.StateAll, page); err != nil {
						return err
					}
					all = append(all, people...)
				}
				asJSON, _ := cmd.Flags().GetBool("json")
				return printAccounts(cmd.OutOrStdout(), all, asJSON)
			})
		}}
	cmd.Flags().Bool("json", false, "one JSON object a line")
	return cmd
}

func printAccounts(w io.Writer, all []chat.AccountRecord, asJSON bool) error {
	slices.SortFunc(all, func(a, b chat.AccountRecord) int { return int(a.ID - b.ID) })
	if asJSON {
		e := json.NewEncoder(w)
		for _, a := range all {
			if err := e.Encode(map[string]any{"id": a.ID, "username": a.Username, "name": a.Name, "role": a.Role.String(), "created": a.Created,
				"disabled": a.Disabled, "banned": a.Banned}); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "USERNAME\tNAME\tROLE\tSINCE")
	for _, a := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", a.Username, a.Name, state(a), a.Created.Format(time.DateOnly))
	}
	return t.Flush()
}

func state(a chat.AccountRecord) string {
	switch {
	case a.Banned:
		return "banned"
	case a.Disabled:
		return "disabled"
	}
	return a.Role.String()
}

func userPasswd() *cobra.Command {
	cmd := &cobra.Command{Use: "passwd NAME", Short: "Set a password; ends all sessions of the account", Args: exactArgs(1),
		Example: "  parley user passwd mei",
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := newPassword(cmd)
			if err != nil {
				return err
			}
			return withData(cmd, func(ctx context.Context, t operator) error {
				a, err := account(ctx, t, args[0])
				if err != nil {
					return err
				}
				audit := chat.NewAuditEntry(time.Now(), chat.Operator, chat.AuditSetPassword, "@"+a.Username, "")
				if err := t.auth.SetPassword(ctx, a, password, audit); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s has a new password, and was logged out everywhere.\n", a.Username)
				return err
			})
		}}
	passwordFlag(cmd)
	return cmd
}

func userResetFactor() *cobra.Command {
	return &cobra.Command{Use: "reset-factor NAME",
		Short: "Undo the second factor and the passkeys of somebody who has lost them; ends all sessions", Args: exactArgs(1),
		Example: "  parley user reset-factor mei",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				a, err := account(ctx, t, args[0])
				if err != nil {
					return err
				}
				if err := t.auth.ResetFactors(ctx, chat.Operator, a); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s logs in by password alone, and was logged out everywhere.\n", a.Username)
				return err
			})
		}}
}

func userPromote() *cobra.Command {
	cmd := &cobra.Command{Use: "promote NAME", Short: "Make somebody administrator, a member again, or a guest", Args: exactArgs(1),
		Example: "  parley user promote mei\n  parley user promote mei --role member",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, _ := cmd.Flags().GetString("role")
			role, err := role(name)
			if err != nil {
				return err
			}
			return withData(cmd, func(ctx context.Context, t operator) error {
				a, err := account(ctx, t, args[0])
				if err != nil {
					return err
				}
				if err := t.chat.SetRole(ctx, chat.Operator, a.ID, role); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is %s now.\n", a.Username, role)
				return err
			})
		}}
	cmd.Flags().String("role", "administrator", "administrator, member or guest")
	return cmd
}

func account(ctx context.Context, t operator, name string) (chat.Account, error) {
	name = chat.TypedName(name)
	a, err := t.chat.AccountNamed(ctx, name)
	if errors.Is(err, chat.ErrNotFound) {
		return a, fmt.Errorf("there is no account %q", name)
	}
	return a, err
}

func passwordFlag(cmd *cobra.Command) {
	cmd.Flags().String("password-file", "", "`file` whose first line is the password (default: ask, or read the first line of standard input)")
}

// newPassword reads a password from a file, a prompt or standard input; never
// from the command line, where others could read it.
func newPassword(cmd *cobra.Command) (string, error) {
	if path, _ := cmd.Flags().GetString("password-file"); path != "" {
		b, err := os.ReadFile(path)
		line, _, _ := strings.Cut(string(b), "\n")
		return strings.TrimRight(line, "\r"), err
	}
	if f, ok := cmd.InOrStdin().(*os.File); ok && isTerminal(f) {
		return askPassword(cmd, f)
	}
	line, err := unlessInterrupted(cmd.Context(), bufio.NewReader(cmd.InOrStdin()).ReadString, '\n')
	if cmd.Context().Err() != nil {
		return "", err
	}
	if err != nil && !(errors.Is(err, io.EOF) && line != "") {
		return "", usageError{errors.New("no password came from standard input")}
	}
	return strings.TrimRight(line, "\r\n"), nil
}
