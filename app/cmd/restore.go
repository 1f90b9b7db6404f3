package cmd

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/db/sqlite"
)

func restoreCommand() *cobra.Command {
	return &cobra.Command{Use: "restore FILE", Short: "Put a backup in the place of the data file", Args: exactArgs(1),
		Long: `Put a backup in the place of the data file. Stop the server first. The backup is
read through before anything is changed; the data file that it replaces is kept
beside it, with the time in its name. Owner, group and mode stay as they were, and a
link to another disk is followed. Interrupted at any moment it leaves either the one
or the other.`,
		Example: "  parley restore /mnt/backup/parley-20260301T120000Z.db --data /var/lib/parley.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			path, _ := cmd.Flags().GetString("data")
			if app.Shared(path) {
				return ownMeans(cmd, path)
			}
			ctx, done := copying(cmd.Context(), sqlite.Followed(path)+".restore", args[0])
			end := progress(cmd, "Copying", done)
			kept, err := sqlite.Restore(ctx, args[0], path, time.Now())
			end()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is restored.\n", path)
			if kept != "" {
				fmt.Fprintf(cmd.OutOrStdout(), "What was there before is %s.\n", kept)
			}
			return nil
		}}
}
