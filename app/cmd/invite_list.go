package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"parley/app/auth"
	"parley/app/chat"
)

func inviteList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the invites, the newest first", Args: atMostArgs(0),
		Example: "  parley invite list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				all, err := t.auth.Invites(ctx, chat.Operator)
				if err != nil {
					return err
				}
				asJSON, _ := cmd.Flags().GetBool("json")
				return printInvites(cmd.OutOrStdout(), all, asJSON)
			})
		}}
	cmd.Flags().Bool("json", false, "one JSON object a line")
	return cmd
}

func printInvites(w io.Writer, all []auth.Invite, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		for _, i := range all {
			row := map[string]any{"id": i.ID, "code": i.Code, "role": i.Role.String(), "uses": i.Uses, "used": i.Used, "by": i.By.Username,
				"made": i.Made, "revoked": i.Revoked, "valid": i.Valid(time.Now())}
			if !i.Expires.IsZero() {
				row["expires"] = i.Expires
			}
			if err := e.Encode(row); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tCODE\tROLE\tUSED\tUNTIL\tSTATE")
	for _, i := range all {
		uses, until, state := "any number", "for ever", "valid"
		if i.Uses > 0 {
			uses = fmt.Sprint(i.Uses)
		}
		if !i.Expires.IsZero() {
			until = i.Expires.Format(time.DateOnly)
		}
		if i.Revoked {
			state = "revoked"
		} else if !i.Valid(time.Now()) {
			state = "over"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%d of %s\t%s\t%s\n", i.ID, i.Code, i.Role, i.Used, uses, until, state)
	}
	return t.Flush()
}

func inviteRevoke() *cobra.Command {
	return &cobra.Command{Use: "revoke CODE|ID", Short: "End an invite; who came by it stays", Args: exactArgs(1),
		Example: "  parley invite revoke 12",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				i, err := t.auth.InviteFor(ctx, path.Base(args[0])) // of a link, too
				id := i.ID
				if errors.Is(err, chat.ErrNotFound) {
					id, err = strconv.ParseInt(args[0], 10, 64)
					if err != nil {
						err = chat.NotFound()
					}
				}
				if err == nil || errors.Is(err, auth.ErrInviteOver) {
					err = t.auth.RevokeInvite(ctx, chat.Operator, id)
				}
				if errors.Is(err, chat.ErrNotFound) {
					return fmt.Errorf("there is no invite %q", args[0])
				}
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "Invite %d is revoked.\n", id)
				}
				return err
			})
		}}
}
