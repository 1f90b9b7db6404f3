package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// certificate is a pair of files, read again on demand.
type certificate struct {
	cert, key string
	now       atomic.Pointer[tls.Certificate]
}

// load reads the files; the certificate that was there stays when they are wrong.
func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("the certificate in %s and %s: %w", c.cert, c.key, err)
	}
	c.now.Store(&pair)
	return nil
}

// serveTLS has a listener speak https, where the configuration says so.
func (a *App) serveTLS(ctx context.Context, l net.Listener) net.Listener {
	switch {
	case a.issuer != nil:
		a.obtainCertificate(ctx)
		return tls.NewListener(l, a.issuer.config())
	case a.config.Cert != "":
		return tls.NewListener(l, a.cert.config())
	}
	return l
}

// obtainCertificate begins to obtain certificates. Without plain HTTP the authority can ask on
// the port of https alone, which will do.
func (a *App) obtainCertificate(ctx context.Context) {
	if at := a.issuer.HTTP; at != "" {
		var err error
		if a.Plain, err = a.serveAuxiliary(at, a.issuer.plain(a.config.URL)); err != nil {
			a.config.Log.Warn("nothing answers plain HTTP: who leaves https:// out does not get here", "error", bindHelp(at, err))
		}
	}
	for _, d := range a.issuer.Domains {
		go a.issuer.keep(ctx, d)
	}
}

// certificateExpiry is when the certificate does that runs out first; zero without one.
func (a *App) certificateExpiry() time.Time {
	if a.issuer != nil {
		return a.issuer.certificateExpiry()
	}
	return a.cert.certificateExpiry()
}

// certificateExpiry is when the certificate does; zero without one.
func (c *certificate) certificateExpiry() time.Time {
	pair := c.now.Load()
	if pair == nil || pair.Leaf == nil {
		return time.Time{}
	}
	return pair.Leaf.NotAfter
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now.Load(), nil },
	}
}
