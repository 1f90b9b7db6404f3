package cmd_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/app/cmd"
)

func TestTheCommandLineSaysWhatHelps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	bad := filepath.Join(dir, "bad.db")
	if err := os.WriteFile(bad, []byte(strings.Repeat("this is no backup ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code  int
		words string
		args  string
	}{
		{2, `there is no command "user blah"`, "user blah"},
		{2, `there is no command "invite blah"`, "invite blah"},
		{2, `there is no command "nosuch"`, "help nosuch"},
		{2, `there is no command "user blah"`, "help user blah"},
		{0, "parley user add mei", "help user add"},
		{2, "parley import slack FILE.zip", "import nosuch x.zip"},
		{2, "a number is 0 or more", "set limit.messages -4"},
		{2, "unix:/run/parley", "serve --listen unix:"},
		{2, "127.0.0.1:8080", "serve --listen 9283"},
		{2, "--metrics-listen", "serve --metrics-listen 9464"},
		{2, "0s or more", "serve --shutdown-timeout -3s"},
		{1, bad + " is no backup", "restore " + bad + " --data " + filepath.Join(dir, "new.db")},
		{1, "is a directory", "check --data " + dir},
		{0, "limit.messages is \"4\" now", "set limit.messages 4"},
		{0, `"limit.messages":"4"`, "set --json"},
		{0, "{\"limit.messages\":\"4\"}\n", "set limit.messages --json"},
	} {
		args := strings.Fields(c.args)
		if !strings.Contains(c.args, "--data") {
			args = append(args, "--data", data)
		}
		out := apptest.Command(t, c.code, "", args...)
		if !strings.Contains(out, c.words) || strings.Count(out, "is a directory") > 1 || c.code == 2 && !strings.Contains(out, "Try: parley") {
			t.Errorf("parley %s says %q", c.args, out)
		}
	}
}

// full is a disk without room, or a pipe that nobody reads.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWhatCannotBeWrittenIsAFailure(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	dir := t.TempDir()
	file, copied := filepath.Join(dir, "all.jsonl"), filepath.Join(dir, "copy.db")
	apptest.Command(t, 0, "", "export", file, "--data", s.Data)
	apptest.Command(t, 0, "", "backup", copied, "--data", s.Data)
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"healthcheck", "--listen", s.App.Address.String()}, {"restore",
		copied, "--data", filepath.Join(dir, "new.db")},
		{"export", "--site", filepath.Join(dir, "site"), "--data", s.Data},
		{"import", file, "--dry-run", "--data", filepath.Join(dir, "other.db")}, {"set", "--data", s.Data}, {"user", "list", "--data", s.Data}} {
		var errs strings.Builder
		if code := cmd.Main(args, strings.NewReader(""), full{}, &errs); code != 1 || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("parley %q ends with %d: %s", args, code, errs.String())
		}
	}
}

func TestAServerThatCannotListenLeavesNoDataFile(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := filepath.Join(t.TempDir(), "parley.db")
	apptest.Command(t, 1, "", "serve", "--data", data, "--listen", l.Addr().String())
	if left, _ := filepath.Glob(data + "*"); len(left) > 0 {
		t.Error("it left", left)
	}
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	apptest.Command(t, 1, "", "serve", "--data", data, "--listen", l.Addr().String())
	if out := apptest.Command(t, 0, "", "user", "list", "--data", data); !strings.Contains(out, "ada") {
		t.Error("the accounts:", out)
	}
}

func TestInvitesAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := apptest.Start(t, func(c *app.Config) { c.Listen = "unix:" + filepath.Join(dir, "http.sock") })
	apptest.Within(t, "the address is noted", func() bool {
		set, err := s.App.Chat.Settings(t.Context())
		return err == nil && set[app.SettingAddress] != ""
	})
	if out := apptest.Command(t, 2, "", "invite", "--data", s.Data); !strings.Contains(out, "--url https://") {
		t.Error("without an address:", out)
	}
	if out := apptest.Command(t, 0, "", "invite", "list", "--data", s.Data); strings.Count(out, "\n") != 1 {
		t.Error("a refused invite was made:", out)
	}
	link := func() string {
		return strings.TrimSpace(apptest.Command(t, 0, "", "invite", "--url", "https://chat.example.org", "--data", s.Data))
	}
	one, two := link(), link()
	code := two[strings.LastIndex(two, "/")+1:]
	for _, by := range []string{one, code, "2"} {
		apptest.Command(t, 0, "", "invite", "revoke", by, "--data", s.Data)
	}
	for _, wrong := range []string{"77", "nothing"} {
		if out := apptest.Command(t, 1, "", "invite", "revoke", wrong, "--data", s.Data); !strings.Contains(out, "there is no invite") {
			t.Error(wrong, out)
		}
	}
	if out := apptest.Command(t, 0, "", "invite", "list", "--data", s.Data); strings.Count(out, "revoked") != 2 ||
		!strings.Contains(out, code) {
		t.Error("the list:", out)
	}
	if out := apptest.Command(t, 0, "", "invite", "list", "--json", "--data", s.Data); strings.Count(out, `"valid":false`) != 2 {
		t.Error("the list as JSON:", out)
	}
}
