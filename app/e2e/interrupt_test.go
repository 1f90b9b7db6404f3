package e2e

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"parley/app/apptest"
)

// begin runs Parley in a process of its own, with a directory for temporary files.
func begin(t *testing.T, temp string, in *os.File, args ...string) (*exec.Cmd, *apptest.Written) {
	t.Helper()
	cmd, out := exec.Command(os.Args[0], args...), &apptest.Written{}
	cmd.Env = append(os.Environ(), "BE_PARLEY=1", "TMPDIR="+temp)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, out
}

// left lists what is in a directory.
func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAnImportThatWaitsIsInterruptedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		dir, temp := t.TempDir(), t.TempDir()
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		cmd, out := begin(t, temp, r, "import", "-", "--data", filepath.Join(dir, "parley.db"))
		if _, err := w.Write(make([]byte, 1<<20)); err != nil { // more than a pipe holds: it reads
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(out.String(), "interrupted") {
			t.Errorf("%v: it ends with %d and says %s", signal, cmd.ProcessState.ExitCode(), out)
		}
		if names := append(left(t, dir), left(t, temp)...); len(names) > 0 {
			t.Errorf("%v: left: %q", signal, names)
		}
	}
}

func TestAPasswordThatDoesNotComeIsWaitedForUntilASignal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd, out := begin(t, t.TempDir(), r, "user", "add", "ada", "--data", filepath.Join(dir, "parley.db"))
	if _, err := io.WriteString(w, "half a pass"); err != nil {
		t.Fatal(err)
	}
	apptest.Within(t, "it reads", func() bool { n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ); return err == nil && n == 0 })
	cmd.Process.Signal(os.Interrupt)
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(out.String(), "interrupted") || len(left(t, dir)) > 0 {
		t.Errorf("it ends with %d: %s", cmd.ProcessState.ExitCode(), out)
	}
}

func TestACopyThatIsInterruptedLeavesNoPart(t *testing.T) {
	t.Parallel()
	dir, temp := t.TempDir(), t.TempDir()
	data, to := filepath.Join(dir, "parley.db"), filepath.Join(t.TempDir(), "to")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Query(t, data, `CREATE TABLE heavy (b BLOB); INSERT INTO heavy SELECT randomblob(1000000)
		FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i FROM n);
		PRAGMA wal_checkpoint(TRUNCATE)`)
	for name, c := range map[string]struct {
		part string
		args []string
	}{
		"backup":  {filepath.Join(to, "copy.db.part"), []string{"backup", filepath.Join(to, "copy.db")}},
		"rotate":  {filepath.Join(to, "parley-backup.part"), []string{"backup", "--to", to}},
		"compact": {data + ".compact", []string{"compact"}},
	} {
		interrupted := false
		for try := 0; try < 10 && !interrupted; try++ {
			os.RemoveAll(to)
			if err := os.Mkdir(to, 0o700); err != nil {
				t.Fatal(err)
			}
			cmd, out := begin(t, temp, nil, append(c.args, "--data", data)...)
			apptest.Within(t, "the copy is begun", func() bool {
				i, err := os.Stat(c.part)
				return err == nil &&
					i.Size() > 0 || out.String() != ""
			})
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			interrupted = cmd.ProcessState.ExitCode() == 1 && strings.Contains(out.String(), "interrupted")
			if _, err := os.Stat(c.part); err == nil {
				t.Fatalf("%s: %s was left; it ended with %d: %s", name, c.part, cmd.ProcessState.ExitCode(), out)
			}
			apptest.Command(t, 0, "", "user", "list", "--data", data)
		}
		if !interrupted {
			t.Errorf("%s was always faster", name)
		}
	}
}

func TestACommandWhoseOutputNobodyReadsIsInterrupted(t *testing.T) {
	t.Parallel()
	temp, data := t.TempDir(), filepath.Join(t.TempDir(), "parley.db")
	s := &apptest.Server{T: t, Data: data}
	s.Run()
	s.Unlimited()
	s.Signup("ada")
	for range 40 {
		s.Says("ada", 1, strings.Repeat("words ", 1500))
	}
	s.Stop()
	for _, what := range []string{"export", "backup"} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cmd := exec.Command(os.Args[0], what, "-", "--data", data)
		cmd.Env, cmd.Stdout = append(os.Environ(), "BE_PARLEY=1", "TMPDIR="+temp), w
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		apptest.Within(t, "the pipe is full", func() bool {
			n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ)
			return err == nil &&
				n >= 1<<16
		})
		cmd.Process.Signal(os.Interrupt)
		if cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || len(left(t, temp)) > 0 {
			t.Errorf("%s ends with %d and leaves %q", what, cmd.ProcessState.ExitCode(), left(t, temp))
		}
		w.Close()
	}
}

// terminal opens both ends of one.
func terminal(t *testing.T) (mine, its *os.File) {
	t.Helper()
	mine, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there are no terminals here:", err)
	}
	t.Cleanup(func() { mine.Close() })
	n, err := unix.IoctlGetInt(int(mine.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(mine.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		its, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skip("there are no terminals here:", err)
	}
	t.Cleanup(func() { its.Close() })
	return mine, its
}

// echoes says whether a terminal shows what is typed.
func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

func TestAnInterruptedPromptLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	for _, end := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
		syscall.SIGALRM, syscall.SIGVTALRM, syscall.SIGXCPU} {
		if signal.Ignored(end) { // this test runs under nohup, and so does what it starts
			continue
		}
		_, its := terminal(t)
		cmd, out := begin(t, t.TempDir(), its, "user", "add", "ada", "--data", filepath.Join(t.TempDir(), "parley.db"))
		apptest.Within(t, "it asks", func() bool { return strings.Contains(out.String(), "New password") && !echoes(t, its) })
		cmd.Process.Signal(end)
		if cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || !echoes(t, its) || strings.Contains(out.String(), "goroutine") {
			t.Errorf("%v: it ends with %d; what is typed is shown: %t; it says %s", end, cmd.ProcessState.ExitCode(), echoes(t, its), out)
		}
	}
}

func TestAPromptEndsWithTheInput(t *testing.T) {
	t.Parallel()
	mine, its := terminal(t)
	dir := t.TempDir()
	cmd, out := begin(t, t.TempDir(), its, "user", "add", "ada", "--data", filepath.Join(dir, "parley.db"))
	apptest.Within(t, "it asks", func() bool { return strings.Contains(out.String(), "New password") && !echoes(t, its) })
	if _, err := io.WriteString(mine, "\x04"); err != nil { // Ctrl+D
		t.Fatal(err)
	}
	cmd.Wait()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(out.String(), "no password was typed") ||
		!echoes(t, its) || len(left(t, dir)) > 0 {
		t.Errorf("it ends with %d and says %s", cmd.ProcessState.ExitCode(), out)
	}
}

func TestACopySaysThatItIsVerified(t *testing.T) {
	t.Parallel()
	mine, its := terminal(t)
	data := filepath.Join(t.TempDir(), "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Query(t, data, `CREATE TABLE heavy (a INTEGER PRIMARY KEY, b TEXT UNIQUE); INSERT INTO heavy SELECT i, hex(randomblob(40))
		FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n)`)
	var shown bytes.Buffer
	read := make(chan struct{})
	go func() { io.Copy(&shown, mine); close(read) }()
	cmd := exec.Command(os.Args[0], "backup", data+".copy", "--data", data)
	cmd.Env, cmd.Stderr = append(os.Environ(), "BE_PARLEY=1"), its
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	its.Close() // the other end ends
	<-read
	if !strings.Contains(shown.String(), "Verifying") || !strings.Contains(shown.String(), "verified.") {
		t.Errorf("it shows %q", shown.String())
	}
}
