package app

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

// plain answers what comes by plain HTTP: the authority's question whether it is we,
// and everything else with the way to https.
func (i *issuer) plain(public string) http.Handler {
	return i.manager.HTTPHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := i.secured(public, r.Host)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		switch _, err := i.certificate(to.Hostname()); {
		case r.Method != http.MethodGet && r.Method != http.MethodHead: // what was sent was open for all to read
			http.Error(w, "Parley is at "+to.String()+" and takes nothing over plain HTTP.", http.StatusBadRequest)
		case err != nil:
			w.Header().Set("Retry-After", "60")
			http.Error(w, "Parley has no certificate for "+to.Hostname()+" yet, so nothing can be shown. The server's log says why.",
				http.StatusServiceUnavailable)
		default:
			http.Redirect(w, r, to.String()+r.URL.RequestURI(), http.StatusPermanentRedirect)
		}
	}))
}

// secured is the address of this server by https, under the name by which it was
// asked if that is one of its own.
func (i *issuer) secured(public, host string) *url.URL {
	to := &url.URL{Scheme: "https", Host: i.Domains[0]}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host = strings.ToLower(host); slices.Contains(i.Domains, host) {
		to.Host = host
	}
	if u, err := url.Parse(public); err == nil && u.Port() != "" {
		to.Host = net.JoinHostPort(to.Host, u.Port())
	}
	return to
}

// bindHelp adds what helps when an address cannot be listened on.
func bindHelp(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w. Ports below 1024 need a permission: let systemd start it (parley serve --print-systemd-unit), or once: "+
			"setcap cap_net_bind_service=+ep on the binary; or listen on another port that is forwarded from %s", err, address)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w. Something listens there already: stop it, or have it pass requests on as a proxy (--listen and --url)", err)
	}
	return err
}
