package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/archive"
	"parley/db/sqlite"
)

func exportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "export FILE|-", Short: "Write all that was said, and who said it where, for another server or program",
		Args: atMostArgs(1),
		Long: `Write all that a person would want to take along, also while the server runs: one
state of the data file, as JSON Lines. "parley import FILE" makes a data file of it
again. The file appears under its name only when it is whole. A new one can be read by
nobody else, and one that it replaces keeps its owner and its mode: the hashes of
passwords are in it, so that people can log in after an import, and the codes of
invites. One whose name ends in .gz or .zst is packed. --without-passwords leaves the hashes out: then each needs a new one.

` + archive.Help + siteHelp,
		Example: "  parley export /mnt/usb/parley.jsonl\n  parley export parley.jsonl.zst --without-passwords\n  parley export --site /srv/www/chat --private",
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, _ := cmd.Flags().GetString("site")
			switch {
			case (dir == "") == (len(args) == 0):
				return usageError{errors.New("name one file, or - for standard output, or a directory with --site")}
			case dir == "" && (cmd.Flags().Changed("private") || cmd.Flags().Changed("direct")):
				return usageError{errors.New("--private and --direct belong to --site; a file has all rooms")}
			case dir != "" && cmd.Flags().Changed("without-passwords"):
				return usageError{errors.New("--without-passwords belongs to a file; a site never has passwords")}
			case dir != "":
				return exportSite(cmd, dir)
			}
			return exportFile(cmd, args[0])
		}}
	cmd.Flags().Bool("without-passwords", false, "leave out the hashes of passwords")
	cmd.Flags().String("site", "", "`directory` for pages that need no server")
	cmd.Flags().Bool("private", false, "with --site: private rooms, too")
	cmd.Flags().Bool("direct", false, "with --site: direct conversations, too")
	return cmd
}

// exportFile writes the lines of the whole file.
func exportFile(cmd *cobra.Command, to string) error {
	bare, _ := cmd.Flags().GetBool("without-passwords")
	store, err := openData(cmd)
	if err != nil {
		return err
	}
	if path, _ := cmd.Flags().GetString("data"); to != "-" {
		if app.Shared(path) {
			path = "" // no file is in the way
		}
		to, err = sqlite.Target(path, to, "export", func(begin []byte) bool { return archive.Begins(begin) || isPackedExport(to) })
	}
	var lines int64
	if err == nil {
		lines, err = exportTo(cmd, store, to, !bare)
	}
	if err = errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("nothing was exported: %w", err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Exported: %s.\n", plural(lines, "line"))
	return nil
}

// openData opens the data file of a command, which must be there.
func openData(cmd *cobra.Command) (app.Store, error) {
	path, _ := cmd.Flags().GetString("data")
	return app.OpenExisting(cmd.Context(), path)
}

func exportTo(cmd *cobra.Command, store app.Store, to string, passwords bool) (int64, error) {
	var lines, whole atomic.Int64
	export := func(put func(archive.Record) error) error {
		return store.Export(cmd.Context(), passwords, func(r archive.Record) error {
			if h, ok := r.(*archive.Header); ok {
				whole.Store(h.Lines() + 1)
			}
			lines.Add(1)
			return put(r)
		})
	}
	defer progress(cmd, "Exporting", func() (int64, int64) { return lines.Load(), whole.Load() })()
	if to == "-" {
		err := archive.Write(cmd.OutOrStdout(), export)
		return lines.Load(), err
	}
	err := writeWhole(to, func(w io.Writer) error {
		z, err := packed(to, w)
		if err != nil {
			return err
		}
		return errors.Join(archive.Write(z, export), z.Close())
	})
	return lines.Load(), err
}

// writeWhole writes a file that appears under its name once it is whole and
// durable. A new one can be read by nobody else.
func writeWhole(to string, write func(io.Writer) error) (err error) {
	part := to + ".part"
	f, err := sqlite.Reserve(part, sqlite.OwnerFor(to))
	if err != nil {
		return err
	}
	defer f.Close()
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sameExport compares a file with what the store holds; without passwords when
// the file has none.
func sameExport(ctx context.Context, store app.Store, from *source) (line int64, same bool, err error) {
	var done atomic.Int64
	for _, passwords := range []bool{true, false} {
		err = from.read(&done, func(r io.Reader) (err error) {
			line, same, err = archive.Compare(r, func(put func(archive.Record) error) error { return store.Export(ctx, passwords, put) })
			return err
		})
		if err != nil || same {
			return line, same, err
		}
	}
	return line, false, nil
}
