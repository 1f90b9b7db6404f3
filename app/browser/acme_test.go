package browser

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"parley/app"
	"parley/app/apptest"
)

// ourName leads to this machine in every browser.
const ourName = "chat.parley.localhost"

// by is a configuration whose certificates are of an authority.
func by(p *pebble, log io.Writer) func(*app.Config) {
	return func(c *app.Config) {
		c.Listen, c.URL = fmt.Sprint("127.0.0.1:", p.tlsPort), p.url()
		c.ACME = app.ACME{Domains: []string{ourName}, Directory: p.directory, Root: p.root, HTTP: fmt.Sprint("127.0.0.1:", p.httpPort)}
		c.Log = slog.New(slog.NewTextHandler(log, nil))
	}
}

// url is the public address of such a server.
func (p *pebble) url() string { return fmt.Sprint("https://", ourName, ":", p.tlsPort) }

// shown is the serial number of the certificate that a server shows; "" for none that
// is valid and ours.
func shown(address string, trusted *x509.CertPool) string {
	if c := certificateAt(address, trusted); c != nil {
		return c.SerialNumber.String()
	}
	return ""
}

// expiry is until when it is valid.
func expiry(address string, trusted *x509.CertPool) time.Time {
	if c := certificateAt(address, trusted); c != nil {
		return c.NotAfter
	}
	return time.Time{}
}

func certificateAt(address string, trusted *x509.CertPool) *x509.Certificate {
	c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, ServerName: ourName})
	if err != nil {
		return nil
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0]
}

func TestACertificateIsObtainedAndRenewed(t *testing.T) {
	t.Parallel()
	const life = 24 // seconds; the last third is for renewal
	p := authority(t, life)
	log, trusted := &apptest.Written{}, p.trusted()
	s := apptest.Start(t, by(p, log))
	first := ""
	apptest.Within(t, "a certificate", func() bool { first = shown(s.App.Address.String(), trusted); return first != "" })
	s.Base = p.url()
	s.Via = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", s.App.Address.String())
		}}
	ada := s.Signup("ada")
	if !strings.HasPrefix(ada.Cookie, "__Host-parley=") || ada.Get("/").Header.Get("Strict-Transport-Security") == "" {
		t.Error("https is not taken notice of")
	}
	leadsToHTTPS(t, s, p.url())
	if _, err := tls.Dial("tcp", s.App.Address.String(), &tls.Config{InsecureSkipVerify: true, ServerName: "another.example"}); err == nil {
		t.Error("a certificate is shown for a name that is not ours")
	}
	if c, err := tls.Dial("tcp", s.App.Address.String(), &tls.Config{InsecureSkipVerify: true,
		NextProtos: []string{"h2", "http/1.1"}}); err != nil || c.ConnectionState().NegotiatedProtocol != "http/1.1" {
		t.Error("who names nobody sees none:", err)
	}
	apptest.Command(t, 0, "", "healthcheck", "--listen", s.App.Address.String(), "--tls-domain", ourName)
	withChromium(t, s)
	second := first
	apptest.Within(t, "another certificate", func() bool {
		second = shown(s.App.Address.String(), trusted)
		return second != first &&
			second != ""
	})
	before := p.issued()
	p.kill()
	s.Stop()
	s.Run(by(p, log))
	apptest.Within(t, "a certificate after the restart", func() bool { return shown(s.App.Address.String(), trusted) == second })
	if p.issued() != before || before < 2 {
		t.Errorf("%d certificates were issued, %d before the restart\n%s", p.issued(), before, log)
	}
	if left := time.Until(expiry(s.App.Address.String(), trusted)); left <= 0 || left > life*time.Second {
		t.Error("it runs out in", left)
	}
}

// leadsToHTTPS asks by plain HTTP.
func leadsToHTTPS(t *testing.T, s *apptest.Server, url string) {
	t.Helper()
	plain := &apptest.Browser{Server: &apptest.Server{T: t, Base: "http://" + s.App.Plain.String()},
		HTTP: http.Client{CheckRedirect: func(*http.Request,
			[]*http.Request) error {
			return http.ErrUseLastResponse
		}}}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if r := plain.Do(method, "/rooms/1?a=b", "").Want(t, http.StatusPermanentRedirect); r.Location() != url+"/rooms/1?a=b" {
			t.Error("led to", r.Location())
		}
	}
	if r := plain.Get("//evil.example/x").Want(t, http.StatusPermanentRedirect); !strings.HasPrefix(r.Location(), url+"/") {
		t.Error("led to", r.Location())
	}
	plain.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusBadRequest)
	plain.Get("/.well-known/acme-challenge/made-up").Want(t, http.StatusForbidden) // by this name we are not known
	for _, path := range []string{"/metrics", "/healthz"} {
		plain.Get(path).Want(t, http.StatusPermanentRedirect)
	}
}

// withChromium talks over https and a secure socket.
func withChromium(t *testing.T, s *apptest.Server) {
	t.Helper()
	c := openChromium(t)
	bea := c.person("bea", s.Base)
	bea.expect("SSL certificate error") // no worker is made behind a certificate that is not trusted
	bea.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
		return err
	})
	bea.enter(s.Signup("bea"))
	bea.open("/rooms/1")
	bea.live()
	bea.say("over https")
	bea.once("over https")
	if got := ask[string](bea, `location.protocol + isSecureContext`); got != "https:true" {
		t.Error("the page is at", got)
	}
}

// The other port is out of reach. It is a process of its own, as the flags say.
func TestACertificateIsObtainedByPlainHTTP(t *testing.T) {
	t.Parallel()
	p := authority(t, 600)
	trusted, address := p.trusted(), fmt.Sprint("127.0.0.1:", freePort(t))
	cmd := exec.Command(os.Args[0], "serve", "--data", filepath.Join(t.TempDir(), "parley.db"), "--listen", address,
		"--tls-domain", strings.ToUpper(ourName)+".",
		"--http-listen", fmt.Sprint("127.0.0.1:", p.httpPort), "--acme-directory", p.directory, "--acme-root", p.root,
		"--acme-email", "ada@parley.example")
	cmd.Env = append(os.Environ(), "BE_PARLEY=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	apptest.Within(t, "a certificate", func() bool { return shown(address, trusted) != "" })
	apptest.Command(t, 0, "", "healthcheck", "--listen", address, "--tls-domain", ourName)
}

func TestWithoutAnAuthorityTheServerSaysWhatIsWrongAndServesWhatItCan(t *testing.T) {
	t.Parallel()
	log := &apptest.Written{}
	// A port that was free might be taken by another test by now; at this one nobody listens.
	nobody := &pebble{t: t, directory: "https://127.0.0.1:1/dir", tlsPort: freePort(t), httpPort: freePort(t)}
	s := apptest.Start(t, by(nobody, log), func(c *app.Config) { c.Metrics = "127.0.0.1:0" })
	apptest.Within(t, "the log says it", func() bool { return strings.Contains(log.String(), "connection refused") })
	for range 50 {
		began := time.Now()
		if _, err := tls.Dial("tcp", s.App.Address.String(), &tls.Config{InsecureSkipVerify: true, ServerName: ourName}); err == nil ||
			time.Since(began) > 5*time.Second {
			t.Fatal("a handshake without a certificate:", err, time.Since(began))
		}
	}
	r, err := http.Get("http://" + s.App.Plain.String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	words, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(words), "no certificate for "+ourName) {
		t.Error(r.Status, string(words))
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), "no certificate was obtained") ||
		!strings.Contains(log.String(), "again=1m1s") {
		t.Errorf("%d lines in the log:\n%s", n, log)
	}
	apptest.Scrape(t, s)
}
