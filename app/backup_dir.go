package app

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"parley/app/chat"
)

// BackupDir refuses a directory that is not there, or into which the server cannot
// write. A command names the data file of the server, which runs as somebody else and
// may see the directory otherwise; "" is this process.
func BackupDir(data string) func(path string) error {
	if Shared(data) {
		return noBackupDir
	}
	return func(path string) error {
		refuse := func(format string, a ...any) error {
			return chat.Invalid(chat.SettingBackupDir, fmt.Sprintf(format, a...))
		}
		i, err := os.Stat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return refuse("There is no directory %s. Make it first, so that the server can write into it.", path)
		case errors.Is(err, fs.ErrPermission):
			return refuse("The directory %s cannot be looked into by the user who runs this.", path)
		case err == nil && !i.IsDir():
			return refuse("%s is no directory.", path)
		}
		who, seen := serverOf(data), path
		if who.pid > 0 {
			seen = filepath.Join("/proc", strconv.Itoa(who.pid), "root", path)
		}
		var disk syscall.Statfs_t
		if err := syscall.Statfs(seen, &disk); err == nil && disk.Flags&readOnlyDisk != 0 {
			return refuse("The server may not write into %s: for it that is read-only. "+
				"In its systemd unit, name the directory in ReadWritePaths=, or use /var/lib/parley/backups.", path)
		}
		if !who.mayWrite(seen) {
			return refuse("The server, which runs as user %d, may not write into %s. Give the directory to it: chown %[1]d %[2]s", who.uid, path)
		}
		return nil
	}
}

// noBackupDir refuses every directory for a workspace that is no file.
func noBackupDir(string) error {
	return chat.Invalid(chat.SettingBackupDir,
		"This workspace is on a PostgreSQL, which is backed up by its own means: see parley backup --help.")
}

// readOnlyDisk is ST_RDONLY of statvfs(3).
const readOnlyDisk = 1

// runner is who serves, or would: the owner of the data file.
type runner struct {
	pid    int // 0: it does not run, or who asks may not know
	uid    int
	groups []int
}

// serverOf finds who serves a data file, as far as this machine tells.
func serverOf(data string) runner {
	self := runner{uid: os.Geteuid()}
	if data == "" {
		return self
	}
	i, err := os.Stat(data)
	s, ok := statOf(i)
	if err != nil || !ok {
		return self
	}
	r := runner{uid: int(s.Uid), groups: []int{int(s.Gid)}}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return r
	}
	// 1: FLOCK  ADVISORY  WRITE 4321 08:01:1234 0 EOF
	for line := range strings.Lines(string(locks)) {
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "FLOCK" || !strings.HasSuffix(f[5], ":"+strconv.FormatUint(s.Ino, 10)) {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil && pid > 0 && hasOpen(pid, i) {
			return identity(pid, r)
		}
	}
	return r
}

// hasOpen says whether a process has a file open.
func hasOpen(pid int, file os.FileInfo) bool {
	open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	return slices.ContainsFunc(open, func(name string) bool {
		i, err := os.Stat(name)
		return err == nil && os.SameFile(i, file)
	})
}

// identity reads whose process that is; what is not told stays as it is.
func identity(pid int, r runner) runner {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return r
	}
	defer f.Close()
	r.pid = pid
	r.groups = nil
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		var ids []int
		for _, word := range strings.Fields(value) {
			if id, err := strconv.Atoi(word); err == nil {
				ids = append(ids, id)
			}
		}
		switch {
		case name == "Uid" && len(ids) > 1:
			r.uid = ids[1] // the effective one
		case name == "Gid" && len(ids) > 1, name == "Groups":
			r.groups = append(r.groups, ids...)
		}
	}
	return r
}

// mayWrite says whether somebody may make files in a directory, after its mode. What
// else decides is asked of the system when it is this process.
func (r runner) mayWrite(dir string) bool {
	if r.uid == os.Geteuid() {
		return syscall.Access(dir, 2|1) == nil
	}
	i, err := os.Stat(dir)
	s, ok := statOf(i)
	if err != nil || !ok || r.uid == 0 {
		return true // it shows when it writes
	}
	mode := i.Mode().Perm()
	switch {
	case int(s.Uid) == r.uid:
		return mode&0o300 == 0o300
	case slices.Contains(r.groups, int(s.Gid)):
		return mode&0o030 == 0o030
	}
	return mode&0o003 == 0o003
}

func statOf(i os.FileInfo) (*syscall.Stat_t, bool) {
	if i == nil {
		return nil, false
	}
	s, ok := i.Sys().(*syscall.Stat_t)
	return s, ok
}
