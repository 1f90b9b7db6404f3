package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/chat"
	"parley/db"
)

func checkCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "check", Short: "Look whether the data file is as it should be", Args: atMostArgs(0),
		Long: `Look whether the data file is as it should be, also while the server runs: the file
itself, its references, every count that is kept (posts, people, replies, mentions),
that no message shares its number with another and none is missing, and the index of
search against each message. What is wrong is said in words, with what helps, and the
exit code is 1. A damaged file, and the log beside it, stay as they are.`,
		Example: "  parley check --data /var/lib/parley.db\n  parley check --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, _ := cmd.Flags().GetString("data")
			r, err := checkFile(cmd, path)
			if err != nil {
				return err
			}
			asJSON, _ := cmd.Flags().GetBool("json")
			if err := printReport(cmd.OutOrStdout(), app.DataName(path), r, asJSON); err != nil {
				return err
			}
			repair, _ := cmd.Flags().GetBool("repair")
			switch {
			case len(r.Problems) == 0:
				return nil
			case !repair:
				return errors.New("something is wrong with the data file")
			}
			return repairFile(cmd, path)
		}}
	cmd.Flags().Bool("json", false, "print one JSON object")
	cmd.Flags().Bool("repair", false, "count anew what is counted, and make the index of search anew, when something is wrong")
	return cmd
}

// checkFile looks, and tells meanwhile how far it is.
func checkFile(cmd *cobra.Command, path string) (db.Report, error) {
	var part atomic.Int64
	defer progress(cmd, "Checking", func() (int64, int64) { return part.Load(), 100 })()
	return app.Check(cmd.Context(), path, part.Store)
}

func printReport(w io.Writer, path string, r db.Report, asJSON bool) error {
	if asJSON {
		if r.Problems == nil {
			r.Problems = []db.Problem{}
		}
		return json.NewEncoder(w).Encode(r)
	}
	if r.Unfinished != "" {
		fmt.Fprintln(w, chat.Unfinished(r.Unfinished))
	}
	if r.Older && len(r.Problems) == 0 {
		_, err := fmt.Fprintf(w, "%s is of format %d, older than this Parley's, and has %s. The file itself is as it should be. "+
			"What it counts, and search: not checked, upgraded at start.\n", path, r.Format, plural(r.Messages, "message"))
		return err
	}
	if len(r.Problems) == 0 {
		_, err := fmt.Fprintf(w, "%s is as it should be: format %d, %s and %s.\n", path, r.Format,
			plural(r.Messages, "message"), plural(r.Files, "file"))
		return err
	}
	fmt.Fprintf(w, "%s is not as it should be:\n", path)
	var err error
	for rest := r.Problems; len(rest) > 0; {
		advice, n := rest[0].Advice, 0
		for n < len(rest) && rest[n].Advice == advice {
			if n < details {
				fmt.Fprintln(w, "-", rest[n].What)
			}
			n++
		}
		if n > details {
			fmt.Fprintf(w, "- and %d more\n", n-details)
		}
		_, err = fmt.Fprintln(w, advice)
		rest = rest[n:]
	}
	return err
}

// details is how many of one kind of problem are printed for people.
const details = 5

// repairFile mends what can be made anew, and looks again.
func repairFile(cmd *cobra.Command, path string) error {
	store, err := app.OpenExisting(cmd.Context(), path)
	if err != nil {
		return err
	}
	err = errors.Join(store.Repair(cmd.Context()), store.Close())
	if err != nil {
		return err
	}
	r, err := checkFile(cmd, path)
	if err != nil {
		return err
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("%s, still. %s", r.Problems[0].What, r.Problems[0].Advice)
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "It is repaired.")
	return nil
}
