package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/archive"
	"parley/db/sqlite"
)

func importCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "import FILE|-", Short: "Make a data file of an export", Args: importArgs,
		Long: `Make a data file of what "parley export" wrote: under the same ids, so that links go
on working, and with the same passwords, where they are in it. The data file that
--data names must be new, or hold nothing yet. All is imported or nothing is; what
was interrupted can be begun again. A second time changes nothing, and says so.

It may be packed with gzip or zstd, and with - it comes from standard input, by way of
a temporary file (see TMPDIR). With --dry-run the file is read, and imported into a data
file that is thrown away.`,
		Example: "  parley import parley.jsonl --data /var/lib/parley.db\n  parley import parley.jsonl.zst --dry-run\n  ssh old parley export - | parley import - --data /var/lib/parley.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			dry, _ := cmd.Flags().GetBool("dry-run")
			path, _ := cmd.Flags().GetString("data")
			from, err := openSource(cmd, args[0])
			if err != nil {
				return err
			}
			defer from.Close()
			fresh := app.Fresh(path)
			if fresh && dry {
				return importToTemp(cmd, from)
			}
			store, err := app.OpenCurrent(cmd.Context(), path)
			if err != nil {
				return err
			}
			err = importInto(cmd, store, from, path, dry)
			err = errors.Join(err, store.Close())
			if err != nil && fresh { // nothing is in it
				err = errors.Join(err, sqlite.Remove(path))
			}
			return err
		}}
	cmd.Flags().Bool("dry-run", false, "only say what would come")
	cmd.AddCommand(importSlackCommand())
	return cmd
}

// importArgs takes one file; another word before it was meant as a kind of import.
func importArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("there is no import from %q: it is parley import FILE, or parley import slack FILE.zip", args[0])}
	}
	return exactArgs(1)(cmd, args)
}

// importToTemp imports into a data file that nobody sees.
func importToTemp(cmd *cobra.Command, from *source) (err error) {
	dir, err := os.MkdirTemp("", "parley-import-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := sqlite.Open(cmd.Context(), filepath.Join(dir, "parley.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	seen, err := importFile(cmd, store, from)
	if err == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "It would come: %s. Nothing was changed.\n", summary(seen))
	}
	return err
}

func importInto(cmd *cobra.Command, store app.Store, from *source, path string, dry bool) error {
	ctx := cmd.Context()
	vacant, err := store.IsEmpty(ctx)
	switch {
	case err != nil:
		return err
	case vacant && dry:
		return importToTemp(cmd, from)
	case !vacant:
		line, same, err := sameExport(ctx, store, from)
		if err != nil {
			return err
		}
		if !same {
			return fmt.Errorf("%s holds other things (line %d of the export is the first that is not the same); name a new file with --data",
				app.DataName(path), line)
		}
		if !dry {
			err = store.BuildIndex(ctx) // an import before may have been interrupted here
		}
		if err == nil {
			fmt.Fprintf(cmd.OutOrStdout(), "%s holds all of it already. Nothing was changed.\n", app.DataName(path))
		}
		return err
	}
	seen, err := importFile(cmd, store, from)
	if err != nil {
		return err
	}
	if err := indexed(cmd, store); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "It came: %s.\n", summary(seen))
	return nil
}

// importFile imports all of a file, or nothing.
func importFile(cmd *cobra.Command, store app.Store, from *source) (seen archive.Header, err error) {
	var done atomic.Int64
	defer progress(cmd, "Importing", func() (int64, int64) { return done.Load(), from.size })()
	err = store.Import(cmd.Context(), func(put func(archive.Record) error) error {
		return from.read(&done, func(r io.Reader) error {
			return archive.Read(r, func(r archive.Record) error {
				if h, ok := r.(*archive.Header); ok {
					seen = *h
				}
				if err := cmd.Context().Err(); err != nil {
					return err
				}
				return put(r)
			})
		})
	})
	if err != nil {
		return seen, fmt.Errorf("nothing was imported: %w", err)
	}
	return seen, nil
}

// indexed makes everything that came found by search.
func indexed(cmd *cobra.Command, store app.Store) error {
	whole, err := store.IndexLag(cmd.Context())
	if err != nil {
		return err
	}
	defer progress(cmd, "Indexing", func() (int64, int64) {
		left, err := store.IndexLag(cmd.Context())
		if err != nil {
			return 0, 0
		}
		return whole - left, whole
	})()
	return store.BuildIndex(cmd.Context())
}

// countingReader counts the bytes that were read.
type countingReader struct {
	io.Reader
	n *atomic.Int64
}

func (c countingReader) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// summary says what came in words.
func summary(h archive.Header) string {
	all := []string{plural(h.Accounts, "account"), plural(h.Rooms, "room", "rooms and conversations"), plural(h.Messages, "message")}
	if h.Cases > 0 {
		all = append(all, plural(h.Cases, "conversation with a visitor", "conversations with visitors"))
	}
	return strings.Join(append(all, plural(h.Invites, "invite"), plural(h.Settings, "setting")), ", ")
}

// plural is a number of things in words; the plural has an s where none is given.
func plural[N int | int64](n N, one string, plural ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(plural) > 0:
		return fmt.Sprint(n, " ", plural[0])
	}
	return fmt.Sprint(n, " ", one, "s")
}
