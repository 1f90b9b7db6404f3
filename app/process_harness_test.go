package app

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// runTests lets the test binary be Parley itself, so that tests can kill it. It returns
// the exit code of the tests.
func runTests(m *testing.M) int {
	if os.Getenv("BE_PARLEY") != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	return m.Run()
}

// process is Parley in a process of its own.
type process struct {
	server
	cmd     *exec.Cmd
	wrapper []string // a command that runs the server, like strace
}

// spawn starts a process on a new file, with the rates off.
func spawn(t testing.TB, wrapper ...string) *process {
	t.Helper()
	p := &process{server: server{t: t, data: filepath.Join(t.TempDir(), "parley.db")}, wrapper: wrapper}
	p.setup()
	p.start("127.0.0.1:0")
	t.Cleanup(p.kill)
	return p
}

// setup makes the file, and takes the rates off it.
func (p *process) setup() {
	p.t.Helper()
	s := &server{t: p.t, data: p.data}
	s.run()
	s.unlimited()
	s.stop()
	b, err := os.ReadFile(p.data)
	if err == nil {
		err = os.WriteFile(p.data+".before", b, 0o600) // for who traces what comes next
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// start runs the process and waits until it is ready.
func (p *process) start(listen string) {
	p.t.Helper()
	args := append(append([]string(nil), p.wrapper...), os.Args[0], "serve", "--data", p.data, "--listen", listen, "--log-level", "error")
	p.cmd = exec.Command(args[0], args[1:]...)
	p.cmd.Env = append(os.Environ(), "BE_PARLEY=1")
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, base, ok := strings.Cut(strings.TrimSpace(line), "open ")
	if err != nil || !ok {
		p.t.Fatalf("the server said %q, %v", line, err)
	}
	if p.base == "" { // who writes meanwhile reads it: it stays the same
		p.base = base
	}
}

// kill ends the process, and what wraps it, without a warning.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	p.cmd.Wait()
	p.cmd = nil
}

// restart runs it again at the same address.
func (p *process) restart() {
	p.t.Helper()
	p.kill()
	p.start(strings.TrimPrefix(p.base, "http://"))
}

// command runs the command line and answers with what it prints.
func command(t *testing.T, code int, in string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := Main(args, strings.NewReader(in), &out, &errs); got != code {
		t.Fatalf("parley %q ends with %d, want %d\n%s%s", args, got, code, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

// query runs statements as another program would.
func query(t *testing.T, path, text string) {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}
