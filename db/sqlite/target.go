package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// logs are the ends of the names of what SQLite keeps beside a file in use.
var logs = []string{"-wal", "-shm", "-journal"}

// Target is where the command (backup, export) may write what it makes of the data
// file at path, when it is told to write to: the file that a link leads to. It
// refuses the data file and what lies beside it, what a running Parley uses, what is
// no regular file, and what holds anything that begins otherwise than mine knows.
func Target(path, to, command string, mine func(begin []byte) bool) (string, error) {
	to = Followed(to)
	there, err := os.Stat(to)
	switch {
	case err == nil && there.IsDir():
		return "", fmt.Errorf("%s is a directory; name a file in it", to)
	case err == nil && !there.Mode().IsRegular():
		return "", fmt.Errorf("%s is no regular file; let standard output go there: parley %s - > %[1]s", to, command)
	case err != nil && exists(to):
		return "", fmt.Errorf("%s is a link that leads nowhere: %w", to, err)
	}
	if err := checkApart(path, to); err != nil {
		return "", err
	}
	if there == nil || there.Size() == 0 {
		return to, nil
	}
	begin, err := headerOf(to)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	if !mine(begin) {
		return "", fmt.Errorf("%s holds something else than what parley %s writes; it was left as it is. "+
			"Name another file, or remove it first", to, command)
	}
	return to, nil
}

// checkApart refuses to write to a file that is in use, or belongs to one that is.
func checkApart(path, to string) error {
	path = resolved(path) // SQLite keeps its logs beside that
	for _, name := range []string{to, to + ".part"} {
		for _, beside := range append(logs, "") {
			switch {
			case sameFile(name, path+beside) && beside == "":
				return fmt.Errorf("%s is the data file itself; name another file", name)
			case sameFile(name, path+beside):
				return fmt.Errorf("%s belongs to the data file %s; name another file", name, path)
			}
			if base, ok := strings.CutSuffix(name, beside); ok && beside != "" && exists(base) {
				return fmt.Errorf("%s belongs to the file %s; name another", name, base)
			}
		}
	}
	if IsServed(to) {
		return fmt.Errorf("a running Parley uses %s; name another file", to)
	}
	if log := logOf(to); log != "" {
		return fmt.Errorf("%s is in use, or was not closed: %s lies beside it; name another file", to, log)
	}
	return nil
}

// sameFile says whether two names are one file, or would be if there were one.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, missing := os.Stat(b)
	if err == nil && missing == nil {
		return os.SameFile(one, other)
	}
	return resolved(a) == resolved(b)
}

// resolved is a path without links, as far as there are files.
func resolved(path string) string {
	for rest := ""; ; {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path, err = filepath.Abs(filepath.Join(real, rest))
			if err != nil {
				return real
			}
			return path
		}
		dir := filepath.Dir(path)
		if dir == path {
			return filepath.Join(path, rest)
		}
		path, rest = dir, filepath.Join(filepath.Base(path), rest)
	}
}

// IsServed says whether a running server has claimed a file; see Claim. The file must
// not be one that this process has open.
func IsServed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// logOf is a log beside a file: it would be applied to whatever takes the file's
// place. "" when there is none.
func logOf(path string) string {
	for _, beside := range []string{"-wal", "-journal"} {
		if exists(path + beside) {
			return path + beside
		}
	}
	return ""
}
