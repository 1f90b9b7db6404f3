// Package site writes what was said as pages that need no server: they are opened
// from a disk, and searched there. It knows nothing of SQL or sockets.
//
//	index.html                rooms
//	rooms/7/index.html        the pages of room 7
//	rooms/7/2026-03.html      what was said in a month, a row each, #m-123
//	rooms/7/2026-03-2.html    the rest of it, when that is a lot
//	files/7/pier.jpg          a file, and files/7.jpg: the picture of it that pages show
//	people.html               who spoke or was spoken of, #u-1
//	search.html, search.js    search, over
//	search/index.js           how much there is,
//	search/w0.js …            words, each in one of these, and
//	search/d0.js …            messages, some hundreds in each
//
// A page of messages keeps its name and its rows while the room goes on.
package site

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/app/chat"
	"parley/views"
)

// Source is one state of all that was said.
type Source interface {
	Workspace() (string, error)
	// Rooms lists the rooms of some kinds, in the order in which they are shown.
	Rooms(kinds []chat.RoomKind) ([]chat.Room, error)
	// With lists the people of a conversation.
	With(chat.RoomID) ([]chat.Person, error)
	// Accounts tells all accounts by name.
	Accounts(put func(chat.Account) error) error
	// Log tells the rows of a room in order, but not what was deleted.
	Log(room chat.RoomID, put func(chat.Message) error) error
	// File writes the bytes of a form of a file; false: there is no such form.
	File(id chat.FileID, form chat.Form, to io.Writer) (bool, error)
	// Said tells what was said in rooms of some kinds, in the order in which it was.
	Said(kinds []chat.RoomKind, put func(chat.Message) error) error
}

//go:embed site.css search.js
var assets embed.FS

// marker says that a directory holds nothing but a site, which may be replaced.
const marker = ".parley-site"

// What is beside a site while it is replaced.
const (
	partly = ".part"
	former = ".old"
)

// tops are the names in the directory of a site.
var tops = []string{marker, "index.html", "people.html", "files", "rooms", "search", "search.html", "search.js", "site.css"}

// Options say what is written.
type Options struct {
	Dir      string
	Kinds    []chat.RoomKind
	Now      time.Time
	Progress func(part, whole int64)
	Whole    func(dir string) error // is called with the directory before it gets its name; may be nil
}

// writer is one site while it is written.
type writer struct {
	Options
	ctx       context.Context
	source    Source
	to        string // the directory until it is whole
	workspace string
	rooms     []views.SiteRoom
	place     map[chat.RoomID]int // in rooms
	seen      map[chat.AccountID]int
	part      int64
	whole     int64
}

// Total is what a site holds.
type Total struct{ Rooms, Messages, Pages int }

// Write writes a site into a directory that is new, empty or holds an older one. It
// appears there when it is whole.
func Write(ctx context.Context, from Source, o Options) (t Total, err error) {
	for _, dir := range []string{"", partly, former} {
		if err := replaceable(filepath.Clean(o.Dir) + dir); err != nil {
			return t, err
		}
	}
	w := &writer{Options: o, ctx: ctx, source: from, to: filepath.Clean(o.Dir) + partly, place: map[chat.RoomID]int{},
		seen: map[chat.AccountID]int{}}
	if err := os.RemoveAll(w.to); err != nil {
		return t, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(w.to)
		}
	}()
	for _, dir := range []string{w.to, filepath.Join(w.to, "search")} {
		if err := os.Mkdir(dir, w.mode()); err != nil {
			return t, err
		}
	}
	for _, step := range []func() error{w.assets, w.list, w.logs, w.index, w.people, w.frame} {
		if err := step(); err != nil {
			return t, err
		}
	}
	for _, r := range w.rooms {
		t.Rooms++
		t.Messages += r.Messages
		t.Pages += len(r.Pages)
	}
	return t, w.finish()
}

// mode lets others of the machine read what everybody of the workspace may read, and
// nothing else.
func (w *writer) mode() os.FileMode {
	for _, k := range w.Kinds {
		if k != chat.Open {
			return 0o700
		}
	}
	return 0o755
}

// replaceable refuses a directory that holds anything but an older site.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	other := slices.IndexFunc(entries, func(e os.DirEntry) bool { return !slices.Contains(tops, e.Name()) })
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		other = 0
	}
	if other >= 0 {
		return fmt.Errorf("%s holds other things (%s); name a directory that is new, or one with an older site and nothing else",
			dir, entries[other].Name())
	}
	return nil
}

// finish puts the site in its place; an older one goes.
func (w *writer) finish() error {
	if w.Whole != nil {
		if err := w.Whole(w.to); err != nil {
			return err
		}
	}
	old := filepath.Clean(w.Dir) + former
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(w.Dir, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(w.to, w.Dir); err != nil {
		return errors.Join(err, os.Rename(old, w.Dir))
	}
	return os.RemoveAll(old)
}

// file writes one file of the site.
func (w *writer) file(name string, write func(io.Writer) error) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(w.to, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	return errors.Join(write(b), b.Flush(), f.Close())
}

func (w *writer) assets() error {
	if err := os.WriteFile(filepath.Join(w.to, marker), []byte("parley export --site writes over this directory.\n"), 0o644); err != nil {
		return err
	}
	for _, name := range []string{"site.css", "search.js"} {
		b, err := assets.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(w.to, name), b, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list finds the rooms.
func (w *writer) list() (err error) {
	if w.workspace, err = w.source.Workspace(); err != nil {
		return err
	}
	rooms, err := w.source.Rooms(w.Kinds)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		title := r.Name
		if r.Kind == chat.Direct {
			with, err := w.source.With(r.ID)
			if err != nil {
				return err
			}
			title = chat.Names(with)
		}
		w.place[r.ID] = len(w.rooms)
		w.rooms = append(w.rooms, views.SiteRoom{Room: r, Title: title})
		w.whole += 2 * r.Posts
	}
	return nil
}

func (w *writer) step() {
	if w.part++; w.Progress != nil {
		w.Progress(w.part, w.whole)
	}
}

func (w *writer) page(title, root string) views.SitePage {
	return views.SitePage{Title: title, Workspace: w.workspace, Root: root}
}
