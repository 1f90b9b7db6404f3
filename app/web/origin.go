package web

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// ParseOrigin reads a public address and answers with it as browsers send an origin: a
// scheme, a host in lower case and in the letters of the DNS, and a port unless it is the
// scheme's own. The error says in words what is wrong, and never holds a password.
func ParseOrigin(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		if u != nil && u.User != nil || strings.Contains(s, "@") {
			return nil, errors.New("it is not an address that browsers open")
		}
		return nil, errors.New(strconv.Quote(s) + " is not an address that browsers open")
	case u.User != nil:
		return nil, errors.New("a name or a password does not belong into the public address")
	case strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("there can be no path like %s: Parley needs a host name of its own", u.Path)
	case strings.ContainsAny(s, "?#") || u.Path != "" && u.Path != "/":
		return nil, errors.New("the public address ends after the host name and the port")
	}
	host, err := parseHost(u.Hostname(), strings.HasPrefix(u.Host, "["))
	if err != nil {
		return nil, err
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return nil, errors.New(strconv.Quote(port) + " is not a port")
		}
		if n != defaultPort[u.Scheme] {
			host += ":" + strconv.FormatUint(n, 10)
		}
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

var defaultPort = map[string]uint64{"http": 80, "https": 443}

// hosts spells names in the letters of the DNS as browsers do. These take underscores,
// too, which networks of containers have in names.
var hosts = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// parseHost is a host as browsers spell it in an origin.
func parseHost(host string, bracketed bool) (string, error) {
	refuse := fmt.Errorf("%q is not the name of a host", host)
	if bracketed {
		a, err := netip.ParseAddr(host)
		if err != nil || !a.Is6() || a.Zone() != "" {
			return "", refuse
		}
		if b := a.As16(); a.Is4In6() {
			return fmt.Sprintf("[::ffff:%x:%x]", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15])), nil
		}
		return "[" + a.String() + "]", nil
	}
	name, err := hosts.ToASCII(host)
	name = strings.TrimSuffix(name, ".") // the root of the DNS, which nobody types
	if err != nil || len(name) > 253 {
		return "", refuse
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notLabel) {
			return "", refuse
		}
	}
	// Browsers take such a name for an IPv4 address.
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		if a, err := netip.ParseAddr(name); err != nil || !a.Is4() {
			return "", refuse
		}
	}
	return name, nil
}

func notLabel(r rune) bool { return strings.ContainsRune(".:[]", r) || notHost(r) }
