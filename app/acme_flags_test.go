package app_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
)

func TestTheFlagsOfCertificatesAreChecked(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "p.db")
	for _, flags := range [][]string{{"--tls-domain", "127.0.0.1"}, {"--tls-domain", "*.example.org"}, {"--tls-domain", "localhost"},
		{"--tls-domain", "chat.example.org:443"},
		{"--tls-domain", "chat.example.org", "--tls-cert", "c", "--tls-key", "k"}, {"--tls-domain", "chat.example.org",
			"--listen", "unix:" + data + ".sock"}} {
		apptest.Command(t, 2, "", append([]string{"serve", "--data", data}, flags...)...)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if out := apptest.Command(t, 1, "", "serve", "--data", data, "--tls-domain", "chat.example.org",
		"--listen", l.Addr().String()); !strings.Contains(out, "Something listens there already") {
		t.Error(out)
	}
	if out := apptest.Command(t, 1, "", "serve", "--data", data, "--tls-domain", "chat.example.org", "--acme-root", data,
		"--listen", "127.0.0.1:0"); !strings.Contains(out, "holds no certificate") {
		t.Error(out)
	}
	out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--tls-domain", "chat.example.org,www.example.org")
	if !strings.Contains(out, "--tls-domain chat.example.org,www.example.org --data") {
		t.Error(out)
	}
	denied := &net.OpError{Err: os.NewSyscallError("bind", syscall.EACCES)}
	if err := app.BindHelp(":443", denied); !strings.Contains(err.Error(), "cap_net_bind_service") {
		t.Error(err)
	}
}

func TestAnAuthorityIsNotAskedMoreOftenThanItLikes(t *testing.T) {
	t.Parallel()
	refused, missed := errors.New("no viable challenge type found"), fmt.Errorf("get: %w", &url.Error{Op: "Get", Err: syscall.ECONNREFUSED})
	for _, c := range []struct {
		err  error
		most int // attempts in an hour
	}{{refused, 4}, {missed, 12}} {
		n := 1
		for at, wait := time.Duration(0), time.Duration(0); at < time.Hour; n++ {
			wait = app.AcmeRetry(c.err, wait)
			at += wait
		}
		if n -= 1; n > c.most || n < 3 {
			t.Errorf("%v: %d attempts in the first hour", c.err, n)
		}
	}
}
