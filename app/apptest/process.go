package apptest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"parley/app"
	"parley/app/apptest/pgtest"
	"parley/app/cmd"
)

// RunTests lets the test binary be Parley itself, so that tests can kill it. It returns
// the exit code of the tests.
func RunTests(m *testing.M) int {
	if os.Getenv("BE_PARLEY") != "" {
		os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	return pgtest.Main(m)
}

// Process is Parley in a process of its own.
type Process struct {
	Server
	Cmd     *exec.Cmd
	wrapper []string // a command that runs the server, like strace
	flags   []string
}

// SpawnBeside starts a process on a workspace that is there, with more flags.
func SpawnBeside(s *Server, flags ...string) *Process {
	s.T.Helper()
	p := &Process{Server: Server{T: s.T, Data: s.Data}, flags: flags}
	p.start("127.0.0.1:0")
	s.T.Cleanup(p.Kill)
	return p
}

// Spawn starts a process on a new file, with the rates off.
func Spawn(t testing.TB, wrapper ...string) *Process {
	t.Helper()
	p := &Process{Server: Server{T: t, Data: NewData(t)}, wrapper: wrapper}
	p.setup()
	p.start("127.0.0.1:0")
	t.Cleanup(p.Kill)
	return p
}

// setup makes the file, and takes the rates off it.
func (p *Process) setup() {
	p.T.Helper()
	s := &Server{T: p.T, Data: p.Data}
	s.Run()
	s.Unlimited()
	s.Stop()
	if app.Shared(p.Data) {
		return
	}
	b, err := os.ReadFile(p.Data)
	if err == nil {
		err = os.WriteFile(p.Data+".before", b, 0o600) // for who traces what comes next
	}
	if err != nil {
		p.T.Fatal(err)
	}
}

// start runs the process and waits until it is ready.
func (p *Process) start(listen string) {
	p.T.Helper()
	args := append(append([]string(nil), p.wrapper...), os.Args[0], "serve", "--data", p.Data, "--listen", listen, "--log-level", "error")
	args = append(args, p.flags...)
	p.Cmd = exec.Command(args[0], args[1:]...)
	p.Cmd.Env = append(os.Environ(), "BE_PARLEY=1")
	p.Cmd.Stderr = os.Stderr
	p.Cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := p.Cmd.StdoutPipe()
	if err != nil {
		p.T.Fatal(err)
	}
	if err := p.Cmd.Start(); err != nil {
		p.T.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, base, ok := strings.Cut(strings.TrimSpace(line), "open ")
	if err != nil || !ok {
		p.T.Fatalf("the server said %q, %v", line, err)
	}
	if p.Base == "" { // who writes meanwhile reads it: it stays the same
		p.Base = base
	}
}

// Kill ends the process, and what wraps it, without a warning.
func (p *Process) Kill() {
	if p.Cmd == nil {
		return
	}
	syscall.Kill(-p.Cmd.Process.Pid, syscall.SIGKILL)
	p.Cmd.Wait()
	p.Cmd = nil
}

// Restart runs it again at the same address.
func (p *Process) Restart() {
	p.T.Helper()
	p.Kill()
	p.start(strings.TrimPrefix(p.Base, "http://"))
}

// Command runs the command line and answers with what it prints.
func Command(t *testing.T, code int, in string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := cmd.Main(args, strings.NewReader(in), &out, &errs); got != code {
		t.Fatalf("parley %q ends with %d, want %d\n%s%s", args, got, code, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

// Query runs statements as another program would.
func Query(t *testing.T, path, text string) {
	t.Helper()
	if app.Shared(path) {
		pgtest.Query(t, path, text)
		return
	}
	d, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}
