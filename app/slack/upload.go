package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"parley/app/chat"
)

// Saver stores files as uploads of somebody, until a message has them.
type Saver interface {
	Save(ctx context.Context, who chat.Account, name string, content io.Reader) (chat.File, error)
}

// upload is a file of which the bytes are there.
type upload struct {
	name string // what follows its id where it lies
	path string
	size int64 // as it is said to be
	open func() (io.ReadCloser, error)
}

var fileID = regexp.MustCompile(`^F[0-9A-Z]{7,20}$`)

// uploadAt reads out of where a file lies Slack's id of it and its name: FILEID/NAME,
// FILEID-NAME or FILEID, in whatever folder.
func uploadAt(folder, base string) (id, name string, is bool) {
	if id = path.Base(folder); fileID.MatchString(id) {
		return id, base, true
	}
	id, name, _ = strings.Cut(base, "-")
	return id, name, fileID.MatchString(id)
}

// uploadsIn are those of a directory by Slack's id; the first of two that have one id counts.
// Links are not followed.
func uploadsIn(ctx context.Context, dir *os.Root) (found map[string]upload, err error) {
	found = map[string]upload{}
	err = fs.WalkDir(dir.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || !e.Type().IsRegular() {
			return err
		}
		id, rest, is := uploadAt(path.Dir(name), path.Base(name))
		if _, twice := found[id]; !is || twice {
			return nil
		}
		if len(found) == maxEntries {
			return fmt.Errorf("it has more than %d files", maxEntries)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		found[id] = upload{rest, name, info.Size(), func() (io.ReadCloser, error) { return dir.Open(name) }}
		return nil
	})
	return found, err
}

// openFiles finds what files there are, in the archive and in the directory of Options.
func (in *Import) openFiles(ctx context.Context, dir string) (end func() error, err error) {
	end = func() error { return nil }
	if dir != "" {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return end, fmt.Errorf("the directory of files cannot be read: %w", err)
		}
		end = root.Close
		if in.beside, err = uploadsIn(ctx, root); err != nil {
			return end, fmt.Errorf("the directory of files cannot be read: %w", err)
		}
		if len(in.beside) == 0 {
			return end, fmt.Errorf("there is no file in %s that is called after Slack's id of it, such as %s or %s",
				dir, "F024BERPE/map.png", "F024BERPE-map.png")
		}
	}
	for _, all := range []map[string]upload{in.zip.uploads, in.beside} {
		for _, u := range all {
			in.zip.whole += progressOf(u.size)
		}
	}
	return end, nil
}

// progressOf is how much of the progress of an import a file is: what an archive says of
// sizes may be anything.
func progressOf(size int64) int64 { return max(0, min(size, maxEntry)) }

func (in *Import) hasUploads() bool {
	return in.saver != nil && len(in.zip.uploads)+len(in.beside) > 0
}

// upload finds the bytes of a file.
func (in *Import) upload(id string) (u upload, there bool) {
	if u, there = in.zip.uploads[id]; !there {
		u, there = in.beside[id]
	}
	return u, there && in.saver != nil
}

// content reads a file while it is stored, and remembers why that broke off.
type content struct {
	io.Reader
	ctx context.Context
	err error
}

func (c *content) Read(p []byte) (n int, err error) {
	if err = c.ctx.Err(); err == nil {
		n, err = c.Reader.Read(p)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
