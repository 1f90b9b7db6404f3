package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// refusedAgain is how long after a refusal it is tried again; each time twice as
	// long, up to refusedAtMost. Authorities lock out who fails often: Let's Encrypt
	// after five times in an hour, and each attempt may fail twice.
	refusedAgain  = 5 * time.Minute
	refusedAtMost = time.Hour
	// missedAgain is the same for an authority that is not reached, which counts nothing.
	missedAgain  = time.Minute + time.Second
	missedAtMost = 10 * time.Minute
	// lookEvery is how often somebody looks whether certificates are renewed.
	lookEvery = time.Hour
	// remindEvery is how often it is said that they are not.
	remindEvery = 24 * time.Hour
)

// keep obtains a certificate for a domain, and says so when one is not renewed,
// until ctx ends. What is wrong is logged at each attempt.
func (i *issuer) keep(ctx context.Context, domain string) {
	for wait := time.Duration(0); ; {
		c, err := i.manager.GetCertificate(clientHello(domain))
		if err == nil {
			i.mu.Lock()
			i.ready[domain] = true
			i.mu.Unlock()
			i.log.Info("there is a certificate", "domain", domain, "until", c.Leaf.NotAfter)
			break
		}
		wait = acmeRetry(err, wait)
		i.log.Error("no certificate was obtained", "domain", domain, "error", err, "authority", i.says.last(), "again", wait)
		if !restFor(ctx, wait) {
			return
		}
	}
	var reminded time.Time
	for restFor(ctx, lookEvery) {
		if i.overdue(domain) && time.Since(reminded) > remindEvery {
			reminded = time.Now()
			i.log.Error("the certificate was not renewed", "domain", domain, "until", i.certificateExpiry(), "authority", i.says.last())
		}
	}
}

// acmeRetry is how long to wait after an error, and after a wait.
func acmeRetry(err error, wait time.Duration) time.Duration {
	var missed *url.Error
	if errors.As(err, &missed) {
		return min(max(missedAgain, 2*wait), missedAtMost)
	}
	return min(max(refusedAgain, 2*wait), refusedAtMost)
}

// overdue says whether a certificate is not renewed though it should be: that begins
// at a third of its life, or 30 days.
func (i *issuer) overdue(domain string) bool {
	c, err := i.certificate(domain)
	if err != nil {
		return true
	}
	early := min(c.Leaf.NotAfter.Sub(c.Leaf.NotBefore)/3, 30*24*time.Hour)
	return time.Until(c.Leaf.NotAfter) < early*2/3
}

// restFor waits; false: ctx ended.
func restFor(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// acmeTransport remembers what an authority says went wrong: the library tells it in a
// few cases only.
type acmeTransport struct {
	via http.RoundTripper
	mu  sync.Mutex
	say string
}

// RoundTrip implements http.RoundTripper.
func (o *acmeTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := o.via.RoundTrip(r)
	if err != nil {
		o.note(err.Error())
		return a, err
	}
	b, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	a.Body.Close()
	a.Body = io.NopCloser(bytes.NewReader(b))
	var t acmeTrouble
	if json.Unmarshal(b, &t) == nil {
		o.note(t.words())
	}
	return a, err
}

func (o *acmeTransport) note(words string) {
	if words == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.say = words
}

func (o *acmeTransport) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.say
}

// acmeTrouble is a problem document of RFC 7807, and where RFC 8555 has them.
type acmeTrouble struct {
	Type, Detail string
	Error        *acmeTrouble
	Challenges   []acmeTrouble
}

// words are what it says; a nonce that is used up is no trouble.
func (t *acmeTrouble) words() string {
	switch {
	case t == nil || strings.HasSuffix(t.Type, ":badNonce"):
		return ""
	case t.Detail != "":
		return t.Detail
	case t.Error != nil:
		return t.Error.words()
	}
	for _, c := range t.Challenges {
		if w := c.Error.words(); w != "" {
			return w
		}
	}
	return ""
}
