package cmd

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"parley/app/chat"
	"parley/app/site"
	"parley/db"
	"parley/db/sqlite"
)

// siteHelp is the part of the help of export that is about the other form.
const siteHelp = `

With --site the same becomes pages for people, in a directory that is new or holds an
older site: they are read from a disk or any web server, with search, and need no
Parley. What was deleted is not in them, nor earlier versions, nor passwords. Only
open rooms are, unless you ask: --private adds private rooms, --direct adds direct
conversations. Whoever gets the directory can read all that is in it.`

// exportSite writes the pages that --site asks for.
func exportSite(cmd *cobra.Command, dir string) error {
	kinds := []chat.RoomKind{chat.Open}
	if private, _ := cmd.Flags().GetBool("private"); private {
		kinds = append(kinds, chat.Private)
	}
	if direct, _ := cmd.Flags().GetBool("direct"); direct {
		kinds = append(kinds, chat.Direct)
	}
	dir = sqlite.Followed(filepath.Clean(dir)) // not the link is replaced
	store, err := openData(cmd)
	if err != nil {
		return err
	}
	var part, whole atomic.Int64
	end := progress(cmd, "Writing", func() (int64, int64) { return part.Load(), whole.Load() })
	var total site.Total
	err = store.Snapshot(cmd.Context(), func(s *db.Snapshot) (err error) {
		total, err = site.Write(cmd.Context(), s, site.Options{Dir: dir, Kinds: kinds, Now: time.Now(), Whole: sqlite.OwnerFor(dir).Tree,
			Progress: func(n, of int64) { part.Store(n); whole.Store(of) }})
		return err
	})
	end()
	if err = errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("no site was written: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s has %s of %s on %s; begin at index.html.\n", dir, plural(total.Messages, "message"),
		plural(total.Rooms, "room"), plural(total.Pages, "page"))
	return nil
}

var _ site.Source = (*db.Snapshot)(nil)
