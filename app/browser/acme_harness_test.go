package browser

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"parley/app/apptest"
)

// pebbleVersion is the certificate authority for tests, by Let's Encrypt. It is built
// apart, so that its dependencies are none of ours.
const pebbleVersion = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1"

// pebble is a certificate authority on this machine.
type pebble struct {
	t                       testing.TB
	directory               string
	root                    string // file: whom it is by
	manage                  string
	httpPort, tlsPort, port int // where it asks whether it is we, and its own
	cmd                     *exec.Cmd
	log                     *apptest.Written
}

// freePort is one that nobody listens on, just now.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// authority starts Pebble, whose certificates live for so many seconds.
func authority(t *testing.T, life int) *pebble {
	t.Helper()
	dir := t.TempDir()
	buildPebble(t, dir)
	p := &pebble{t: t, root: filepath.Join(dir, "cert.pem"),
		httpPort: freePort(t), tlsPort: freePort(t), port: freePort(t), log: &apptest.Written{}}
	p.manage = fmt.Sprint("127.0.0.1:", freePort(t))
	address := fmt.Sprint("127.0.0.1:", p.port)
	p.directory = "https://" + address + "/dir"
	key := filepath.Join(dir, "key.pem")
	apptest.Pair(t, p.root, key, 1)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": address, "managementListenAddress": p.manage, "certificate": p.root, "privateKey": key,
		"httpPort": p.httpPort, "tlsPort": p.tlsPort, "keyAlgorithm": "ecdsa", "retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles": map[string]any{"default": map[string]any{"description": "short", "validityPeriod": life}}}})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "config.json"), config, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(filepath.Join(dir, "pebble"), "-config", filepath.Join(dir, "config.json"), "-dnsserver", everybody(t))
	p.cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_AUTHZREUSE=0", "PEBBLE_WFE_NONCEREJECT=0")
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Log(p.log)
		}
	})
	apptest.Within(t, "Pebble answers", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return p
}

func buildPebble(t *testing.T, dir string) {
	t.Helper()
	install := exec.Command("go", "install", pebbleVersion)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=", "CGO_ENABLED=0")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("Pebble cannot be built, is the module proxy out of reach? This test is skipped\n%s", out)
	}
}

func (p *pebble) kill() {
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.cmd = nil
}

// issued counts the certificates that it made.
func (p *pebble) issued() int { return strings.Count(p.log.String(), "Issued certificate serial") }

// trusted are the roots of what it issues.
func (p *pebble) trusted() *x509.CertPool {
	p.t.Helper()
	c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	r, err := c.Get("https://" + p.manage + "/roots/0")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	pem, err := io.ReadAll(r.Body)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		p.t.Fatal("no root: ", err)
	}
	return pool
}

// everybody is a name server for which every name is this machine; it speaks TCP, as
// Pebble asks.
func everybody(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for answerName(c) == nil {
				}
			}()
		}
	}()
	return l.Addr().String()
}

// answerName answers one question; on TCP its length goes before a message.
func answerName(c net.Conn) error {
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil || len(m.Questions) != 1 {
		return io.ErrUnexpectedEOF
	}
	m.Response, m.Additionals = true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1},
			Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	}
	b, err := m.AppendPack(size[:])
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(b, uint16(len(b)-2))
	_, err = c.Write(b)
	return err
}
