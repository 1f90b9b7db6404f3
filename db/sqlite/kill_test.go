package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

var rounds = flag.Int("rounds", few, "how often a process is killed, and a backup made under load; README names the large run")

// few is how often by default: under the race detector all of it takes ten times as long.
var few = func() int {
	if b, _ := debug.ReadBuildInfo(); slices.Contains(b.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 1
	}
	return 4
}()

// TestMain lets the test binary do one thing, so that tests can kill it.
func TestMain(m *testing.M) {
	do := os.Getenv("DB_DO")
	if do == "" {
		os.Exit(m.Run())
	}
	from, to := os.Getenv("DB_FROM"), os.Getenv("DB_TO")
	fmt.Println("begun")
	var err error
	switch do {
	case "open":
		var d *DB
		if d, err = Open(context.Background(), from); err == nil {
			err = d.Close()
		}
	case "backup":
		err = Backup(context.Background(), from, to)
	case "restore":
		_, err = Restore(context.Background(), from, to, noon)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// killed has another process do something and kills it after a while, counted from
// when it begins; never: 0. It answers with how long it took; ended: it was done.
func killed(t testing.TB, do, from, to string, after time.Duration) (took time.Duration, ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DB_DO="+do, "DB_FROM="+from, "DB_TO="+to)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal("it did not begin: ", err, errs.String())
	}
	began := time.Now()
	if after > 0 {
		timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
		defer timer.Stop()
	}
	err = cmd.Wait()
	if err != nil && cmd.ProcessState.Exited() {
		t.Fatal(do, " failed: ", errs.String())
	}
	return time.Since(began), err == nil
}

// moments are times within which something is killed: most while it runs.
func moments(t testing.TB, whole time.Duration) func(yield func(int, time.Duration) bool) {
	return func(yield func(int, time.Duration) bool) {
		for n := range *rounds {
			if t.Failed() || !yield(n, 1+time.Duration(rand.Float64()*1.1*float64(whole))) {
				return
			}
		}
	}
}

// version is the format of a file as it is, without opening it as ours.
func (f *file) version(path string) (n int) {
	f.Helper()
	d, err := openAs(f.Context(), path, rw)
	f.ok(err)
	f.ok(d.QueryRow("PRAGMA user_version").Scan(&n))
	f.ok(d.Close())
	return n
}

func TestAnUpgradeThatIsKilledLeavesTheOldFileOrTheNewOne(t *testing.T) {
	var left []int
	for name, source := range map[string]func(*file){
		"a file of format 6": func(f *file) { f.unpack("testdata/format6.db.gz") },
		"a file of format 1": func(f *file) { f.old(5000) },
	} {
		model := &file{TB: t, path: filepath.Join(t.TempDir(), "model.db")}
		source(model)
		was, before := model.bytes(), model.version(model.path)
		f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
		f.ok(os.WriteFile(f.path, was, 0o600))
		whole, _ := killed(t, "open", f.path, "", 0)
		want := f.opened()
		for n, after := range moments(t, whole) {
			f.path = filepath.Join(t.TempDir(), "parley.db")
			f.ok(os.WriteFile(f.path, was, 0o600))
			killed(t, "open", f.path, "", after)
			now := f.version(f.path)
			left = append(left, now)
			aside := fmt.Sprintf("%s.v%d", f.path, before)
			if exists(aside) && f.version(aside) != before || !exists(aside) && now > before {
				t.Errorf("%s, killed the %d. time after %v, has format %d; its copy is there: %v", name, n, after, now, exists(aside))
			}
			if exists(aside) {
				f.ok(verify(t.Context(), aside))
			}
			if got := f.opened(); got != want {
				t.Errorf("%s, killed after %v, holds\n%s\nand should hold\n%s", name, after, got, want)
			}
			if exists(aside + ".part") {
				t.Error("half a copy is left:", aside)
			}
		}
	}
	t.Log("formats that were left:", left)
}

// opened upgrades a file as a start does, and answers with what it holds.
func (f *file) opened() string {
	f.Helper()
	f.DB = f.open()
	f.indexNow(f.Context())
	if p := f.check(); len(p) > 0 || f.number("PRAGMA user_version") != Version() {
		f.Error("not as it should be:", p)
	}
	all := f.listing()
	f.ok(f.DB.Close())
	return all
}

func TestABackupThatIsKilledIsNone(t *testing.T) {
	f := filled(t, fillSize{messages: 3000, rooms: 10, people: 20})
	f.ok(f.Close())
	to := filepath.Join(t.TempDir(), "copy.db")
	whole, _ := killed(t, "backup", f.path, to, 0)
	was, err := os.ReadFile(to)
	f.ok(err)
	made := 0
	for _, after := range moments(t, whole) {
		to := filepath.Join(t.TempDir(), "copy.db")
		_, ended := killed(t, "backup", f.path, to, after)
		if now, err := os.ReadFile(to); err == nil {
			made++
			if !bytes.Equal(was, now) {
				t.Errorf("killed after %v there is a backup that is not whole", after)
			}
		} else if ended {
			t.Error("it was done, and there is none:", err)
		}
		f.ok(Backup(t.Context(), f.path, to)) // what was left behind is in nobody's way
		if left, _ := filepath.Glob(to + "?*"); len(left) > 0 {
			t.Error("left behind:", left)
		}
	}
	if p := f.check(); len(p) > 0 {
		t.Error("the data file suffered:", p)
	}
	t.Logf("%d of %d were made, in %v each", made, *rounds, whole)
}

func TestARestoreThatIsKilledLeavesTheOldFileOrTheNewOne(t *testing.T) {
	const then = 3000
	f := filled(t, fillSize{messages: then, rooms: 10, people: 20})
	backup := filepath.Join(t.TempDir(), "copy.db")
	f.ok(Backup(t.Context(), f.path, backup))
	f.says(1, 1, "now")
	crashed := map[string][]byte{}
	for _, beside := range []string{"", "-wal"} { // with the last in the log still
		b, err := os.ReadFile(f.path + beside)
		f.ok(err)
		crashed[beside] = b
	}
	f.ok(f.Close())
	lay := func() (path string) {
		path = filepath.Join(t.TempDir(), "parley.db")
		for beside, b := range crashed {
			f.ok(os.WriteFile(path+beside, b, 0o600))
		}
		return path
	}
	whole, _ := killed(t, "restore", backup, lay(), 0)
	restored := 0
	for _, after := range moments(t, whole) {
		path := lay()
		killed(t, "restore", backup, path, after)
		kept := path + ".before-20260301T120000Z"
		switch n := countSaid(t, path); n {
		case then:
			restored++
			if n := countSaid(t, kept); n != then+1 {
				t.Errorf("killed after %v: what was there before has %d messages", after, n)
			}
		case then + 1:
		default:
			t.Errorf("killed after %v the file has %d messages", after, n)
		}
		if _, err := Restore(t.Context(), backup, path, noon.Add(time.Hour)); err != nil || countSaid(t, path) != then {
			t.Error("the second attempt:", err)
		}
	}
	t.Logf("%d of %d were restored, in %v each", restored, *rounds, whole)
}

// countSaid opens a file as a server does and counts what was said in it; a copy of
// it, so that the file stays as it is.
func countSaid(t testing.TB, path string) int {
	t.Helper()
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "copy.db")}
	for _, beside := range []string{"", "-wal"} {
		from, err := os.Open(path + beside)
		if os.IsNotExist(err) && beside != "" {
			continue
		}
		f.ok(err)
		to, err := os.Create(f.path + beside)
		f.ok(err)
		_, err = io.Copy(to, from)
		f.ok(err)
		f.ok(to.Close())
		f.ok(from.Close())
	}
	f.DB = f.open()
	defer f.Close()
	if p := f.check(); len(p) > 0 {
		t.Error("not as it should be:", p)
	}
	return f.number("SELECT count(*) FROM messages WHERE kind = 0")
}
