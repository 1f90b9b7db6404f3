package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/archive"
	"parley/app/chat"
	"parley/app/slack"
	"parley/db/sqlite"
)

func importSlackCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "slack FILE.zip", Short: "Bring in a workspace of Slack from its export", Args: exactArgs(1),
		Long: `Bring in a workspace of Slack from the ZIP archive that its owners export there. Open
channels become open rooms, private channels private ones, direct messages direct
conversations; threads become replies; references to open channels become links.
Blocks and attachments of apps come as text. Nobody who comes has a password: "parley
user passwd NAME" sets one. In a data file that nobody has used, Slack's owners become
the administrators, and its guests are guests here. People of other workspaces, apps and
who was deactivated come deactivated and are listed. Who has an account here already gets another, unless you say
who it is: --same mei, --same mei=tanaka.

Files come where their bytes are: in the archive, as other programs than Slack put them
there (__uploads/FILEID/NAME, files/FILEID-NAME, attachments/FILEID-NAME, in the folder
of a channel, too), or in the directory of --files, in the same places or right in it.
Nothing is fetched: to the others messages get a link. The limits of files hold ("parley
set"), and a message that came before keeps the links that it has.

--rooms says which room a channel comes into: --rooms old=new,other=another, or a file
with one old=new a line. An open channel whose new name is that of an open room here,
but for upper and lower case, comes into that room, after what is there. In every other
case, and always with a private channel, a room of that name is made; where an open room
is there that looks the same, it gets a number. Two channels never come into one room,
and a channel that came before keeps its room.

--links FILE.csv writes name, mail and a link to choose a password for everybody who
came, is active and has no password. The file is for your eyes only (mode 0600) and may
not exist yet; the links end after a day, or with the next one for the same person.

A second time, also with a newer archive, only what is new comes, at the end of each
room. What was interrupted can be begun again. It may be done while the server runs;
pages that are open show it when they are loaded again. At the end it tells what
came, what is called otherwise here, what did not come and why. With --dry-run it is
done to a copy of the data file that is thrown away.`,
		Example: "  parley import slack 'Acme Slack export.zip' --dry-run --same mei\n" +
			"  parley import slack 'Acme Slack export.zip' --rooms general=lobby --links links.csv --data /var/lib/parley.db",
		RunE: func(cmd *cobra.Command, args []string) error { return runImportSlack(cmd, args[0]) }}
	cmd.Flags().Bool("dry-run", false, "only say what would come")
	cmd.Flags().StringSlice("same", nil, "`NAME[=USERNAME]` of Slack is that account here; may be repeated")
	cmd.Flags().StringSlice("rooms", nil, "`OLD=NEW`: the channel comes into that room; may be repeated, or a file with one a line")
	cmd.Flags().String("files", "", "`DIRECTORY` of files that are not in the archive, called after Slack's ids of them")
	cmd.Flags().String("links", "", "new `FILE.csv` for name, mail and a link to choose a password, of everybody who came")
	cmd.Flags().Bool("json", false, "print the report as one JSON object")
	urlFlag(cmd)
	return cmd
}

// runImportSlack imports into the data file, or into a copy of it that is thrown away.
func runImportSlack(cmd *cobra.Command, from string) error {
	path, _ := cmd.Flags().GetString("data")
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("the archive cannot be read: %w", err)
	}
	if dry, _ := cmd.Flags().GetBool("dry-run"); !dry {
		return importSlack(cmd, from, path)
	}
	dir, err := os.MkdirTemp("", "parley-import-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "parley.db")
	if app.Shared(path) {
		if err := copyToFile(cmd.Context(), path, copied); err != nil {
			return err
		}
	} else if _, err := os.Stat(path); err == nil {
		if err := sqlite.Backup(cmd.Context(), path, copied); err != nil {
			return err
		}
	}
	return importSlack(cmd, from, copied)
}

// copyToFile makes a data file of a workspace that is no file.
func copyToFile(ctx context.Context, from, to string) error {
	store, err := app.OpenExisting(ctx, from)
	if err != nil {
		return err
	}
	defer store.Close()
	copied, err := sqlite.Open(ctx, to)
	if err != nil {
		return err
	}
	if empty, err := store.IsEmpty(ctx); err != nil || empty {
		return errors.Join(err, copied.Close())
	}
	err = copied.Import(ctx, func(put func(archive.Record) error) error { return store.Export(ctx, true, put) })
	return errors.Join(err, copied.Close())
}

func importSlack(cmd *cobra.Command, from, path string) (err error) {
	o := slack.Options{}
	if o.Same, err = equals(cmd); err != nil {
		return err
	}
	if o.Rooms, err = roomNames(cmd); err != nil {
		return err
	}
	fresh := app.Fresh(path)
	store, err := app.OpenCurrent(cmd.Context(), path)
	if err != nil {
		return err
	}
	list, err := newLinkList(cmd, store)
	var report *archive.Report
	if err == nil {
		err = storesFiles(cmd, store, &o)
	}
	if err == nil {
		report, err = importWorkspace(cmd, from, store, o)
	}
	var unwritten error // all came, even so
	if err == nil {
		unwritten = list.write(cmd.Context(), report)
	}
	unwritten = errors.Join(unwritten, list.close(errors.Join(err, unwritten)))
	nothing, unsure := store.IsEmpty(cmd.Context())
	if err = errors.Join(err, unsure, store.Close()); err != nil {
		if nothing && fresh {
			err = errors.Join(err, sqlite.Remove(path))
		}
		return words(errors.Join(err, unwritten))
	}
	unmade := makePictures(cmd, path, report)
	return errors.Join(printArrival(cmd, report), unwritten, unmade)
}

// importWorkspace imports an archive, and notes that in the audit log.
func importWorkspace(cmd *cobra.Command, from string, store app.Store, o slack.Options) (*archive.Report, error) {
	finish, err := unfinished(cmd.Context(), store, filepath.Base(from))
	if err != nil {
		return nil, err
	}
	var part, whole atomic.Int64
	end := progress(cmd, "Importing", func() (int64, int64) { return part.Load(), whole.Load() })
	o.Progress = func(n, of int64) { part.Store(n); whole.Store(of) }
	report, err := slack.Run(cmd.Context(), from, store, o)
	end()
	if err == nil {
		err = indexed(cmd, store)
	}
	if err == nil || report == nil || report.Came == (archive.Counts{}) {
		err = errors.Join(err, finish(err))
	}
	if err == nil && report.Came != (archive.Counts{}) {
		err = store.AddAudit(cmd.Context(), chat.NewAuditEntry(time.Now(), chat.Operator, chat.AuditImport, report.Source,
			importedReport(report.Came)))
	}
	return report, err
}

// unfinished notes that an import has begun. What it returns notes that nothing of it
// is missing, or with an error that nothing came: then an earlier note stands again.
func unfinished(ctx context.Context, store app.Store, what string) (finish func(error) error, err error) {
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

// importedReport says in words what came.
func importedReport(n archive.Counts) string {
	all := plural(n.Accounts, "account") + ", " + plural(n.Rooms+n.Conversations, "room", "rooms and conversations") + ", " +
		plural(n.Messages, "message")
	if n.Files > 0 {
		all += ", " + plural(n.Files, "file")
	}
	return all
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
