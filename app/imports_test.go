package app

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the table of the house: the packages of ours that each of
// ours may import.
var mayImport = map[string][]string{
	"parley": {"parley/app/cmd"},
	"parley/app": {"parley/app/announce", "parley/app/archive", "parley/app/auth", "parley/app/bus", "parley/app/chat",
		"parley/app/directory", "parley/app/files", "parley/app/hooks", "parley/app/job", "parley/app/live", "parley/app/mail",
		"parley/app/metrics", "parley/app/oidc", "parley/app/preview", "parley/app/push", "parley/app/web",
		"parley/db", "parley/db/cached", "parley/db/postgres", "parley/db/sqlite"},
	"parley/app/cmd": {"parley/app", "parley/app/archive", "parley/app/auth", "parley/app/bus", "parley/app/chat", "parley/app/files",
		"parley/app/directory", "parley/app/mail", "parley/app/oidc",
		"parley/app/site", "parley/app/slack", "parley/app/web", "parley/db", "parley/db/sqlite"},
	"parley/app/archive": {"parley/app/chat"},
	"parley/app/auth":    {"parley/app/chat", "parley/app/job"},
	"parley/app/chat":    {},
	"parley/app/files":   {"parley/app/chat", "parley/app/job"},
	"parley/app/hooks":   {"parley/app/chat", "parley/app/job", "parley/app/slack/mrkdwn"},
	"parley/app/job":     {},
	"parley/app/live":    {"parley/app/chat"},
	"parley/app/mail":    {"parley/app/auth", "parley/app/chat", "parley/app/job", "parley/views"},
	"parley/app/oidc":    {},

	"parley/app/directory": {"parley/app/oidc"}, // its identities and rules

	"parley/app/push":    {"parley/app/chat", "parley/app/hooks", "parley/app/job"},
	"parley/app/preview": {"parley/app/chat", "parley/app/hooks", "parley/app/job"},
	"parley/app/metrics": {"parley/app/auth", "parley/app/bus", "parley/app/live", "parley/app/web", "parley/db", "parley/db/sqlite"},
	"parley/app/site":    {"parley/app/chat", "parley/views"},
	"parley/app/slack":   {"parley/app/archive", "parley/app/chat", "parley/app/slack/mrkdwn"},

	"parley/app/slack/mrkdwn": {"parley/app/chat"},

	"parley/app/chat/chattest": {"parley/app/archive", "parley/app/auth", "parley/app/chat", "parley/app/files"},

	"parley/app/announce": {"parley/app/chat", "parley/app/live", "parley/views"},
	"parley/app/bus":      {"parley/app/chat"},

	"parley/app/assistant": {"parley/app/chat"},

	"parley/app/web": {"parley/app/announce", "parley/app/assistant", "parley/app/auth", "parley/app/chat",
		"parley/app/directory", "parley/app/files", "parley/app/hooks", "parley/app/live", "parley/app/oidc", "parley/static", "parley/views"},
	"parley/db":        {"parley/app/archive", "parley/app/auth", "parley/app/chat", "parley/app/files"},
	"parley/db/cached": {"parley/app/auth", "parley/app/chat", "parley/db"},
	"parley/db/sqlite": {"parley/app/auth", "parley/app/chat", "parley/app/files", "parley/db"},

	"parley/db/postgres": {"parley/app/auth", "parley/app/chat", "parley/app/files", "parley/db"},

	"parley/static": {},

	// Of tests alone.
	"parley/app/apptest": {"parley/app", "parley/app/apptest/pgtest", "parley/app/auth", "parley/app/chat", "parley/app/cmd",
		"parley/app/mail", "parley/db/sqlite"},
	"parley/app/browser": {},

	"parley/app/apptest/pgtest":   {},
	"parley/app/apptest/natstest": {},
	"parley/app/apptest/ldaptest": {"parley/app/apptest"},

	"parley/app/e2e": {},

	"parley/static/generate": {},

	"parley/views": {"parley/app/chat"},
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen[p.ImportPath] = true
		allowed, ok := mayImport[p.ImportPath]
		if !ok {
			t.Errorf("%s has no row in the table of imports", p.ImportPath)
		}
		for _, i := range p.Imports {
			ours := i == "parley" || strings.HasPrefix(i, "parley/")
			if ours && !slices.Contains(allowed, i) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
	for name := range mayImport {
		if !seen[name] {
			t.Errorf("%s is in the table of imports and does not exist", name)
		}
	}
}

func TestOnlyWebAndLiveSpeakToTheNetworkAndOnlyDBSpeaksSQL(t *testing.T) {
	t.Parallel()
	for pkg, banned := range map[string][]string{
		"./chat":    {"net", "net/http", "database/sql", "html/template", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},
		"./archive": {"net", "net/http", "database/sql", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},
		"./site":    {"net", "net/http", "database/sql", "github.com/gofiber/fiber/v2"},
		"./slack":   {"net", "net/http", "database/sql", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},

		"./slack/mrkdwn": {"archive/zip", "net", "net/http", "database/sql", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},

		"./auth": {"net/http", "database/sql", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},
		"./live": {"net/http", "database/sql", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},
		"./cmd":  {"github.com/gofiber/fiber/v2", "github.com/a-h/templ"},
		"./web":  {"database/sql"},
		"../db": {"os", "net/http", "modernc.org/sqlite", "modernc.org/sqlite/lib", "github.com/jackc/pgx/v5", "github.com/gofiber/fiber/v2",
			"github.com/a-h/templ"},

		"../db/postgres": {"net/http", "modernc.org/sqlite", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},

		"../db/sqlite": {"net/http", "github.com/gofiber/fiber/v2", "github.com/a-h/templ"},
	} {
		out, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range strings.Fields(string(out)) {
			if slices.Contains(banned, i) {
				t.Errorf("%s imports %s", pkg, i)
			}
		}
	}
}

// What makes the scripts, and what drives browsers in tests, is no part of the program.
func TestTheBinaryHasNoToolsOfItsMaking(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "..").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range strings.Fields(string(out)) {
		if strings.HasPrefix(i, "github.com/evanw/esbuild") || strings.HasPrefix(i, "github.com/chromedp") ||
			i == "parley/app/apptest" {
			t.Errorf("the binary has %s in it", i)
		}
	}
}
