package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"parley/app/chat"
)

func setCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "set [KEY [VALUE]]", Short: "List, show or change what may change while the server runs", Args: atMostArgs(2),
		Example: "  parley set\n  parley set limit.messages 5\n  parley set signup closed",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withData(cmd, func(ctx context.Context, t operator) error {
				if len(args) == 2 {
					if err := t.chat.SetSetting(ctx, args[0], args[1]); err != nil {
						return err
					}
				}
				s, err := t.chat.Settings(ctx)
				if err != nil {
					return err
				}
				if len(args) == 2 { // what is in force, which may be spelt otherwise than it was typed
					return printSet(cmd.OutOrStdout(), settingRows(s), args[0])
				}
				asJSON, _ := cmd.Flags().GetBool("json")
				return printSettings(cmd.OutOrStdout(), settingRows(s), args, asJSON)
			})
		}}
	cmd.Flags().Bool("json", false, "print one JSON object, of texts by key")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if _, n, ok := strings.Cut(err.Error(), " in -"); ok && n != "" && n[0] >= '0' && n[0] <= '9' {
			err = fmt.Errorf("-%s: a number is 0 or more; see parley set", n)
		}
		return usageError{err}
	})
	return cmd
}

func printSet(w io.Writer, rows [][3]string, key string) error {
	for _, r := range rows {
		if r[0] == key {
			_, err := fmt.Fprintf(w, "%s is %s now.\n", key, strconv.Quote(r[1]))
			return err
		}
	}
	return nil
}

// settingRows are the settings in force: key, value, and what it is.
func settingRows(s chat.Settings) [][3]string {
	rows := [][3]string{
		{chat.SettingWorkspace, s.Workspace(), "name of the workspace"},
		{chat.SettingSignup, s.Signup(), "who may sign up: open, approval, invite or closed"},
		{chat.SettingRetention, fmt.Sprint(s.Retention()), "days that messages are kept; 0 is for ever"},
	}
	rows = append(rows, [3]string{chat.SettingOriginals, onOff(s.KeepsOriginals()),
		"on: pictures are kept as they were uploaded, too; off: only as they are shown"},
		[3]string{chat.SettingEmoji, whose(s.EverybodyAddsEmoji()), "who may add emoji: everybody or admins"},
		[3]string{chat.SettingFactor, s.Factor(), "of whom a second factor or a passkey is asked: off, admins or everybody"},
		[3]string{chat.SettingDeletion, s.Deletion(),
			"what somebody said who deletes his account: keep, erase, or off: nobody deletes his by himself"},
		[3]string{chat.SettingBots, whose(s.EverybodyHasBots()), "who may have bots: everybody or admins"},
		[3]string{chat.SettingWorld, onOff(s.WorldMayRead()),
			"on: owners of open rooms may let people without an account read them; off: nobody may"},
		[3]string{chat.SettingPreviews, onOff(s.ShowsPreviews()),
			"on: links are shown with what they lead to, which the server looks up; off: alone"})
	plan := s.Backup()
	rows = append(rows, [3]string{chat.SettingBackupDir, plan.Dir, "directory for backups by the server; empty is none"},
		[3]string{chat.SettingBackupEvery, plan.Every.String(), "time between these backups, like 24h; 0s is off"},
		[3]string{chat.SettingBackupKeep, fmt.Sprint(plan.Keep), "how many of these to keep"})
	for _, l := range chat.AllLimits {
		n, ok := s.Limit(l)
		if !ok {
			n = l.Default
		}
		rows = append(rows, [3]string{l.Key, fmt.Sprint(n), l.Help + "; 0 is off"})
	}
	return rows
}

func printSettings(w io.Writer, rows [][3]string, only []string, asJSON bool) error {
	if len(only) == 1 {
		rows = slices.DeleteFunc(rows, func(r [3]string) bool { return r[0] != only[0] })
	}
	switch {
	case len(rows) == 0:
		return usageError{fmt.Errorf("there is no setting %q", only[0])}
	case asJSON:
		set := map[string]string{}
		for _, r := range rows {
			set[r[0]] = r[1]
		}
		return json.NewEncoder(w).Encode(set)
	case len(only) == 1:
		_, err := fmt.Fprintln(w, rows[0][1])
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r[0], r[1], r[2])
	}
	return t.Flush()
}

func onOff(is bool) string {
	if is {
		return "on"
	}
	return "off"
}

// whose is the value of a setting of who may do something.
func whose(everybody bool) string {
	if everybody {
		return chat.SettingEveryone
	}
	return chat.SettingAdmins
}
