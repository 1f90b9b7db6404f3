package app

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"parley/db/sqlite"
)

func TestTheHealthCheckReachesAServerHoweverItListens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.sock")
	local := start(t, func(c *Config) { c.Listen = "unix:" + path })
	if out := command(t, 0, "", "healthcheck", "--listen", "unix:"+path); out != "ready\n" {
		t.Error(out)
	}
	local.stop()
	command(t, 1, "", "healthcheck", "--listen", "unix:"+path)
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	pair(t, cert, key, 1)
	s := start(t, func(c *Config) { c.Cert, c.Key = cert, key })
	address := s.app.Address.String()
	if out := command(t, 0, "", "healthcheck", "--listen", address, "--tls"); out != "ready\n" {
		t.Error(out)
	}
	command(t, 1, "", "healthcheck", "--listen", address)
	t.Setenv("PARLEY_TLS_CERT", cert) // as it is in the server's environment
	t.Setenv("PARLEY_TLS_KEY", key)
	t.Setenv("PARLEY_LISTEN", address)
	command(t, 0, "", "healthcheck")
	s.stop()
	command(t, 1, "", "healthcheck")
	command(t, 1, "", "healthcheck", "--listen", "nowhere")
}

func TestScriptsLearnTheVersion(t *testing.T) {
	t.Parallel()
	var v struct {
		Version, Go string
		Format      int
	}
	out := command(t, 0, "", "version", "--json")
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Format != sqlite.Version() ||
		v.Version != Version() || !strings.HasPrefix(v.Go, "go1") {
		t.Error(out, err)
	}
}
