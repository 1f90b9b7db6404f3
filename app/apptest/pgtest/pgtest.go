// Package pgtest starts PostgreSQL for tests: in a directory that goes with it, as a user
// that is not root, on a port of its own. Only tests import it.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// Server is a PostgreSQL that runs, or that was killed.
type Server struct {
	dir, bin string
	port     int
	durable  bool
	cmd      *exec.Cmd
	ended    chan struct{}
}

// shared is the one server of a test binary: the tests have a schema each.
var shared struct {
	sync.Mutex
	server *Server
	err    error
}

// schemas counts those that were made.
var schemas atomic.Int64

// Main runs the tests, and ends the shared server after them. It returns their exit code.
func Main(m interface{ Run() int }) int {
	defer Stop()
	return m.Run()
}

// Stop ends the shared server, if there is one.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.remove()
		shared.server = nil
	}
}

// Schema is the address of an empty schema of its own on the server that all tests of a
// binary share, which does not wait for disks. Without PostgreSQL the test is skipped, or
// fails when CI is true.
func Schema(t testing.TB) string {
	t.Helper()
	return SharedServer(t).Schema(t)
}

// SharedServer is the server that all tests of a binary share; see Schema.
func SharedServer(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = start(false)
	}
	if shared.err != nil {
		lacking(t, shared.err)
	}
	return shared.server
}

// New starts a server of its own, which a test may kill: what it has confirmed is on the disk.
func New(t testing.TB) *Server {
	t.Helper()
	s, err := start(true)
	if err != nil {
		lacking(t, err)
	}
	t.Cleanup(s.remove)
	return s
}

func lacking(t testing.TB, err error) {
	t.Helper()
	if on, _ := strconv.ParseBool(os.Getenv("CI")); on {
		t.Fatal("PostgreSQL is needed where CI is true: ", err)
	}
	t.Skip("without PostgreSQL (Debian's package postgresql): ", err)
}

func start(durable bool) (_ *Server, err error) {
	s := &Server{durable: durable}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "parley-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.remove()
		}
	}()
	if who := credential(); who != nil {
		if err := os.Chown(s.dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	initdb := s.command("initdb", "-D", s.data(), "-A", "trust", "-U", "parley", "-N", "--locale=C.UTF-8", "-E", "UTF8")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return s, s.Start()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// credential is the user who runs PostgreSQL, which refuses to be run by root.
func credential() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + s.bin + ":" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "HOME=" + s.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential(), Setpgid: true}
	return cmd
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Start starts a server that was killed, on the port that it had, and waits until it
// answers. While a process of the one before it still ends, it refuses to.
func (s *Server) Start() error {
	for end := time.Now().Add(30 * time.Second); ; {
		err := s.startOnce()
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

func (s *Server) startOnce() error {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port), "-k", s.dir, "-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=400", "-c", "log_min_messages=fatal", "-c", "shared_buffers=64MB"}
	if !s.durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	begun := make(chan error)
	s.ended = make(chan struct{})
	go func() { // it goes with the thread that started it
		runtime.LockOSThread()
		defer close(s.ended)
		s.cmd = s.command("postgres", args...)
		s.cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
		err := s.cmd.Start()
		begun <- err
		if err == nil {
			s.cmd.Wait()
		}
	}()
	if err := <-begun; err != nil {
		return err
	}
	return s.wait()
}

// wait waits until the server takes questions.
func (s *Server) wait() error {
	d, err := sql.Open("pgx", s.Address())
	if err != nil {
		return err
	}
	defer d.Close()
	for end := time.Now().Add(2 * time.Minute); ; {
		err := d.PingContext(context.Background())
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("it ended at once: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			return err
		}
	}
}

// Kill ends the server without a warning, all of its processes.
func (s *Server) Kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	pid := s.cmd.Process.Pid
	children := childrenOf(pid) // each is the leader of a session of its own
	syscall.Kill(pid, syscall.SIGKILL)
	for _, child := range children {
		syscall.Kill(child, syscall.SIGKILL)
	}
	<-s.ended
}

// childrenOf are the processes that a process began.
func childrenOf(pid int) (list []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		var id, parent int
		var state string
		if _, rest, ok := strings.Cut(string(text), ") "); ok {
			fmt.Sscan(rest, &state, &parent)
			fmt.Sscan(string(text), &id)
		}
		if parent == pid {
			list = append(list, id)
		}
	}
	return list
}

// remove ends the server, and what it stored.
func (s *Server) remove() {
	if s.ended != nil {
		s.Kill()
	}
	for range 50 { // its last processes may still write
		if os.RemoveAll(s.dir) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Address is that of its database for who may do everything.
func (s *Server) Address() string {
	return fmt.Sprintf("postgres://parley@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// Port is where it listens on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// Schema makes an empty schema, and is its address.
func (s *Server) Schema(t testing.TB) string {
	t.Helper()
	name := fmt.Sprint("t", schemas.Add(1))
	Query(t, s.Address(), "CREATE SCHEMA "+name)
	return s.Address() + "&search_path=" + name
}

// Query runs statements as another program would.
func Query(t testing.TB, address, text string) {
	t.Helper()
	d, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}
