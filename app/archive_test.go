package app

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAWorkspaceMovesByExportAndImport(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	bea := s.signup("bea")
	ada.post("/rooms/1/messages", "cid", "one", "body", "the lighthouse @bea").want(t, 303)
	bea.post("/messages/2/reactions", "e", ":tada:").want(t, 303)
	dir := t.TempDir()
	file, data := filepath.Join(dir, "all.jsonl"), filepath.Join(dir, "new.db")
	command(t, 0, "", "export", file, "--data", s.data)
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Error("others may read the hashes:", i.Mode(), err)
	}
	if out := command(t, 0, "", "import", file, "--data", data, "--dry-run"); !strings.Contains(out, "It would come: 2 accounts, 1 room,") {
		t.Error("a dry run says", out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a dry run made the data file")
	}
	if out := command(t, 0, "", "import", file, "--data", data); !strings.Contains(out, "It came: 2 accounts, 1 room,") {
		t.Error("the import says", out)
	}
	for _, args := range [][]string{nil, {"--dry-run"}} {
		if out := command(t, 0, "", append([]string{"import", file, "--data", data}, args...)...); !strings.Contains(out, "Nothing was changed") {
			t.Error("the second import says", out)
		}
	}
	again := command(t, 0, "", "export", "-", "--data", data)
	if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(again, string(b)) {
		t.Errorf("it was\n%s\nand is\n%s", b, again)
	}
	if bare := command(t, 0, "", "export", "-", "--without-passwords", "--data", data); strings.Contains(bare, "argon2id") ||
		!strings.Contains(again, "argon2id") {
		t.Error("hashes without passwords, or none with them")
	}
	command(t, 0, "", "check", "--data", data)
	moved := &server{t: t, data: data}
	moved.run()
	defer moved.stop()
	b := moved.visitor()
	b.post("/login", "username", "bea", "password", password).want(t, 303)
	if r := b.get("/rooms/1").want(t, 200); !strings.Contains(r.body, "lighthouse") || !strings.Contains(r.body, "🎉") {
		t.Error("the room did not come")
	}
	if r := b.get("/search?q=lighthouse").want(t, 200); !strings.Contains(r.body, "/rooms/1/@2") {
		t.Error("search does not find what came")
	}
}

func TestAnImportRefusesAFileThatHoldsOtherThings(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("ada").post("/rooms/1/messages", "cid", "one", "body", "hello").want(t, 303)
	dir := t.TempDir()
	file, other := filepath.Join(dir, "all.jsonl"), filepath.Join(dir, "other.db")
	command(t, 0, "", "export", file, "--data", s.data)
	command(t, 0, password+"\n", "user", "add", "bea", "--data", other)
	if out := command(t, 1, "", "import", file, "--data", other); !strings.Contains(out, "holds other things") {
		t.Error(out)
	}
	command(t, 2, "", "export", "--data", s.data)
	command(t, 1, "", "export", filepath.Join(dir, "no", "all.jsonl"), "--data", s.data)
	command(t, 1, "", "export", "-", "--data", s.data+".not")
	command(t, 1, "", "import", file+".not", "--data", filepath.Join(dir, "new.db"))
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, b[:len(b)-20], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out := command(t, 1, "", "import", file, "--data", filepath.Join(dir, "new.db")); !strings.Contains(
		out, "nothing was imported: line ") {
		t.Error(out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "new.db*"))
	if err != nil || len(names) > 0 {
		t.Error("it left", names, err)
	}
}

// manyLines is an export with so many messages, which takes a while to import.
func manyLines(t *testing.T, messages int) string {
	t.Helper()
	s := start(t)
	s.signup("ada").post("/rooms/1/messages", "cid", "one", "body", "the first").want(t, 303)
	lines := strings.SplitAfter(command(t, 0, "", "export", "-", "--data", s.data), "\n")
	var b strings.Builder
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, `{"type":"parley"`):
			line = strings.Replace(line, `"messages":1,`, fmt.Sprintf(`"messages":%d,`, messages), 1)
		case strings.HasPrefix(line, `{"type":"room"`):
			line = strings.Replace(line, `"rev":1,"posts":1,`, fmt.Sprintf(`"rev":%d,"posts":%[1]d,`, messages), 1)
		case strings.HasPrefix(line, `{"type":"membership"`):
			line = strings.Replace(line, `"read":1,`, fmt.Sprintf(`"read":%d,`, messages), 1)
		case strings.HasPrefix(line, `{"type":"message"`):
			for n := 1; n < messages; n++ {
				one := strings.Replace(line, `"id":1,"room":1,"rev":1,"born":1,"posts":1`,
					fmt.Sprintf(`"id":%d,"room":1,"rev":%[1]d,"born":%[1]d,"posts":%[1]d`, n), 1)
				b.WriteString(strings.Replace(one, `"cid":"one"`, fmt.Sprintf(`"cid":"n%d"`, n), 1))
			}
			line = strings.Replace(line, `"id":1,"room":1,"rev":1,"born":1,"posts":1`,
				fmt.Sprintf(`"id":%d,"room":1,"rev":%[1]d,"born":%[1]d,"posts":%[1]d`, messages), 1)
		}
		if strings.HasPrefix(line, "{") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Twenty times an import is killed, each time at another moment. What it leaves is
// a file that holds nothing or all, and the next import finishes.
func TestAnImportThatIsKilledFinishesLater(t *testing.T) {
	t.Parallel()
	rounds, messages := 20, 12_000
	if slowed {
		rounds, messages = 5, 1000
	}
	dir := t.TempDir()
	file, whole := filepath.Join(dir, "all.jsonl"), manyLines(t, messages)
	if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	imported := func(data string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], "import", file, "--data", data)
		cmd.Env = append(os.Environ(), "BE_PARLEY=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	began := time.Now()
	if err := imported(filepath.Join(dir, "0.db")).Wait(); err != nil {
		t.Fatal(err)
	}
	takes := time.Since(began)
	data, n, midway := filepath.Join(dir, "1.db"), 1, 0
	for range rounds {
		cmd := imported(data)
		time.Sleep(time.Duration(rand.Int64N(int64(takes))))
		cmd.Process.Kill()
		cmd.Wait()
		if _, err := os.Stat(data); err != nil {
			continue // before anything
		}
		if i, err := os.Stat(data + "-wal"); err == nil && i.Size() > 0 {
			midway++
		}
		cmd = exec.Command(os.Args[0], "export", "-", "--data", data) // which opens it, as a server would
		cmd.Env = append(os.Environ(), "BE_PARLEY=1")
		var complaint strings.Builder
		cmd.Stderr = &complaint
		written, err := cmd.Output()
		out := string(written)
		if strings.Contains(complaint.String(), "there is no workspace in this file") {
			continue // nothing yet, and the next import goes on
		}
		if err != nil {
			t.Fatal(err, complaint.String())
		}
		command(t, 0, "", "check", "--data", data)
		if strings.Contains(out, `{"type":"account"`) {
			if !strings.HasPrefix(out, whole) {
				t.Fatal("half of it was imported")
			}
			n++
			data = filepath.Join(dir, fmt.Sprint(n, ".db"))
		}
	}
	command(t, 0, "", "import", file, "--data", data)
	command(t, 0, "", "check", "--data", data)
	if out := command(t, 0, "", "export", "-", "--data", data); !strings.HasPrefix(out, whole) {
		t.Error("the last import is not the whole")
	}
	t.Logf("an import takes %v; %d of %d were killed between their first write and their end", takes, midway, rounds)
	if midway == 0 && !slowed {
		t.Error("none was killed while it wrote")
	}
}
