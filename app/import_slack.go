package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"parley/app/archive"
	"parley/app/chat"
	"parley/app/slack"
	"parley/db"
)

func importSlackCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "slack FILE.zip", Short: "Bring in a workspace of Slack from its export", Args: exactly(1),
		Long: `Bring in a workspace of Slack from the ZIP archive that its owners export there. Open
channels become open rooms, private channels private ones, direct messages direct
conversations; threads become replies. Nobody who comes has a password: "parley user
passwd NAME" sets one. In a data file that nobody has used, Slack's owners become the
administrators. Files stay at Slack: messages get a link to them. Who has an account
here already gets another, unless you say who it is: --same mei, --same mei=tanaka.

A second time, also with a newer archive, only what is new comes, at the end of each
room. What was interrupted can be begun again. It may be done while the server runs;
pages that are open show it when they are loaded again. At the end it tells what
came, what is called otherwise here, what did not come and why. With --dry-run it is
done to a copy of the data file that is thrown away.`,
		Example: "  parley import slack 'Acme Slack export.zip' --dry-run --same mei\n  parley import slack 'Acme Slack export.zip' --data /var/lib/parley.db",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			path, _ := cmd.Flags().GetString("data")
			if _, err := os.Stat(args[0]); err != nil {
				return fmt.Errorf("the archive cannot be read: %w", err)
			}
			if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
				dir, err := os.MkdirTemp("", "parley-import-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				copied := filepath.Join(dir, "parley.db")
				if _, err := os.Stat(path); err == nil {
					if err := db.Backup(cmd.Context(), path, copied); err != nil {
						return err
					}
				}
				path = copied
			}
			return importSlack(cmd, args[0], path)
		}}
	cmd.Flags().Bool("dry-run", false, "only say what would come")
	cmd.Flags().StringSlice("same", nil, "`NAME[=USERNAME]` of Slack is that account here; may be repeated")
	cmd.Flags().Bool("json", false, "print the report as one JSON object")
	return cmd
}

func importSlack(cmd *cobra.Command, from, path string) error {
	same, err := equals(cmd)
	if err != nil {
		return err
	}
	_, err = os.Stat(path)
	fresh := errors.Is(err, os.ErrNotExist)
	store, err := db.OpenCurrent(cmd.Context(), path)
	if err != nil {
		return err
	}
	finish, err := unfinished(cmd.Context(), store, filepath.Base(from))
	if err != nil {
		return errors.Join(err, store.Close())
	}
	var part, whole atomic.Int64
	end := progress(cmd, "Importing", func() (int64, int64) { return part.Load(), whole.Load() })
	report, err := slack.Run(cmd.Context(), from, store, slack.Options{Same: same, Progress: func(n, of int64) { part.Store(n); whole.Store(of) }})
	end()
	if err == nil {
		err = indexed(cmd, store)
	}
	if err == nil || report == nil || report.Came == (archive.Counts{}) {
		err = errors.Join(err, finish(err))
	}
	if err == nil && report.Came != (archive.Counts{}) {
		err = store.Note(chat.Noted(cmd.Context(), time.Now(), chat.Operator, chat.ActImport, report.Source, broughtIn(report.Came)))
	}
	nothing, unsure := store.Vacant(cmd.Context())
	if err = errors.Join(err, unsure, store.Close()); err != nil {
		if nothing && fresh {
			err = errors.Join(err, db.Remove(path))
		}
		return err
	}
	return printArrival(cmd, report)
}

// unfinished notes that an import has begun. What it returns notes that nothing of it
// is missing, or with an error that nothing came: then an earlier note stands again.
func unfinished(ctx context.Context, store *db.DB, what string) (finish func(error) error, err error) {
	settings, err := store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	was := settings[chat.ImportUnfinished]
	return func(err error) error {
		if err == nil {
			was = ""
		}
		return store.SetSetting(context.WithoutCancel(ctx), chat.ImportUnfinished, was)
	}, store.SetSetting(ctx, chat.ImportUnfinished, what)
}

// broughtIn says in words what came.
func broughtIn(n archive.Counts) string {
	return many(n.Accounts, "account") + ", " + many(n.Rooms+n.Conversations, "room", "rooms and conversations") + ", " + many(n.Messages, "message")
}

// equals reads --same.
func equals(cmd *cobra.Command) (map[string]string, error) {
	list, _ := cmd.Flags().GetStringSlice("same")
	same := map[string]string{}
	for _, s := range list {
		name, here, given := strings.Cut(s, "=")
		if !given {
			here = name
		}
		if name == "" || here == "" {
			return nil, usage{fmt.Errorf("--same: %q is not NAME or NAME=USERNAME", s)}
		}
		same[name] = here
	}
	return same, nil
}

func printArrival(cmd *cobra.Command, report *archive.Report) error {
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(report)
	}
	if err := report.Print(cmd.OutOrStdout()); err != nil {
		return err
	}
	if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
		fmt.Fprintln(cmd.OutOrStdout(), "\nThat is what would come. Nothing was changed.")
	}
	return nil
}
