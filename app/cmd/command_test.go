package cmd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/apptest"
	"parley/app/cmd"
)

func TestTheCommandLineLooksAfterAccounts(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "parley.db")
	if out := apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--name", "Ada Okafor",
		"--data", data); !strings.Contains(out, "administrator") {
		t.Error("the first account:", out)
	}
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "bea", "--data", data)
	apptest.Command(t, 2, "short\n", "user", "add", "cid", "--data", data)
	apptest.Command(t, 1, apptest.Password+"\n", "user", "add", "ADA", "--data", data)
	apptest.Command(t, 2, "", "user", "add", "dov", "--data", data)
	list := apptest.Command(t, 0, "", "user", "list", "--data", data)
	if !strings.Contains(list, "Ada Okafor") || strings.Count(list, "\n") != 3 {
		t.Error("the list:", list)
	}
	if list := apptest.Command(t, 0, "", "user", "list", "--json", "--data", data); !strings.Contains(list, `"username":"bea"`) {
		t.Error("the list as JSON:", list)
	}
	if out := apptest.Command(t, 1, "", "user", "promote", "ada", "--role", "member",
		"--data", data); !strings.Contains(out, "last administrator") {
		t.Error("the last administrator:", out)
	}
	apptest.Command(t, 0, "", "user", "promote", "bea", "--data", data)
	apptest.Command(t, 0, "", "user", "promote", "ada", "--role", "member", "--data", data)
	apptest.Command(t, 1, apptest.Password+"\n", "user", "passwd", "nobody", "--data", data)
	apptest.Command(t, 1, "", "user", "list", "--data", data+".not")
	for _, did := range []string{"logout", "disable", "enable"} {
		if out := apptest.Command(t, 0, "", "user", did, "ada", "--data", data); !strings.HasPrefix(out, "ada ") {
			t.Error(did, out)
		}
	}
	if out := apptest.Command(t, 1, "", "user", "disable", "bea", "--data", data); strings.Contains(out, "--help") {
		t.Error("the last administrator, who is no mistake of the command line:", out)
	}
	apptest.Command(t, 0, "", "bot", "add", "helper", "--data", data)
	apptest.Command(t, 1, "", "user", "promote", "helper", "--data", data)
	apptest.Command(t, 1, "", "user", "reset", "helper", "--url", "https://chat.example.org/", "--data", data)
	if out := apptest.Command(t, 0, "", "user", "reset", "ada", "--url", "https://chat.example.org/",
		"--data", data); !strings.HasPrefix(out, "https://chat.example.org/reset/") {
		t.Error("a link for a new password:", out)
	}
	if out := apptest.Command(t, 0, "", "invite", "--uses", "3", "--expires", "7d",
		"--data", data); !strings.HasPrefix(out, "http://127.0.0.1:8080/join/") {
		t.Error("an invite:", out)
	}
	for _, wrong := range [][]string{{"--uses", "-1"}, {"--expires", "soon"}, {"--expires", "-1h"}, {"--role", "king"}} {
		apptest.Command(t, 2, "", append([]string{"invite", "--data", data}, wrong...)...)
	}
	apptest.Command(t, 2, "", "user")
}

func TestTheCommandLineSaysWhatItDoesNotKnow(t *testing.T) {
	for _, args := range [][]string{{"--nope"}, {"frob"}, {"serve", "now"}, {"serve", "--log-level", "loud"},
		{"serve", "--trusted-proxies", "here"}, {"serve", "--url", "nowhere"}} {
		if out := apptest.Command(t, 2, "", append(args, "--data", filepath.Join(t.TempDir(), "p.db"))...); len(out) < 20 {
			t.Errorf("%q: %q", args, out)
		}
	}
	t.Setenv("PARLEY_LISTEM", "x")
	if out := apptest.Command(t, 2, "", "version"); !strings.Contains(out, "PARLEY_LISTEM") {
		t.Error("an unknown variable is not named:", out)
	}
}

func TestEveryFlagHasATwinInTheEnvironment(t *testing.T) {
	s := apptest.Start(t)
	t.Setenv("PARLEY_LISTEN", s.App.Address.String())
	if out := apptest.Command(t, 0, "", "healthcheck"); out != "ready\n" {
		t.Error(out)
	}
	apptest.Command(t, 1, "", "healthcheck", "--listen", "127.0.0.1:1") // the flag goes before
	t.Setenv("PARLEY_DATA", s.Data)
	apptest.Command(t, 0, "", "set", "limit.messages", "7")
	if out := apptest.Command(t, 0, "", "set", "limit.messages"); out != "7\n" {
		t.Error(out)
	}
	for _, key := range []string{"workspace.name", "signup", "limit.sockets.address"} {
		if out := apptest.Command(t, 0, "", "set"); !strings.Contains(out, key) {
			t.Errorf("%s is not listed in\n%s", key, out)
		}
	}
	apptest.Command(t, 2, "", "set", "nothing")
	apptest.Command(t, 2, "", "set", "nothing", "1")
	apptest.Command(t, 2, "", "set", "limit.messages", "many")
	if out := apptest.Command(t, 0, "", "version"); !strings.HasPrefix(out, "parley ") {
		t.Error(out)
	}
}

func TestASecondServerOnTheSameFileIsRefused(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	out := apptest.Command(t, 1, "", "serve", "--data", s.Data, "--listen", "127.0.0.1:0")
	if !strings.Contains(out, "another Parley serves") {
		t.Error(out)
	}
	s.Signup("ada").Get("/rooms/1").Want(t, 200)
}

func TestEveryCommandHasAHelpTextAndAnExample(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%q says nothing of itself", c.CommandPath())
		}
		if c.HasSubCommands() {
			for _, sub := range c.Commands() {
				walk(sub)
			}
			return
		}
		if !strings.Contains(c.Example, c.CommandPath()) {
			t.Errorf("%q has no example of itself: %q", c.CommandPath(), c.Example)
		}
		if out := apptest.Command(t, 0, "", append(strings.Fields(c.CommandPath())[1:], "--help")...); !strings.Contains(out, c.Example) {
			t.Errorf("%q --help does not show its example", c.CommandPath())
		}
	}
	walk(cmd.Commands())
}

func TestTheAuditLogTellsOfAccountsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "Ada", "--data", s.Data)
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "bea", "--data", s.Data)
	if out := apptest.Command(t, 0, apptest.Password+" 2\n", "user", "passwd", "bea", "--data", s.Data); !strings.HasPrefix(out, "bea ") {
		t.Error("passwd says", out)
	}
	if out := apptest.Command(t, 0, "", "user", "promote", "bea", "--data", s.Data); !strings.HasPrefix(out, "bea is administrator") {
		t.Error("promote says", out)
	}
	ada := s.Visitor()
	ada.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303)
	r := ada.Get("/admin/log").Want(t, 200)
	for _, deed := range []string{"added @Ada as administrator.", "added @bea as member.", "set a new password for @bea."} {
		if !strings.Contains(r.Body, deed) {
			t.Errorf("the log does not say %q", deed)
		}
	}
}

func TestCommandsSayWhatTheyDoNotTake(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, file := filepath.Join(dir, "parley.db"), filepath.Join(dir, "password")
	if err := os.WriteFile(file, []byte(apptest.Password+"\r\nsomething else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	apptest.Command(t, 2, "short\n", "user", "add", "ada", "--data", data)
	if _, err := os.Stat(data); err == nil {
		t.Error("an account that was refused left a data file")
	}
	if out := apptest.Command(t, 0, "", "user", "add", "ada", "--password-file", file, "--data", data); !strings.Contains(out, data) {
		t.Error("nothing says that the data file is new:", out)
	}
	if out := apptest.Command(t, 0, apptest.Password+"\nmore\n", "user", "add", "bea", "--data", data); strings.Contains(out, data) {
		t.Error("a data file that was there is new:", out)
	}
	s := apptest.Start(t, func(c *app.Config) { c.Data = data })
	s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303)
	if out := apptest.Command(t, 2, "", "export", "--site", filepath.Join(dir, "site"),
		"--without-passwords", "--data", data); !strings.Contains(out, "--without-passwords") {
		t.Error(out)
	}
	for _, listen := range []string{"127.0.0.1:99999", ":-1", "localhost:nothing"} {
		if out := apptest.Command(t, 2, "", "serve", "--listen", listen,
			"--data", filepath.Join(dir, "other.db")); !strings.Contains(out, "is not an address") {
			t.Errorf("%s: %s", listen, out)
		}
	}
	foreign := filepath.Join(dir, "foreign.gz")
	if err := os.WriteFile(foreign, []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		0o600); err != nil {
		t.Fatal(err)
	}
	apptest.Command(t, 1, "", "export", foreign, "--data", data)
	for _, name := range []string{"export.jsonl.gz", "export.jsonl.zst", "export.jsonl"} {
		to := filepath.Join(dir, name)
		for range 2 { // and again, over its own
			apptest.Command(t, 0, "", "export", to, "--data", data)
		}
		b, err := os.ReadFile(to)
		if err != nil || bytes.HasPrefix(b, []byte("{")) == strings.Contains(name, "jsonl.") {
			t.Errorf("%s begins with %.4q, %v", name, b, err)
		}
		if out := apptest.Command(t, 0, "", "import", to, "--data", data); !strings.Contains(out, "holds all of it already") {
			t.Errorf("%s: %s", name, out)
		}
	}
}
