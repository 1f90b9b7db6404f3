package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

func TestAWorkspaceMovesByExportAndImport(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	bea := s.Signup("bea")
	ada.Post("/rooms/1/messages", "cid", "one", "body", "the lighthouse @bea").Want(t, 303)
	bea.Post("/messages/2/reactions", "e", ":tada:").Want(t, 303)
	picture := apptest.NewFile("quay.png", apptest.PngOf(t, 90, 90))
	sendPicture(bea, "/me/picture", nil, picture).Want(t, 303)
	sendPicture(ada, "/rooms/1/picture", nil, picture).Want(t, 303)
	sendPicture(ada, "/admin/logo", nil, picture).Want(t, 303)
	sendPicture(ada, "/emoji/own", []string{"name", "shipit"}, picture).Want(t, 303)
	bea.Post("/messages/2/reactions", "e", ":shipit:").Want(t, 303)
	dir := t.TempDir()
	file, data := filepath.Join(dir, "all.jsonl"), filepath.Join(dir, "new.db")
	apptest.Command(t, 0, "", "export", file, "--data", s.Data)
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Error("others may read the hashes:", i.Mode(), err)
	}
	if out := apptest.Command(t, 0, "", "import", file, "--data", data,
		"--dry-run"); !strings.Contains(out, "It would come: 2 accounts, 1 room,") {
		t.Error("a dry run says", out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a dry run made the data file")
	}
	if out := apptest.Command(t, 0, "", "import", file, "--data", data); !strings.Contains(out, "It came: 2 accounts, 1 room,") {
		t.Error("the import says", out)
	}
	for _, args := range [][]string{nil, {"--dry-run"}} {
		if out := apptest.Command(t, 0, "", append([]string{"import", file, "--data", data},
			args...)...); !strings.Contains(out, "Nothing was changed") {
			t.Error("the second import says", out)
		}
	}
	again := apptest.Command(t, 0, "", "export", "-", "--data", data)
	if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(again, string(b)) {
		t.Errorf("it was\n%s\nand is\n%s", b, again)
	}
	if bare := apptest.Command(t, 0, "", "export", "-", "--without-passwords", "--data", data); strings.Contains(bare, "argon2id") ||
		!strings.Contains(again, "argon2id") {
		t.Error("hashes without passwords, or none with them")
	}
	apptest.Command(t, 0, "", "check", "--data", data)
	moved := &apptest.Server{T: t, Data: data}
	moved.Run()
	defer moved.Stop()
	b := moved.Visitor()
	b.Post("/login", "username", "bea", "password", apptest.Password).Want(t, 303)
	if r := b.Get("/rooms/1").Want(t, 200); !strings.Contains(r.Body, "lighthouse") || !strings.Contains(r.Body, "🎉") {
		t.Error("the room did not come")
	}
	for _, path := range []string{"/avatars/2", "/rooms/1/picture", "/logo", "/emoji/shipit"} {
		if r := b.Get(path).Want(t, 200); r.Body != bea.Get(path).Body {
			t.Error(path, "is another picture")
		}
	}
	if r := b.Get("/search?q=lighthouse").Want(t, 200); !strings.Contains(r.Body, "/rooms/1/@2") {
		t.Error("search does not find what came")
	}
}

func TestAnImportRefusesAFileThatHoldsOtherThings(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada").Post("/rooms/1/messages", "cid", "one", "body", "hello").Want(t, 303)
	dir := t.TempDir()
	file, other := filepath.Join(dir, "all.jsonl"), filepath.Join(dir, "other.db")
	apptest.Command(t, 0, "", "export", file, "--data", s.Data)
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "bea", "--data", other)
	if out := apptest.Command(t, 1, "", "import", file, "--data", other); !strings.Contains(out, "holds other things") {
		t.Error(out)
	}
	apptest.Command(t, 2, "", "export", "--data", s.Data)
	apptest.Command(t, 1, "", "export", filepath.Join(dir, "no", "all.jsonl"), "--data", s.Data)
	apptest.Command(t, 1, "", "export", "-", "--data", s.Data+".not")
	apptest.Command(t, 1, "", "import", file+".not", "--data", filepath.Join(dir, "new.db"))
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, b[:len(b)-20], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out := apptest.Command(t, 1, "", "import", file, "--data", filepath.Join(dir, "new.db")); !strings.Contains(
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
	s := apptest.Start(t)
	s.Signup("ada").Post("/rooms/1/messages", "cid", "one", "body", "the first").Want(t, 303)
	lines := strings.SplitAfter(apptest.Command(t, 0, "", "export", "-", "--data", s.Data), "\n")
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
	if apptest.Slowed {
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
		apptest.Command(t, 0, "", "check", "--data", data)
		if strings.Contains(out, `{"type":"account"`) {
			if !strings.HasPrefix(out, whole) {
				t.Fatal("half of it was imported")
			}
			n++
			data = filepath.Join(dir, fmt.Sprint(n, ".db"))
		}
	}
	apptest.Command(t, 0, "", "import", file, "--data", data)
	apptest.Command(t, 0, "", "check", "--data", data)
	if out := apptest.Command(t, 0, "", "export", "-", "--data", data); !strings.HasPrefix(out, whole) {
		t.Error("the last import is not the whole")
	}
	t.Logf("an import takes %v; %d of %d were killed between their first write and their end", takes, midway, rounds)
	if midway == 0 && !apptest.Slowed {
		t.Error("none was killed while it wrote")
	}
}
