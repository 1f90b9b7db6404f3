package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/db/sqlite"
)

func TestTheHealthCheckReachesAServerHoweverItListens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.sock")
	local := apptest.Start(t, func(c *app.Config) { c.Listen = "unix:" + path })
	if out := apptest.Command(t, 0, "", "healthcheck", "--listen", "unix:"+path); out != "ready\n" {
		t.Error(out)
	}
	local.Stop()
	apptest.Command(t, 1, "", "healthcheck", "--listen", "unix:"+path)
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	apptest.Pair(t, cert, key, 1)
	s := apptest.Start(t, func(c *app.Config) { c.Cert, c.Key = cert, key })
	address := s.App.Address.String()
	if out := apptest.Command(t, 0, "", "healthcheck", "--listen", address, "--tls"); out != "ready\n" {
		t.Error(out)
	}
	apptest.Command(t, 1, "", "healthcheck", "--listen", address)
	t.Setenv("PARLEY_TLS_CERT", cert) // as it is in the server's environment
	t.Setenv("PARLEY_TLS_KEY", key)
	t.Setenv("PARLEY_LISTEN", address)
	apptest.Command(t, 0, "", "healthcheck")
	s.Stop()
	apptest.Command(t, 1, "", "healthcheck")
	apptest.Command(t, 1, "", "healthcheck", "--listen", "nowhere")
}

func TestScriptsLearnTheVersion(t *testing.T) {
	t.Parallel()
	var v struct {
		Version, Go string
		Format      int
	}
	out := apptest.Command(t, 0, "", "version", "--json")
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Format != sqlite.Version() ||
		v.Version != app.Version() || !strings.HasPrefix(v.Go, "go1") {
		t.Error(out, err)
	}
}
