package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/auth"
	"parley/app/chat"
	"parley/app/web"
)

// urlFlag lets a command print links as people can open them.
func urlFlag(cmd *cobra.Command) {
	cmd.Flags().String("url", "", "public `address` in the link (default: that of the server that ran last)")
}

// link is an address that people can open.
func link(ctx context.Context, cmd *cobra.Command, t operator, path string) (string, error) {
	base, err := publicURL(cmd)
	if err != nil {
		return "", err
	}
	if base == "" {
		s, err := t.chat.Settings(ctx)
		if err != nil {
			return "", err
		}
		if base = s[app.SettingAddress]; base == "" {
			base = "http://127.0.0.1:8080"
		}
		if !strings.Contains(base, "://") { // a socket in the file system
			return "", usageError{errors.New("how people reach the server is not known here; name its address: --url https://chat.example.org")}
		}
		if u, err := web.ParseOrigin(base); err == nil { // an older version may have noted it as it was typed
			base = u.String()
		}
	}
	return base + path, nil
}

func inviteCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "invite", Short: "Print a link by which people can join", Args: noCommand,
		Example: "  parley invite --uses 5 --expires 7d\n  parley invite --role administrator --uses 1 --json\n  parley invite --role guest --room harbour",
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := newInvite(cmd)
			if err != nil {
				return err
			}
			return withData(cmd, func(ctx context.Context, t operator) error {
				base, err := link(ctx, cmd, t, "/join/")
				if err != nil {
					return err
				}
				if n.Rooms, err = guestRooms(ctx, cmd, t, n.Role); err != nil {
					return err
				}
				i, err := t.auth.CreateInvite(ctx, chat.Operator, n)
				if err != nil {
					return err
				}
				return printInvite(cmd, i, base+i.Code)
			})
		}}
	cmd.Flags().Int("uses", 1, "how many people can use it; 0 is any number")
	cmd.Flags().String("expires", "7d", "how long it works, like 7d or 12h; 0 is for ever")
	cmd.Flags().String("role", "member", "what they become: member, administrator or guest")
	roomsFlag(cmd)
	cmd.Flags().Bool("json", false, "one JSON object")
	urlFlag(cmd)
	cmd.AddCommand(inviteList(), inviteRevoke())
	return cmd
}

// newInvite reads the flags that say what an invite is for, but for its rooms.
func newInvite(cmd *cobra.Command) (n auth.NewInvite, err error) {
	n.Uses, _ = cmd.Flags().GetInt("uses")
	expires, _ := cmd.Flags().GetString("expires")
	if n.Life, err = chat.ParseDuration(expires); err != nil {
		return n, usageError{fmt.Errorf("--expires: %q is not a time like 7d or 12h", expires)}
	}
	name, _ := cmd.Flags().GetString("role")
	n.Role, err = role(name)
	return n, err
}

// printInvite prints the link of an invite, or with --json what it is, too.
func printInvite(cmd *cobra.Command, i auth.Invite, url string) error {
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		made := map[string]any{"url": url, "code": i.Code, "uses": i.Uses, "role": i.Role.String()}
		if !i.Expires.IsZero() {
			made["expires"] = i.Expires
		}
		return json.NewEncoder(cmd.OutOrStdout()).Encode(made)
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), url)
	return err
}

// roomsFlag names the rooms of guests.
func roomsFlag(cmd *cobra.Command) {
	cmd.Flags().StringSlice("room", nil, "open `room` that a guest comes into; may be repeated")
}

// guestRooms are the rooms of --room, for guests alone.
func guestRooms(ctx context.Context, cmd *cobra.Command, t operator, role chat.Role) (rooms []chat.RoomID, err error) {
	names, _ := cmd.Flags().GetStringSlice("room")
	switch {
	case role != chat.RoleGuest && len(names) > 0:
		return nil, usageError{errors.New("--room is for guests; others come into the room of everybody")}
	case role == chat.RoleGuest && len(names) == 0:
		return nil, usageError{errors.New("say which rooms the guest comes into: --room NAME")}
	}
	for _, name := range names {
		id, err := t.chat.OpenRoomNamed(ctx, name)
		if errors.Is(err, chat.ErrNotFound) {
			err = fmt.Errorf("there is no open room %q", name)
		}
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, id)
	}
	return rooms, nil
}

func role(name string) (chat.Role, error) {
	if name == "admin" {
		name = chat.RoleAdmin.String()
	}
	role, ok := chat.Roles[name]
	if !ok {
		return 0, usageError{fmt.Errorf("--role: %q is not administrator, member or guest", name)}
	}
	return role, nil
}

// accountCommand makes a command that does something to one account and says that it did.
func accountCommand(use, short, example, done string, do func(context.Context, operator, chat.Account) error) *cobra.Command {
	return &cobra.Command{Use: use + " NAME", Short: short, Args: exactArgs(1), Example: "  parley user " + example,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				a, err := account(ctx, t, args[0])
				if err != nil {
					return err
				}
				if err := do(ctx, t, a); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), done+"\n", a.Username)
				return err
			})
		}}
}

func userDisable() *cobra.Command {
	return accountCommand("disable", "Keep somebody from logging in, and log out everywhere", "disable mei",
		"%s cannot log in any more, and was logged out everywhere.",
		func(ctx context.Context, t operator, a chat.Account) error {
			return t.chat.DisableAccount(ctx, chat.Operator, a.ID)
		})
}

func userEnable() *cobra.Command {
	return accountCommand("enable", "Let somebody log in again", "enable mei", "%s can log in again.",
		func(ctx context.Context, t operator, a chat.Account) error {
			return t.chat.EnableAccount(ctx, chat.Operator, a.ID)
		})
}

func userLogout() *cobra.Command {
	return accountCommand("logout", "Log somebody out everywhere", "logout mei", "%s was logged out everywhere.",
		func(ctx context.Context, t operator, a chat.Account) error {
			return t.chat.EndSessions(ctx, chat.Operator, a.ID)
		})
}

func userReset() *cobra.Command {
	cmd := &cobra.Command{Use: "reset NAME", Short: "Print a link with which somebody sets a new password, once, for a day",
		Args:    exactArgs(1),
		Example: "  parley user reset mei",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				a, err := account(ctx, t, args[0])
				if err != nil {
					return err
				}
				if a.Disabled {
					return fmt.Errorf("%s cannot log in; parley user enable comes first", a.Username)
				}
				base, err := link(ctx, cmd, t, "/reset/")
				if err != nil {
					return err
				}
				token, err := t.auth.CreateReset(ctx, chat.Operator, a)
				if err == nil {
					_, err = fmt.Fprintln(cmd.OutOrStdout(), base+token)
				}
				return err
			})
		}}
	urlFlag(cmd)
	return cmd
}
