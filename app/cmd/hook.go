package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/app/chat"
)

func hookCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "hook", Short: "Look after the addresses by which other programs say things in a room",
		Example: "  parley hook add Alertmanager --room ops", Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{errors.New("say what to do: add, list or revoke")}
		}}
	cmd.AddCommand(hookAdd(), hookList(), hookRevoke())
	return cmd
}

// withRoom finds the open room that a command names.
func withRoom(cmd *cobra.Command, do func(context.Context, operator, chat.RoomID) error) error {
	name, _ := cmd.Flags().GetString("room")
	if name == "" {
		return usageError{errors.New("name an open room with --room")}
	}
	return withData(cmd, func(ctx context.Context, t operator) error {
		room, err := t.chat.OpenRoomNamed(ctx, name)
		if errors.Is(err, chat.ErrNotFound) {
			return fmt.Errorf("there is no open room %q", name)
		}
		if err != nil {
			return err
		}
		return do(ctx, t, room)
	})
}

func hookAdd() *cobra.Command {
	cmd := &cobra.Command{Use: "add NAME", Short: "Make a hook and print its path, alone and this once", Args: exactArgs(1),
		Long: `Make a hook and print its path, alone and this once, on standard output: a program
sends there what it sends to Slack, Mattermost or Rocket.Chat, what Alertmanager and
Grafana send by themselves, or the words alone.

A bot speaks for it, which belongs to the first administrator.`,
		Example: "  curl --json '{\"text\": \"hello\"}' https://chat.example.org$(parley hook add Deploys --room general)",
		RunE: func(cmd *cobra.Command, args []string) error {
			word, _ := cmd.Flags().GetString("dialect")
			dialect := slices.Index(chat.DialectWords, word)
			if dialect < 0 {
				return usageError{fmt.Errorf("--dialect is one of %v", chat.DialectWords)}
			}
			return withRoom(cmd, func(ctx context.Context, t operator, room chat.RoomID) error {
				maker, err := firstAdmin(ctx, t)
				if err != nil {
					return err
				}
				bot, err := t.chat.CreateBotIn(ctx, maker, room, args[0])
				if err != nil {
					return err
				}
				key, _, err := t.auth.CreateHook(ctx, chat.Operator, bot, room, args[0], chat.Dialect(dialect))
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), "/hooks/"+key)
				return err
			})
		}}
	cmd.Flags().String("room", "", "`name` of the open room")
	cmd.Flags().String("dialect", chat.DialectWords[0], "how its text is written: auto, slack or markdown")
	return cmd
}

func hookList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the hooks of a room", Args: atMostArgs(0), Example: "  parley hook list --room ops",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withRoom(cmd, func(ctx context.Context, t operator, room chat.RoomID) error {
				all, err := t.auth.Hooks(ctx, room)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "ID\tNAME\tKEY\tLAST USED")
				for _, k := range all {
					used := "never"
					if !k.Used.IsZero() {
						used = k.Used.Format(time.DateTime)
					}
					fmt.Fprintf(w, "%d\t%s\t%s…\t%s\n", k.ID, k.Name, k.Begins, used)
				}
				return w.Flush()
			})
		}}
	cmd.Flags().String("room", "", "`name` of the open room")
	return cmd
}

func hookRevoke() *cobra.Command {
	cmd := &cobra.Command{Use: "revoke ID", Short: "End a hook; what it said stays", Args: exactArgs(1),
		Example: "  parley hook revoke 12 --room ops",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withRoom(cmd, func(ctx context.Context, t operator, room chat.RoomID) error {
				all, err := t.auth.Hooks(ctx, room)
				if err != nil {
					return err
				}
				for _, k := range all {
					if strconv.FormatInt(k.ID, 10) != args[0] {
						continue
					}
					bot, err := t.chat.Bot(ctx, chat.Operator, k.Account)
					if err == nil {
						err = t.auth.RevokeHook(ctx, chat.Operator, bot, k, t.chat)
					}
					if err == nil {
						_, err = fmt.Fprintf(cmd.OutOrStdout(), "Hook %d is revoked.\n", k.ID)
					}
					return err
				}
				return fmt.Errorf("there is no hook %q of this room", args[0])
			})
		}}
	cmd.Flags().String("room", "", "`name` of the open room")
	return cmd
}
