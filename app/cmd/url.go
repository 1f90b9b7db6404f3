package cmd

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/idna"

	"parley/app/chat"
	"parley/app/web"
)

// publicURL is the address of --url as browsers spell it, without a slash at its end; ""
// when there is none. Links are made of it, and browsers' Origin is compared with it.
func publicURL(cmd *cobra.Command) (string, error) {
	value, _ := cmd.Flags().GetString("url")
	if strings.TrimSpace(value) == "" {
		return "", nil
	}
	u, err := web.ParseOrigin(value)
	if err != nil {
		return "", usageError{fmt.Errorf("--url: %w; it must look like https://chat.example.org", err)}
	}
	return u.String(), nil
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

// durationFlag is a flag that takes a span of time, also in days.
type durationFlag time.Duration

// String implements pflag.Value.
func (s *durationFlag) String() string { return time.Duration(*s).String() }

// Type implements pflag.Value.
func (s *durationFlag) Type() string { return "duration" }

// Set implements pflag.Value.
func (s *durationFlag) Set(value string) error {
	d, err := chat.ParseDuration(value)
	*s = durationFlag(d)
	return err
}

// parseDomains checks the names of --tls-domain, and spells them as in the DNS.
func parseDomains(names []string) ([]string, error) {
	for n, name := range names {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil || !strings.Contains(ascii, ".") || net.ParseIP(ascii) != nil || strings.ContainsAny(ascii, "*:/ ") {
			return nil, usageError{fmt.Errorf("--tls-domain: %q is not a name like chat.example.org", name)}
		}
		names[n] = ascii
	}
	return names, nil
}
