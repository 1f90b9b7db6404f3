package cmd

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/archive"
	"parley/app/auth"
	"parley/app/bus"
	"parley/app/chat"
)

// linkList is the file of --links, made before anything comes; nil: none is wanted.
type linkList struct {
	path, base string
	file       *os.File // nil with --dry-run
	store      app.Store
	auth       *auth.Auth
}

func newLinkList(cmd *cobra.Command, store app.Store) (*linkList, error) {
	path, _ := cmd.Flags().GetString("links")
	if path == "" {
		return nil, nil
	}
	events, limits := bus.NewLocal(), chat.NewLimits(nil)
	t := operator{chat.New(store, events, limits, nil), auth.New(store, events, limits, nil)}
	base, err := link(cmd.Context(), cmd, t, "/reset/")
	if err != nil {
		return nil, err
	}
	l := &linkList{path: path, base: base, store: store, auth: t.auth}
	if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return nil, l.taken(err)
		}
		return l, nil
	}
	if l.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, l.taken(err)
	}
	return l, nil
}

func (l *linkList) taken(err error) error {
	if err == nil || errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--links: %s is there already, and may hold links that people still need; name another file", l.path)
	}
	return fmt.Errorf("--links: %w", err)
}

// write makes a link for everybody who came and has no password yet.
func (l *linkList) write(ctx context.Context, report *archive.Report) error {
	if l == nil {
		return nil
	}
	var waiting []archive.ImportedPerson
	for _, p := range report.People {
		switch _, hash, err := l.store.Password(ctx, p.Account.Username); {
		case errors.Is(err, chat.ErrNotFound): // deactivated here since
		case err != nil:
			return err
		case hash == "":
			waiting = append(waiting, p)
		}
	}
	if l.file == nil {
		report.AddNote("Links to choose a password would be in %s, for %s.", l.path, plural(len(waiting), "person", "people"))
		return nil
	}
	w := csv.NewWriter(l.file)
	err := w.Write([]string{"name", "mail", "link"})
	for _, p := range waiting {
		if err != nil {
			break
		}
		var token string
		if token, err = l.auth.CreateReset(ctx, chat.Operator, p.Account); err == nil {
			err = w.Write([]string{cell(p.Account.Name), cell(p.Mail), l.base + token})
		}
	}
	w.Flush()
	if err = errors.Join(err, w.Error(), l.file.Sync()); err != nil {
		return fmt.Errorf("all came, but not the links of --links: %w", err)
	}
	report.AddNote("Links to choose a password are in %s, for %s. They end after a day.", l.path, plural(len(waiting), "person", "people"))
	return nil
}

// close ends the file; one of an import that failed goes.
func (l *linkList) close(failed error) error {
	if l == nil || l.file == nil {
		return nil
	}
	err := l.file.Close()
	if failed != nil {
		err = errors.Join(err, os.Remove(l.path))
	}
	return err
}

// cell is a text that a program for tables takes for no formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
