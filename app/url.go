package app

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/app/chat"
)

// publicURL is the address of --url, without a slash at its end; "" when there is none.
// Links are made of it, and browsers' Origin is compared with it: it is a scheme, a
// host and perhaps a port.
func publicURL(cmd *cobra.Command) (string, error) {
	value, _ := cmd.Flags().GetString("url")
	value = strings.TrimSpace(value)
	if value == "" {
		return "", nil
	}
	u, err := url.Parse(value)
	refuse := func(why string) (string, error) {
		return "", usage{fmt.Errorf("--url: %s; it must look like https://chat.example.org", why)}
	}
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return refuse(strconv.Quote(value) + " is not an address that browsers open")
	case u.User != nil:
		return refuse("a name or a password does not belong into the public address")
	case strings.Trim(u.Path, "/") != "":
		return refuse(fmt.Sprintf("Parley cannot be under a path like %s: it needs a host name of its own", u.Path))
	case strings.ContainsAny(value, "?#") || u.Path != "" && u.Path != "/":
		return refuse("the public address ends after the host name and the port")
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return refuse(strconv.Quote(port) + " is not a port")
		}
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// proxyNetwork reads a network like 10.0.0.0/8, or a single address.
func proxyNetwork(s string) (netip.Prefix, error) {
	s = strings.TrimSpace(s)
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address like 127.0.0.1 nor a network like 10.0.0.0/8", s)
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// span is a flag that takes a span of time, also in days.
type span time.Duration

// String implements pflag.Value.
func (s *span) String() string { return time.Duration(*s).String() }

// Type implements pflag.Value.
func (s *span) Type() string { return "duration" }

// Set implements pflag.Value.
func (s *span) Set(value string) error {
	d, err := chat.ParseDuration(value)
	*s = span(d)
	return err
}
