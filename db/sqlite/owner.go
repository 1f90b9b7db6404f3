package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Owner is whom a new file belongs to, and who may read it.
type Owner struct {
	uid, gid int
	mode     os.FileMode // 0: as it was made
}

// OwnerFor is the owner of a new file at path: that of the file or directory which it
// takes the place of, else that of the directory. An operator works as root, and the
// server, which runs as somebody else, must be able to use what he makes.
func OwnerFor(path string) Owner {
	i, err := os.Stat(path)
	o := Owner{uid: -1, gid: -1}
	if err == nil {
		o.mode = i.Mode().Perm()
	} else if i, err = os.Stat(filepath.Dir(path)); err != nil {
		return o
	}
	if s, ok := i.Sys().(*syscall.Stat_t); ok {
		o.uid, o.gid = int(s.Uid), int(s.Gid)
	}
	return o
}

// Own hands a file that was just made over. Only root can: whoever else makes it keeps
// it, and does not even try, which a service may be ended for. What has another name as well is not new, and is refused.
func (o Owner) Own(f *os.File) error {
	i, err := f.Stat()
	if err != nil {
		return err
	}
	s, ok := i.Sys().(*syscall.Stat_t)
	if !ok || o.uid < 0 {
		return nil
	}
	if i.Mode().IsRegular() && s.Nlink != 1 {
		return &fs.PathError{Op: "chown", Path: f.Name(), Err: errors.New("it has another name, too")}
	}
	same := int(s.Uid) == o.uid && int(s.Gid) == o.gid
	if !same && os.Geteuid() == 0 {
		if err := f.Chown(o.uid, o.gid); err != nil {
			return err
		}
		same = true
	}
	if same && o.mode != 0 && o.mode != i.Mode().Perm() { // who could not be given it gets no rights either
		return f.Chmod(o.mode)
	}
	return nil
}

// Tree hands a directory that was just made over, with all that is in it.
func (o Owner) Tree(dir string) error {
	o.mode = 0
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() && !d.Type().IsRegular() {
			return err
		}
		f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
		if err != nil {
			return err
		}
		return errors.Join(o.Own(f), f.Close())
	})
}

// openOrMake opens a file to write, and makes it when it is not there: then it belongs to
// the owner of the directory.
func openOrMake(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	path = Followed(path)
	owner := OwnerFor(path)
	f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) { // somebody was faster
		return os.OpenFile(path, os.O_RDWR, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if err := owner.Own(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Followed is where a path leads to, also by links to what is not there yet. SQLite
// keeps its logs beside that.
func Followed(path string) string {
	was := path
	for range 40 { // as many as Linux follows
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	if path = resolved(path); path == absolute(was) {
		return was // as it was typed
	}
	return path
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// Remove removes a data file and what lies beside it; a link to it stays.
func Remove(path string) error {
	path = Followed(path)
	for _, beside := range append([]string{""}, logs...) {
		if err := os.Remove(path + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
