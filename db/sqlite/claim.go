package sqlite

import (
	"errors"
	"fmt"
	"syscall"
)

// Claim reserves a data file for one serving process, until release is called or
// the process ends in whatever way. Commands beside the server need no claim.
// Call release only after Close: closing any descriptor of the file would drop
// the locks that SQLite holds on it.
func Claim(path string) (release func() error, err error) {
	f, err := openOrMake(path)
	if err != nil {
		return nil, fmt.Errorf("the data file cannot be opened: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s cannot be locked, without which two servers could use it: %w", path, err)
		}
		return nil, fmt.Errorf("another Parley serves %s already; stop it first, or name another file with --data", path)
	}
	return f.Close, nil
}
