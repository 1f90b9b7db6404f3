package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"parley/app/chat"
)

// ACME says how certificates are obtained, after RFC 8555.
type ACME struct {
	Domains   []string // names of this server; none: certificates are not obtained
	Directory string   // of the authority; "": Let's Encrypt
	Root      string   // file with certificates that the authority's own server may show; "": the system's
	Email     string   // for the authority, to write to; may be ""
	HTTP      string   // address for plain HTTP; "": none
}

// issuer has certificates issued and renewed, and keeps them in the data file.
type issuer struct {
	ACME
	manager *autocert.Manager
	says    acmeTransport
	log     *slog.Logger
	mu      sync.Mutex
	ready   map[string]bool // domains that have a certificate
}

func newIssuer(c ACME, store Store, log *slog.Logger) (*issuer, error) {
	trust := http.DefaultTransport.(*http.Transport).Clone()
	if c.Root != "" {
		pem, err := os.ReadFile(c.Root)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", c.Root)
		}
		trust.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	i := &issuer{ACME: c, log: log, ready: map[string]bool{}, says: acmeTransport{via: trust}}
	directory := c.Directory
	if directory == "" {
		directory = autocert.DefaultACMEDirectory
	}
	i.manager = &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: acmeStore{store}, HostPolicy: i.ours, Email: c.Email,
		Client: &acme.Client{DirectoryURL: directory, UserAgent: "parley", HTTPClient: &http.Client{Transport: &i.says, Timeout: time.Minute}}}
	return i, nil
}

// ours refuses names that this server does not have: anybody may ask for any.
func (i *issuer) ours(_ context.Context, host string) error {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if !slices.Contains(i.Domains, host) {
		return errors.New("this server has another name")
	}
	return nil
}

var errNotYet = errors.New("there is no certificate yet")

// config is for the listener of https. Visitors never have a certificate obtained:
// keep does, so that who knocks often changes nothing.
func (i *issuer) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", acme.ALPNProto},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if slices.Contains(hello.SupportedProtos, acme.ALPNProto) {
				return i.manager.GetCertificate(hello) // the authority looks whether it is we
			}
			name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
			if name == "" {
				name = i.Domains[0]
			}
			return i.certificate(name)
		}}
}

// certificate answers at once with one that is there.
func (i *issuer) certificate(domain string) (*tls.Certificate, error) {
	i.mu.Lock()
	ready := i.ready[domain]
	i.mu.Unlock()
	if !ready {
		return nil, errNotYet
	}
	return i.manager.GetCertificate(clientHello(domain))
}

// clientHello is how a browser asks, of whatever kind: there is one certificate for each
// domain.
func clientHello(domain string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{ServerName: domain, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
}

// certificateExpiry is when the first certificate does; zero without any.
func (i *issuer) certificateExpiry() (first time.Time) {
	for _, d := range i.Domains {
		if c, err := i.certificate(d); err == nil && (first.IsZero() || c.Leaf.NotAfter.Before(first)) {
			first = c.Leaf.NotAfter
		}
	}
	return first
}

// acmeStore is the data file as a place for certificates and keys.
type acmeStore struct{ Store }

var _ autocert.Cache = acmeStore{}

// Get implements autocert.Cache.
func (v acmeStore) Get(ctx context.Context, name string) ([]byte, error) {
	data, err := v.Certificate(ctx, name)
	if errors.Is(err, chat.ErrNotFound) {
		return nil, autocert.ErrCacheMiss
	}
	return data, err
}

// Put implements autocert.Cache.
func (v acmeStore) Put(ctx context.Context, name string, data []byte) error {
	return v.SetCertificate(ctx, name, data)
}

// Delete implements autocert.Cache.
func (v acmeStore) Delete(ctx context.Context, name string) error {
	return v.DeleteCertificate(ctx, name)
}
