package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"parley/app"
	"parley/app/apptest"
	"parley/app/cmd"
)

func TestVariablesOfOrchestratorsMeanNothing(t *testing.T) {
	for _, set := range []string{"PARLEY_PORT=tcp://10.0.0.1:8080", "PARLEY_SERVICE_HOST=10.0.0.1",
		"PARLEY_SERVICE_PORT=8080", "PARLEY_SERVICE_PORT_HTTP=8080",
		"PARLEY_PORT_8080_TCP=tcp://10.0.0.1:8080", "PARLEY_PORT_8080_TCP_PROTO=tcp", "PARLEY_PORT_8080_TCP_PORT=8080",
		"PARLEY_PORT_8080_TCP_ADDR=10.0.0.1",
		"PARLEY_PORT_53_UDP=udp://10.0.0.1:53", "PARLEY_WEB_SERVICE_HOST=10.0.0.1", "PARLEY_WEB_PORT=tcp://10.0.0.1:80",
		"PARLEY_WEB_PORT_80_TCP_ADDR=10.0.0.1",
		"PARLEY_NAME=/web/parley", "PARLEY_WEB_NAME=/nginx/parley-web", "PARLEY_ENV_FOO=bar", "PARLEY_ENV_PATH=/bin",
		"PARLEY_1_ENV_LISTEN=x", "PARLEY_LISTEM="} {
		name, value, _ := strings.Cut(set, "=")
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			apptest.Command(t, 0, "", "version")
			data := filepath.Join(t.TempDir(), "parley.db")
			apptest.Command(t, 1, "", "user", "list", "--data", data)
			apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
			if out := apptest.Command(t, 0, "", "user", "list", "--data", data); strings.Contains(out, "/web/parley") {
				t.Error(out)
			}
		})
	}
	for _, set := range []string{"PARLEY_PORT=8080", "PARLEY_PORTS=tcp://10.0.0.1:8080", "PARLEY_SERVICE_HOTS=10.0.0.1", "PARLEY_SERVICE=x",
		"PARLEY_LISTEM=x", "PARLEY_PORT_TCP=x", "PARLEY_NAMES=/web/parley", "PARLEY_WEB_NAME=/x", "PARLEY_ENV=prod"} {
		name, value, _ := strings.Cut(set, "=")
		t.Run(set, func(t *testing.T) {
			t.Setenv(name, value)
			if out := apptest.Command(t, 2, "", "version"); !strings.Contains(out, name) {
				t.Error(out)
			}
		})
	}
}

func TestAProxyIsTrustedByItsAddress(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"127.0.0.1": "127.0.0.1/32", "::1": "::1/128", "10.0.0.0/8": "10.0.0.0/8",
		" 10.1.2.3/8 ": "10.0.0.0/8", "::ffff:10.0.0.1": "10.0.0.1/32"} {
		if n, err := cmd.ProxyNetwork(given); err != nil || n.String() != want {
			t.Errorf("%q is %v, %v", given, n, err)
		}
	}
	for _, given := range []string{"", "localhost", "10.0.0", "10.0.0.1/33", "fe80::1%eth0", "127.0.0.1:80"} {
		if n, err := cmd.ProxyNetwork(given); err == nil {
			t.Errorf("%q is %v", given, n)
		}
	}
	s := apptest.Start(t, func(c *app.Config) { c.Shutdown = time.Second })
	s.Stop()
	out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--trusted-proxies", "127.0.0.1,::1")
	if !strings.Contains(out, "--trusted-proxies 127.0.0.1,::1 ") {
		t.Error(out)
	}
}

func TestAShutdownTimeoutMayBeInAnyUnit(t *testing.T) {
	t.Parallel()
	out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--shutdown-timeout", "2m")
	if !strings.Contains(out, "--shutdown-timeout 2m0s ") || !strings.Contains(out, "TimeoutStopSec=135\n") {
		t.Error(out)
	}
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--shutdown-timeout", "soon")
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--shutdown-timeout", "-1s")
	apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--shutdown-timeout", "1d")
}

// Every flag of serve is in the unit when it is given, or is refused.
func TestTheUnitHasEveryFlagThatWasGiven(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "smtp")
	if err := os.WriteFile(secret, []byte("smtp://parley:secret@mail.example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	apptest.Pair(t, ca, filepath.Join(t.TempDir(), "key.pem"), 1)
	house := []string{"--ldap-url", "ldaps://ldap.example.org", "--ldap-base", "dc=example"}
	values := map[string][]string{"ldap-url": {"ldaps://ldap.example.org", "--ldap-base", "dc=example"}, "ldap-base": {"dc=example",
		"--ldap-url", "ldaps://ldap.example.org"},
		"ldap-bind-dn":            append([]string{"cn=parley,dc=example", "--ldap-bind-password-file", secret}, house...),
		"ldap-bind-password-file": append([]string{secret, "--ldap-bind-dn", "cn=parley,dc=example"}, house...),
		"ldap-filter":             append([]string{"(uid={name})"}, house...), "ldap-name": append([]string{"Lighthouse"}, house...),
		"ldap-ca":      append([]string{ca}, house...),
		"ldap-domains": {"example.org"}, "ldap-groups": {"chat"}, "ldap-admin-groups": {"ops"},
		"smtp-url": {"smtp://mail.example.org", "--mail-from", "chat@example.org"}, "smtp-url-file": {secret, "--mail-from", "chat@example.org"},
		"oidc-issuer": {"https://id.example.org", "--oidc-client-id", "parley"}, "oidc-client-id": {"parley", "--oidc-issuer",
			"https://id.example.org"},
		"oidc-client-secret-file": {secret, "--oidc-issuer", "https://id.example.org", "--oidc-client-id", "parley"},
		"oidc-name":               {"House", "--oidc-issuer", "https://id.example.org", "--oidc-client-id", "parley"},
		"oidc-domains":            {"example.org"}, "oidc-groups": {"chat"}, "oidc-name-claim": {"display_name"},
		"oidc-groups-claim": {"realm_access.roles"}, "oidc-admin-groups": {"ops"},
		"auth-header": {"X-Remote-User", "--trusted-proxies", "127.0.0.1"},
		"mail-from":   {"chat@example.org", "--smtp-url", "smtps://mail.example.org"},
		"listen":      {"127.0.0.1:1"}, "url": {"https://chat.example.org"},
		"tls-cert": {"/c.pem", "--tls-key", "/k.pem"}, "tls-key": {"/k.pem", "--tls-cert", "/c.pem"},
		"tls-domain": {"chat.example.org"}, "http-listen": {":81", "--tls-domain", "chat.example.org"},
		"acme-directory":  {"https://ca.example.org/dir", "--tls-domain", "chat.example.org"},
		"acme-root":       {"/root.pem", "--tls-domain", "chat.example.org"},
		"acme-email":      {"ops@example.org", "--tls-domain", "chat.example.org"},
		"trusted-proxies": {"10.0.0.0/8"}, "egress-allow": {"10.0.0.0/8"}, "preview-allow": {"10.0.0.0/8"},
		"metrics-listen": {"127.0.0.1:2"}, "log-format": {"json"}, "log-level": {"debug"}, "shutdown-timeout": {"20s"},
		"signup": {"invite"}, "data": {cmd.UnitData},
		"bus":             {"nats://127.0.0.1:4222", "--data", "postgres://parley@127.0.0.1/parley"},
		"bus-credentials": {"/bus.creds", "--bus", "nats://127.0.0.1:4222", "--data", "postgres://parley@127.0.0.1/parley"},
		"bus-ca":          {"/ca.pem", "--bus", "tls://127.0.0.1:4222", "--data", "postgres://parley@127.0.0.1/parley"}}
	cmd.ServeCommand().Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "print-systemd-unit" || f.Name == "help" || f.Name == "oidc-signup" || f.Name == "oidc-logout" ||
			f.Name == "ldap-signup" { // have no value
			return
		}
		if f.Name == "oidc-client-secret" || f.Name == "ldap-bind-password" { // are refused
			return
		}
		value, known := values[f.Name]
		if !known {
			t.Errorf("--%s: this test does not know it", f.Name)
			return
		}
		out := apptest.Command(t, 0, "", append([]string{"serve", "--print-systemd-unit", "--" + f.Name}, value...)...)
		if !strings.Contains(out, " --"+f.Name+" ") {
			t.Errorf("--%s is not in\n%s", f.Name, out)
		}
		verifyUnit(t, out)
	})
	t.Setenv("PARLEY_LOG_LEVEL", "warn")
	if out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit"); !strings.Contains(out, " --log-level warn ") {
		t.Error("from the environment:", out)
	}
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--data", "/srv/parley.db")
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--data", "postgres://parley:secret@127.0.0.1/parley")
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--bus", "nats://127.0.0.1:4222")
	for _, bad := range [][]string{{"--smtp-url", "smtp://parley:secret@mail.example.org", "--mail-from", "chat@example.org"},
		{"--smtp-url", "http://mail.example.org", "--mail-from", "chat@example.org"},
		{"--oidc-issuer", "https://id.example.org", "--oidc-client-id", "parley", "--oidc-client-secret", "secret@"},
		{"--oidc-issuer", "https://id.example.org"},
		{"--ldap-url", "ldaps://ldap.example.org", "--ldap-base", "dc=example", "--ldap-bind-dn", "cn=parley", "--ldap-bind-password", "secret@"},
		{"--ldap-url", "ldaps://ldap.example.org"}, {"--ldap-base", "dc=example"}, {"--ldap-url", "https://ldap.example.org",
			"--ldap-base", "dc=example"},
		{"--ldap-url", "ldaps://ldap.example.org", "--ldap-base", "dc=example", "--ldap-bind-dn", "cn=parley"},
		{"--ldap-url", "ldaps://ldap.example.org", "--ldap-base", "dc=example", "--ldap-filter", "(uid=me)"},
		{"--auth-header", "X-Remote-User"}, {"--oidc-issuer", "http://id.example.org", "--oidc-client-id", "parley"},
		{"--smtp-url", "smtp://mail.example.org"}, {"--smtp-url", "smtp://a.example.org", "--smtp-url-file", secret, "--mail-from",
			"chat@example.org"}, {"--smtp-url", "smtp://mail.example.org", "--mail-from", "nobody"}} {
		if out := apptest.Command(t, 2, "", append([]string{"serve", "--print-systemd-unit"}, bad...)...); strings.Contains(out, "secret@") {
			t.Error("the password is told:", out)
		}
	}
	if out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--data",
		"postgres://parley@127.0.0.1/parley"); !strings.Contains(out, " --data postgres://parley@127.0.0.1/parley\n") {
		t.Error(out)
	}
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--listen", "unix:/srv/http.sock")
	apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--listen", "unix:/run/parley/../http.sock")
	out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--listen", "unix:/run/parley/http.sock")
	for _, line := range []string{"RuntimeDirectory=parley", "RuntimeDirectoryMode=0750", "Group=" + cmd.UnitGroup, "groupadd --system " +
		cmd.UnitGroup, "StateDirectory=parley parley/backups"} {
		if !strings.Contains(out, line+"") {
			t.Errorf("no %s in\n%s", line, out)
		}
	}
}

// verifyUnit asks systemd what it thinks of a unit, where it is.
func verifyUnit(t *testing.T, unit string) {
	t.Helper()
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return
	}
	name := filepath.Join(t.TempDir(), "parley.service")
	body, _, _ := strings.Cut(unit, "Copy ") // standard error follows
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "verify", "--man=no", name).CombinedOutput(); err != nil ||
		strings.Contains(string(out), "parley.service:") {
		t.Errorf("systemd says %s %v of\n%s", out, err, unit)
	}
}

func TestNoValueAddsADirectiveToTheUnit(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"a\nUser=root", "a\rUser=root", "a\x00b", "a\u2028User=root", "a\u0085User=root"} {
		for _, flag := range []string{"--acme-email", "--acme-root", "--tls-domain", "--acme-directory"} {
			args := []string{"serve", "--print-systemd-unit", flag, value}
			if flag != "--tls-domain" {
				args = append(args, "--tls-domain", "chat.example.org")
			}
			if out := apptest.Command(t, 2, "", args...); strings.Contains(out, "\nUser=root") {
				t.Errorf("%q: %s", args, out)
			}
		}
	}
	serve := cmd.ServeCommand()
	for typed, printed := range map[string]string{`50%`: `50%%`, `a b`: `"a b"`, `$HOME`: `$$HOME`, `say "hi"`: `"say \"hi\""`,
		`a\nb`: `"a\\nb"`, ``: `""`, `;`: `";"`, `it's`: `"it's"`} {
		if err := serve.Flags().Set("acme-email", typed); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := cmd.WriteUnit(serve, &out, "/opt/my 100% parley", time.Second); err != nil {
			t.Fatal(err)
		}
		if want := `ExecStart="/opt/my 100%% parley" serve --acme-email ` + printed + " --data "; !strings.Contains(out.String(), want) {
			t.Errorf("%q: no %s in\n%s", typed, want, out.String())
		}
	}
	if err := cmd.WriteUnit(serve, &bytes.Buffer{}, "/opt/two\nlines", time.Second); err == nil {
		t.Error("the name of the program has two lines")
	}
}

func TestADirectoryForBackupsMustBeWritableForTheServer(t *testing.T) {
	t.Parallel()
	dir := apptest.AsRoot(t)
	data, aside := filepath.Join(dir, "parley.db"), t.TempDir()
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data) // is someone's
	set := func(code int, to, words string) {
		t.Helper()
		if out := apptest.Command(t, code, "", "set", "backup.dir", to, "--data", data); !strings.Contains(out, words) {
			t.Errorf("%s: %s", to, out)
		}
	}
	if err := os.Chmod(aside, 0o755); err != nil {
		t.Fatal(err)
	}
	set(2, aside, "may not write into "+aside)
	if err := os.Chown(aside, 0, apptest.Group); err != nil || os.Chmod(aside, 0o770) != nil {
		t.Fatal(err)
	}
	set(0, aside, aside)
	set(2, filepath.Join(aside, "none"), "There is no directory")
	set(2, data, "is no directory")
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_RDONLY, "size=1m,uid=4321"); err != nil {
		t.Skip("a disk cannot be mounted here:", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	set(2, disk, "read-only")
}

func TestAnEmptyVariableCountsAsNotSet(t *testing.T) {
	root := cmd.Commands()
	for _, c := range append(root.Commands(), root) {
		for _, one := range append(c.Commands(), c) {
			one.Flags().VisitAll(func(f *pflag.Flag) { t.Setenv(cmd.Variable(f), "") })
		}
	}
	t.Setenv("PARLEY_DATA", "")
	for _, c := range append(root.Commands(), root) {
		for _, one := range append(c.Commands(), c) {
			if err := cmd.FromEnvironment(one, os.Environ()); err != nil {
				t.Error(one.CommandPath(), err)
			}
			one.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Changed || f.Value.String() != f.DefValue {
					t.Errorf("%s --%s is %q, not %q", one.CommandPath(), f.Name, f.Value.String(), f.DefValue)
				}
			})
		}
	}
}
