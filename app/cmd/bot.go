package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/app/chat"
)

func botCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bot", Short: "Look after the accounts of programs",
		Example: "  parley bot add deploys --room general\n  parley bot list", Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{errors.New("say what to do: add, list, rotate or remove")}
		}}
	cmd.AddCommand(botAdd(), botList(), botRotate(), botRemove())
	return cmd
}

// firstAdmin is the administrator to whom a bot belongs when nobody else is named.
func firstAdmin(ctx context.Context, t operator) (chat.Account, error) {
	for page, more := 0, true; more; page++ {
		all, next, err := t.chat.AccountRecords(ctx, chat.Operator, "", chat.StateAdmins, page)
		if err != nil {
			return chat.Account{}, err
		}
		for _, a := range all {
			if a.Admin() && !a.Disabled {
				return a.Account, nil
			}
		}
		more = next
	}
	return chat.Account{}, errors.New("there is no administrator yet; make one with parley user add")
}

func botAdd() *cobra.Command {
	cmd := &cobra.Command{Use: "add NAME", Short: "Make a bot and print its key, alone and this once", Args: exactArgs(1),
		Long: `Make a bot and print its key, alone and this once, on standard output.

It acts in the rooms that people take it into, as long as the person to whom it
belongs may have bots: the first administrator, unless --of names another one.`,
		Example: "  parley bot add deploys --name Deploys --room general > deploys.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, _ := cmd.Flags().GetString("name")
			of, _ := cmd.Flags().GetString("of")
			rooms, _ := cmd.Flags().GetStringSlice("room")
			if name == "" {
				name = chat.TypedName(args[0])
			}
			return withData(cmd, func(ctx context.Context, t operator) error {
				maker, err := firstAdmin(ctx, t)
				if of != "" {
					maker, err = t.chat.AccountNamed(ctx, of)
				}
				if err != nil {
					return err
				}
				bot, err := t.chat.CreateBot(ctx, maker, chat.TypedName(args[0]), name)
				if err != nil {
					return err
				}
				key, _, err := t.auth.CreateKey(ctx, chat.Operator, bot, "first key", true, 0)
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), key)
				for _, room := range rooms {
					if err := t.chat.AddBotTo(ctx, bot, room); err != nil {
						return fmt.Errorf("the bot was made, and is not in %s: %w", room, err)
					}
				}
				return nil
			})
		}}
	cmd.Flags().String("name", "", "how people see it (default: NAME)")
	cmd.Flags().String("of", "", "`username` of the person to whom it belongs (default: the first administrator)")
	cmd.Flags().StringSlice("room", nil, "`names` of open rooms that it is taken into")
	return cmd
}

func botList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the bots and their keys", Args: atMostArgs(0), Example: "  parley bot list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				bots, err := t.chat.Bots(ctx, chat.Operator)
				if err != nil {
					return err
				}
				return printBots(ctx, cmd.OutOrStdout(), t, bots)
			})
		}}
}

func printBots(ctx context.Context, out io.Writer, t operator, bots []chat.Account) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "BOT\tOF\tKEY\tNAME\tMAY\tLAST USED")
	for _, b := range bots {
		maker, err := t.chat.Person(ctx, b.Maker)
		if err != nil {
			return err
		}
		keys, err := t.auth.Keys(ctx, chat.Operator, b)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			fmt.Fprintf(w, "%s\t%s\tnone\t\t\t\n", b.Username, maker.Username)
		}
		for _, k := range keys {
			may, used := "read", "never"
			if k.Writes {
				may = "read, write"
			}
			if !k.Used.IsZero() {
				used = k.Used.Format(time.DateTime)
			}
			fmt.Fprintf(w, "%s\t%s\t%s…\t%s\t%s\t%s\n", b.Username, maker.Username, k.Begins, k.Name, may, used)
		}
	}
	return w.Flush()
}

// withBot finds the bot that a command names.
func withBot(cmd *cobra.Command, name string, do func(context.Context, operator, chat.Account) error) error {
	return withData(cmd, func(ctx context.Context, t operator) error {
		bot, err := t.chat.BotNamed(ctx, chat.Operator, name)
		if errors.Is(err, chat.ErrNotFound) {
			return fmt.Errorf("there is no bot %q", name)
		}
		if err != nil {
			return err
		}
		return do(ctx, t, bot)
	})
}

func botRotate() *cobra.Command {
	return &cobra.Command{Use: "rotate NAME", Short: "Print a new key of a bot; those that it has work for a day more", Args: exactArgs(1),
		Example: "  parley bot rotate deploys > deploys.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withBot(cmd, args[0], func(ctx context.Context, t operator, bot chat.Account) error {
				keys, err := t.auth.Keys(ctx, chat.Operator, bot)
				if err != nil {
					return err
				}
				fresh, now := "", time.Now()
				for _, k := range keys {
					if k.Over(now) {
						continue
					}
					if fresh == "" {
						fresh, _, err = t.auth.RotateKey(ctx, chat.Operator, bot, k.ID)
					} else {
						err = t.auth.RetireKey(ctx, chat.Operator, bot, k.ID)
					}
					if err != nil {
						return err
					}
				}
				if fresh == "" {
					if fresh, _, err = t.auth.CreateKey(ctx, chat.Operator, bot, "key", true, 0); err != nil {
						return err
					}
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), fresh)
				return err
			})
		}}
}

func botRemove() *cobra.Command {
	return &cobra.Command{Use: "remove NAME", Short: "End a bot and its keys; what it said stays", Args: exactArgs(1),
		Example: "  parley bot remove deploys",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withBot(cmd, args[0], func(ctx context.Context, t operator, bot chat.Account) error {
				if err := t.chat.RemoveBot(ctx, chat.Operator, bot.ID); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is removed.\n", bot.Username)
				return err
			})
		}}
}
