package cmd

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/db/sqlite"
)

func compactCommand() *cobra.Command {
	return &cobra.Command{Use: "compact", Short: "Give the disk back what the data file does not need any more", Args: atMostArgs(0),
		Long: `Write the data file anew without the room that is free in it, because messages were
removed: the disk gets it back. Stop the server first. Meanwhile the disk needs room for
both. The new file is read through before it takes the place of the old one. Interrupted
at any moment it leaves either the one or the other, and nothing is missing in either.`,
		Example: "  parley compact --data /var/lib/parley.db",
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, _ := cmd.Flags().GetString("data")
			if app.Shared(path) {
				return ownMeans(cmd, path)
			}
			ctx, done := copying(cmd.Context(), sqlite.CompactPart(path), path)
			end := progress(cmd, "Copying", done)
			before, after, err := sqlite.Compact(ctx, path)
			end()
			if err == nil {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s had %s and has %s.\n", path, formatBytes(before), formatBytes(after))
			}
			return err
		}}
}

// copying follows a copy by its size, until it is read through.
func copying(ctx context.Context, part, whole string) (context.Context, func() (int64, int64)) {
	var written atomic.Bool
	follow := sizes(part, whole)
	return sqlite.OnVerify(ctx, func() { written.Store(true) }), func() (int64, int64) {
		if written.Load() {
			return 0, verifyingNow
		}
		return follow()
	}
}
