package hooks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Bounds of what goes out.
const (
	egressTime      = 5 * time.Second
	egressRedirects = 3
	egressAnswer    = 1 << 20 // bytes that are read of an answer
	egressHeader    = 16 << 10
)

// ErrInside refuses an address that is not of the world outside.
var ErrInside = errors.New("the address is not of the world outside")

// closed are networks that are nobody's on the internet: the special-purpose registries of
// IANA for IPv4 and IPv6, and what carries an IPv4 address within an IPv6 one.
var closed = prefixes("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 " +
	"192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/32 " +
	"2001:db8::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 ::ffff:0:0:0/96")

func prefixes(list string) (all []netip.Prefix) {
	for one := range strings.FieldsSeq(list) {
		all = append(all, netip.MustParsePrefix(one))
	}
	return all
}

// Public says whether an address is of the world outside.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsValid() && a.Zone() == "" && a.IsGlobalUnicast() &&
		!slices.ContainsFunc(closed, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Egress is how requests go out to addresses that people wrote: the address is judged that
// is connected to, each time, so that no name and no redirect leads inside.
type Egress struct {
	// Allowed are networks inside that the operator lets requests go to, on any port.
	Allowed []netip.Prefix
}

// Client makes a client for such requests.
func (e Egress) Client() *http.Client {
	dialer := &net.Dialer{Timeout: egressTime, Control: e.control}
	return &http.Client{
		Timeout: egressTime,
		Transport: &http.Transport{Proxy: nil, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		}, DisableKeepAlives: true, MaxResponseHeaderBytes: egressHeader, TLSHandshakeTimeout: egressTime},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > egressRedirects {
				return errors.New("it leads on too often")
			}
			if r.URL.Scheme != "https" && r.URL.Scheme != "http" || r.URL.User != nil {
				return ErrInside
			}
			return nil
		},
	}
}

func (e Egress) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInside, err)
	}
	a := at.Addr().Unmap()
	if slices.ContainsFunc(e.Allowed, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return nil
	}
	if !Public(at.Addr()) || at.Port() != 80 && at.Port() != 443 {
		return ErrInside
	}
	return nil
}
