// Package directory asks an LDAP directory of the house whether a name and a password are
// somebody's there, and who that is. It knows nothing of accounts or pages.
package directory

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"parley/app/oidc"
)

const (
	timeout  = 10 * time.Second // of each question
	askAgain = 5 * time.Second  // one that did not answer is not asked by everybody who comes
	atOnce   = 8                // questions under way
)

// DefaultFilter finds a person by username or mail address, in OpenLDAP, FreeIPA and Active Directory.
const DefaultFilter = "(&(|(objectClass=person)(objectClass=inetOrgPerson)(objectClass=user))" +
	"(|(uid={name})(sAMAccountName={name})(mail={name})))"

// ErrAway says that the directory does not answer, or not as it should.
var ErrAway = errors.New("the directory does not answer")

// ErrNotIn says that somebody is who he says, and is not one of those that may log in here.
var ErrNotIn = errors.New("the account of the directory is not one of those that may log in here")

// Config is what the operator says of the directory.
type Config struct {
	Name         string // as people know it
	URL          string // ldaps://host, or ldap://host, which is encrypted by StartTLS; on this machine only with TLS
	Base         string // under which people and groups are
	BindDN       string // by which it is searched; "": by nobody
	BindPassword string
	Filter       string // that finds one person; {name} is what was typed; "": DefaultFilter
	TLS          *tls.Config
	Rules        oidc.Rules // whom one lets in; groups are names (cn) or whole DNs
}

// Directory is safe for concurrent use.
type Directory struct {
	Config
	slots chan struct{}

	mu       sync.Mutex
	away     time.Time // when it did not answer
	answered bool      // when it was asked last
}

// Answers says whether it answered when it was asked last.
func (d *Directory) Answers() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.answered
}

// New checks what the operator said; nothing is asked yet, so that a directory that is down
// does not stop the start.
func New(c Config) (*Directory, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" {
		return nil, fmt.Errorf("%q is not an address such as ldaps://ldap.example.org", c.URL)
	}
	if _, err := ldap.ParseDN(c.Base); err != nil || c.Base == "" {
		return nil, fmt.Errorf("%q is not a base such as dc=example,dc=org", c.Base)
	}
	c.Filter = cmp.Or(c.Filter, DefaultFilter)
	if _, err := ldap.CompileFilter(named(c.Filter, "somebody")); err != nil || !strings.Contains(c.Filter, "{name}") {
		return nil, fmt.Errorf("%q is not a filter with {name} in it, such as (uid={name})", c.Filter)
	}
	c.Name = cmp.Or(c.Name, u.Hostname())
	return &Directory{Config: c, slots: make(chan struct{}, atOnce)}, nil
}

func named(filter, name string) string {
	return strings.ReplaceAll(filter, "{name}", ldap.EscapeFilter(name))
}

// Issuer stands for the directory in what is kept of whom it vouched for. It stays when the
// directory moves to another machine.
func (d *Directory) Issuer() string { return "ldap:" + strings.ToLower(d.Base) }

// Check says whose name and password these are; false: nobody's. ErrNotIn and ErrAway are
// told apart.
func (d *Directory) Check(ctx context.Context, name, password string) (who oidc.Identity, right bool, err error) {
	return d.check(ctx, named(d.Filter, name), password)
}

// CheckAgain says whether a password is that of whom it vouched for before.
func (d *Directory) CheckAgain(ctx context.Context, subject, password string) (right bool, err error) {
	who, right, err := d.check(ctx, bySubject(subject), password)
	return right && who.Subject == subject, err
}

// Look finds those whom it vouched for before, as they are there now, over one connection; who
// is there no more, or may not log in any more, is left out.
func (d *Directory) Look(ctx context.Context, subjects ...string) (there map[string]oidc.Identity, err error) {
	there = map[string]oidc.Identity{}
	err = d.ask(ctx, func(c *ldap.Conn) error {
		for _, subject := range subjects {
			entry, err := d.find(c, bySubject(subject))
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			if entry == nil {
				continue
			}
			switch who, err := d.identity(c, entry); {
			case err == nil:
				there[subject] = who
			case !errors.Is(err, ErrNotIn):
				return err
			}
		}
		return nil
	})
	return there, err
}

func (d *Directory) check(ctx context.Context, filter, password string) (who oidc.Identity, right bool, err error) {
	if password == "" { // directories take that for a log-in of nobody, and say yes (RFC 4513, 5.1.2)
		return who, false, nil
	}
	err = d.ask(ctx, func(c *ldap.Conn) error {
		entry, err := d.find(c, filter)
		if err != nil {
			return err
		}
		dn := "cn=nobody," + d.Base // asked for, too, so that it takes as long for who is not there
		if entry != nil {
			dn = entry.DN
			if who, err = d.identity(c, entry); err != nil && !errors.Is(err, ErrNotIn) {
				return err
			}
		}
		notIn := err
		err = c.Bind(dn, password)
		if right = err == nil && entry != nil; right {
			return notIn
		}
		if err != nil && ldap.IsErrorAnyOf(err, ldap.ErrorNetwork, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable,
			ldap.LDAPResultConfidentialityRequired) {
			return err
		}
		return nil
	})
	return who, right && err == nil, err
}

// ask has a connection do something, logged in as who may search.
func (d *Directory) ask(ctx context.Context, do func(*ldap.Conn) error) (err error) {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-time.After(timeout):
		return ErrAway
	case <-ctx.Done():
		return ctx.Err()
	}
	d.mu.Lock()
	rests := time.Since(d.away) < askAgain
	d.mu.Unlock()
	if rests {
		return ErrAway
	}
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.answered = err == nil || errors.Is(err, ErrNotIn); !d.answered {
			err = fmt.Errorf("%w: %w", ErrAway, err)
			d.away = time.Now()
		}
	}()
	c, err := d.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	if d.BindDN != "" {
		if err := c.Bind(d.BindDN, d.BindPassword); err != nil {
			return fmt.Errorf("it does not know %s: %w", d.BindDN, err)
		}
	}
	return do(c)
}

func (d *Directory) dial() (*ldap.Conn, error) {
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{}
	if d.TLS != nil {
		secure = d.TLS.Clone()
	}
	secure.ServerName = u.Hostname()
	c, err := ldap.DialURL(d.URL, ldap.DialWithDialer(&net.Dialer{Timeout: timeout}), ldap.DialWithTLSConfig(secure))
	if err != nil {
		return nil, err
	}
	c.SetTimeout(timeout)
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme == "ldap" && (!here || d.TLS != nil) {
		if err := c.StartTLS(secure); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}
