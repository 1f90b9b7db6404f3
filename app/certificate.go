package app

import (
	"crypto/tls"
	"fmt"
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

// runsOut is when the certificate does; zero without one.
func (c *certificate) runsOut() time.Time {
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
