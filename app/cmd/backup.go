package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/db/sqlite"
)

func backupCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "backup FILE|-", Short: "Copy the data file while the server runs", Args: atMostArgs(1),
		Long: `Copy the data file while the server runs. What was acknowledged before is in the
copy, and the copy is read through before the command succeeds: it is a data file
that a server can be started with. It appears under its name only when it is whole.

With - it goes to standard output, by way of a temporary file (see TMPDIR). With
--to it gets a name with the time in UTC, and of the files with such names in that
directory the newest --keep are kept. The server does the same by itself after
"parley set backup.dir DIR" and "parley set backup.every 24h".

` + ownBackup,
		Example: "  parley backup /mnt/backup/parley.db\n  parley backup - | gzip | ssh vault 'cat > parley.db.gz'\n  parley backup --to /mnt/backup --keep 14",
		RunE:    backup}
	cmd.Flags().String("to", "", "`directory` for a backup with the time in its name")
	cmd.Flags().Int("keep", 7, "how many of those to keep")
	return cmd
}

// backup makes the one backup that the command line asks for.
func backup(cmd *cobra.Command, args []string) error {
	if data, _ := cmd.Flags().GetString("data"); app.Shared(data) {
		return ownMeans(cmd, data)
	}
	dir, _ := cmd.Flags().GetString("to")
	keep, _ := cmd.Flags().GetInt("keep")
	path, _ := cmd.Flags().GetString("data")
	switch {
	case (dir == "") == (len(args) == 0):
		return usageError{errors.New("name one file, or - for standard output, or a directory with --to")}
	case dir == "" && cmd.Flags().Changed("keep"):
		return usageError{errors.New("--keep belongs to --to: one file is one backup")}
	case keep < 1:
		return usageError{errors.New("--keep: keep at least one")}
	case dir != "":
		ctx, done := copying(cmd.Context(), filepath.Join(dir, "parley-backup.part"), path)
		defer progress(cmd, "Copying", done)()
		to, err := sqlite.Rotate(ctx, path, dir, keep, time.Now())
		if err == nil {
			fmt.Fprintln(cmd.OutOrStdout(), to)
		}
		return err
	case args[0] == "-" && onTerminal(cmd.OutOrStdout()):
		return usageError{errors.New("a backup is nothing to read on a terminal: parley backup - > FILE")}
	case args[0] == "-":
		return backupStream(cmd.Context(), path, cmd.OutOrStdout())
	}
	return backupTo(cmd, path, args[0])
}

// ownBackup says how a workspace on a PostgreSQL is backed up.
const ownBackup = `A workspace on a PostgreSQL is backed up by its own means, while all nodes run:
  pg_dump --format=custom --file=parley.dump postgres://…    one state, files included
  stop all nodes; createdb NAME; pg_restore --dbname=NAME parley.dump; start them    to restore it
  pg_basebackup and archive_command    any moment (point-in-time recovery): see the manual
  of PostgreSQL, "Continuous Archiving"
"parley check --data postgres://…" looks through what was restored, and "parley export"
makes a file of it that a single machine can import.`

// ownMeans refuses what the engine itself does.
func ownMeans(cmd *cobra.Command, data string) error {
	return fmt.Errorf("%s is on a PostgreSQL, and parley %s is for data files; nothing was done.\n%s", app.DataName(data),
		cmd.Name(), ownBackup)
}

// backupTo makes a backup under the name that the operator gave.
func backupTo(cmd *cobra.Command, path, to string) error {
	if i, err := os.Stat(to); err == nil && i.IsDir() {
		return usageError{fmt.Errorf("%s is a directory; for a backup in it with the time in its name: parley backup --to %[1]s", to)}
	}
	ctx, done := copying(cmd.Context(), sqlite.Followed(to)+".part", path)
	end := progress(cmd, "Copying", done)
	err := sqlite.Backup(ctx, path, to)
	end()
	if err == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s, verified.\n", to, formatBytes(size(to)))
	}
	return err
}

// backupStream writes a backup that was made and verified aside.
func backupStream(ctx context.Context, path string, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "parley-backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	whole := filepath.Join(dir, "whole")
	if err := sqlite.Backup(ctx, path, whole); err != nil {
		return err
	}
	f, err := os.Open(whole)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := os.RemoveAll(dir); err != nil { // however long the reader takes, and whatever ends it
		return err
	}
	_, err = io.Copy(w, f)
	return err
}
