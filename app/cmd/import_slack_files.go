package cmd

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/archive"
	"parley/app/bus"
	"parley/app/chat"
	"parley/app/files"
	"parley/app/slack"
	"parley/db/sqlite"
)

// storesFiles has an import store files within the limits of the data file.
func storesFiles(cmd *cobra.Command, store app.Store, o *slack.Options) error {
	o.Dir, _ = cmd.Flags().GetString("files")
	var err error
	o.Files, o.Limits, err = filesOf(cmd.Context(), store)
	return err
}

func filesOf(ctx context.Context, store app.Store) (*files.Files, *chat.Limits, error) {
	settings, err := store.Settings(ctx)
	limits := chat.NewLimits(nil)
	limits.Adopt(settings)
	return files.New(store, chat.New(store, bus.NewLocal(), limits, nil), slog.New(slog.DiscardHandler)), limits, err
}

// makePictures makes the forms of pictures that came, where no server does that, and
// removes what was refused. What it does not end, a server does when it starts.
func makePictures(cmd *cobra.Command, path string, report *archive.Report) (err error) {
	dry, _ := cmd.Flags().GetBool("dry-run")
	if dry || report.Came.Files+report.Already.Files == 0 || app.Shared(path) || sqlite.IsServed(path) {
		return nil
	}
	store, err := app.OpenCurrent(cmd.Context(), path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	stored, _, err := filesOf(cmd.Context(), store)
	if err != nil {
		return err
	}
	var part, whole atomic.Int64
	defer progress(cmd, "Making pictures to show", func() (int64, int64) { return part.Load(), whole.Load() })()
	err = stored.MakeAll(cmd.Context(), func(n, of int64) { part.Store(n); whole.Store(of) })
	return errors.Join(err, stored.Sweep(cmd.Context()))
}
