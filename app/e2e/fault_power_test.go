package e2e

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
	"parley/db/sqlite"
)

// The write and fsync calls of the real server are traced. At each moment at which
// a message was acknowledged, the files are rebuilt with only what had been synced
// by then, as after a loss of power, and must hold the message.
func TestNothingAcknowledgedIsLostToALossOfPower(t *testing.T) {
	apptest.NeedsFile(t)
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is missing")
		}
		t.Skip("strace is missing")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	p := apptest.Spawn(t, "strace", "-f", "-qq", "-xx", "-s", "70000", "-o", trace, "--seccomp-bpf",
		"-e", "trace=open,openat,close,write,writev,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat")
	ada := p.Signup("ada")
	var wg sync.WaitGroup
	for w := range 4 {
		b := *ada
		send := b.Send
		if w%2 == 1 {
			send = b.SendLive
		}
		wg.Go(func() {
			for i := range 15 {
				if send(1, fmt.Sprintf("p%d-%d", w, i), fmt.Sprintf("message %d of %d", i, w)) == "" {
					t.Error("a message was refused")
				}
			}
		})
	}
	wg.Wait()
	for range 3 {
		ada.Get("/healthz") // by now the last answer is in the trace
	}
	killWrapped(p)
	d := newDisk(p.Data)
	checked := 0
	d.acked = func(id chat.MessageID) {
		checked++
		mustHold(t, d, id)
	}
	d.replay(t, trace)
	t.Logf("%d moments of acknowledgement, %d syncs", checked, d.syncs)
	if checked != 60 || d.syncs == 0 {
		t.Errorf("%d acknowledgements and %d syncs were found in the trace", checked, d.syncs)
	}
}

// killWrapped kills the server and lets what traces it write down the rest.
func killWrapped(p *apptest.Process) {
	p.T.Helper()
	pid := p.Cmd.Process.Pid
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	child, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || child == 0 {
		p.T.Fatal("the traced process was not found:", err)
	}
	syscall.Kill(child, syscall.SIGKILL)
	p.Cmd.Wait()
	p.Cmd = nil
}

// mustHold opens the files as a loss of power would leave them now.
func mustHold(t *testing.T, d *disk, id chat.MessageID) {
	t.Helper()
	dir := t.TempDir()
	for name, f := range d.files {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), f.synced, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), apptest.Longest)
	defer cancel()
	store, err := sqlite.Open(ctx, filepath.Join(dir, filepath.Base(d.path)))
	if err != nil {
		t.Fatalf("after a loss of power at message %d: %v", id, err)
	}
	defer store.Close()
	if m, err := store.Message(ctx, id); err != nil || m.Body == "" {
		t.Errorf("message %d was acknowledged and is lost: %v", id, err)
	}
}

// disk replays what a process did to a data file and its companions.
type disk struct {
	path  string
	files map[string]*file
	open  map[string]string // descriptor → path
	begun map[string]string // thread → call that did not end yet
	syncs int
	acked func(chat.MessageID)
}

// file is what a process wrote, and what of it is certain.
type file struct{ written, synced []byte }

// newDisk begins with the file as it was before the process.
func newDisk(path string) *disk {
	return &disk{path: path, files: map[string]*file{}, open: map[string]string{}, begun: map[string]string{}}
}

var (
	traced  = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (-?\d+)`)
	partly  = regexp.MustCompile(`^(\d+) +(\w+\(.*) <unfinished \.\.\.>`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)$`)
	quoted  = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	ackText = regexp.MustCompile(`#m-(\d+)\r\n|"sent":"[\w-]+","id":(\d+)}`) // to a form, and over a socket
)

func (d *disk) replay(t *testing.T, trace string) {
	t.Helper()
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		line = strings.TrimRight(line, "\n")
		if m := partly.FindStringSubmatch(line); m != nil {
			d.begun[m[1]] = m[2]
			d.acknowledges(m[2]) // the answer may be on its way before the call ends
			continue
		}
		if m := resumed.FindStringSubmatch(line); m != nil {
			line = m[1] + " " + d.begun[m[1]] + m[2]
			delete(d.begun, m[1])
		} else if m := traced.FindStringSubmatch(line); m != nil {
			d.acknowledges(m[2] + "(" + m[3])
		}
		if m := traced.FindStringSubmatch(line); m != nil {
			d.call(m[2], m[3], m[4])
		}
		if err != nil {
			return
		}
	}
}

// acknowledges looks for an answer in a write to a socket.
func (d *disk) acknowledges(call string) {
	if name, args, _ := strings.Cut(call, "("); name == "write" || name == "writev" {
		fd, _, _ := strings.Cut(args, ",")
		if m := ackText.FindSubmatch(texts(args)); m != nil && d.open[fd] == "" {
			id, _ := strconv.ParseInt(string(m[1])+string(m[2]), 10, 64)
			d.acked(chat.MessageID(id))
		}
	}
}

// call does what a call that ended did.
func (d *disk) call(name, args, result string) {
	fd, _, _ := strings.Cut(args, ",")
	f := d.files[d.open[fd]]
	switch name {
	case "open", "openat":
		path := string(text(args))
		delete(d.open, result)
		if result[0] == '-' || !strings.HasPrefix(path, d.path) || strings.HasSuffix(path, "-shm") {
			return
		}
		d.open[result] = path
		if d.files[path] == nil {
			d.files[path] = d.found(path)
		}
	case "close":
		delete(d.open, fd)
	case "pwrite64":
		if f != nil {
			at, _ := strconv.Atoi(args[strings.LastIndex(args, ", ")+2:])
			f.write(text(args), at)
		}
	case "ftruncate":
		if f != nil {
			n, _ := strconv.Atoi(args[strings.LastIndex(args, ", ")+2:])
			f.written = append(f.written[:min(n, len(f.written))], make([]byte, max(0, n-len(f.written)))...)
		}
	case "fsync", "fdatasync":
		if f != nil {
			f.synced = append([]byte(nil), f.written...)
			d.syncs++
		}
	case "unlink", "unlinkat":
		maps.DeleteFunc(d.files, func(path string, _ *file) bool { return path == string(text(args)) })
	}
}

// found is a file that was there before the trace began: the copy that the test
// made of it then.
func (d *disk) found(path string) *file {
	was, err := os.ReadFile(path + ".before")
	if err != nil {
		return &file{}
	}
	return &file{written: was, synced: append([]byte(nil), was...)}
}

func (f *file) write(p []byte, at int) {
	if grow := at + len(p) - len(f.written); grow > 0 {
		f.written = append(f.written, make([]byte, grow)...)
	}
	copy(f.written[at:], p)
}

// texts are all strings among the arguments of a call.
func texts(args string) (all []byte) {
	for _, m := range quoted.FindAllStringSubmatch(args, -1) {
		b, _ := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
		all = append(all, b...)
	}
	return all
}

// text is the first string among the arguments of a call.
func text(args string) []byte {
	m := quoted.FindStringSubmatch(args)
	if m == nil {
		return nil
	}
	b, _ := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
	return b
}
