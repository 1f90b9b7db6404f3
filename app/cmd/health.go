package cmd

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/app"
)

func healthCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "healthcheck", Short: "Ask a running server whether it is ready", Args: atMostArgs(0),
		Long: `Ask a running server on this machine whether it is ready. It takes the flags of
serve that say how the server is reached, and their twins in the environment.`,
		Example: "  parley healthcheck --listen 127.0.0.1:8080\n  parley healthcheck --listen unix:/run/parley/http.sock",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			if err := askReady(ctx, cmd); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "ready")
			return nil
		},
	}
	listenFlags(cmd)
	cmd.Flags().Bool("tls", false, "the server speaks https; --tls-cert and --tls-domain say so, too")
	return cmd
}

// askReady asks /readyz as a client on the same machine.
func askReady(ctx context.Context, cmd *cobra.Command) error {
	listen, domains := listenAddress(cmd), tlsDomains(cmd)
	name := "localhost"
	if len(domains) > 0 {
		name = domains[0]
	}
	secure, _ := cmd.Flags().GetBool("tls")
	cert, _ := cmd.Flags().GetString("tls-cert")
	scheme := "http"
	if secure || cert != "" || len(domains) > 0 {
		scheme = "https"
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return dialNear(ctx, listen) },
			TLSClientConfig: &tls.Config{ServerName: name, InsecureSkipVerify: true}, // the question is whether it answers, not who it is
		}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+name+"/readyz", nil)
	if err != nil {
		return usageError{err}
	}
	r, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", r.Status)
	}
	return nil
}

// dialNear connects to what a server on this machine listens on.
func dialNear(ctx context.Context, listen string) (net.Conn, error) {
	var d net.Dialer
	if path, local := strings.CutPrefix(listen, app.UnixPrefix); local {
		return d.DialContext(ctx, "unix", path)
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return d.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
}

// listenFlags are the flags that say where and how a server listens.
func listenFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("listen", defaultListen, "`address` to listen on: host:port, or unix:/path for a proxy on this machine (with --tls-domain: :443)")
	f.String("tls-cert", "", "`file` with the certificate chain, for https without a proxy; SIGHUP reads it again")
	f.StringSlice("tls-domain", nil,
		"`names` of this server, like chat.example.org, for https with certificates that it gets by itself (ACME, Let's Encrypt)")
}

const defaultListen = "127.0.0.1:8080"

// listenAddress is where the flags have a server listen.
func listenAddress(cmd *cobra.Command) string {
	f := cmd.Flags().Lookup("listen")
	if !f.Changed && len(tlsDomains(cmd)) > 0 {
		return ":443"
	}
	return f.Value.String()
}

// address refuses what nothing can listen on; "" is nowhere.
func address(flag, value string) error {
	path, local := strings.CutPrefix(value, app.UnixPrefix)
	_, port, err := net.SplitHostPort(value)
	if err == nil && !local {
		_, err = net.LookupPort("tcp", port)
	}
	if value == "" || local && path != "" || !local && err == nil {
		return nil
	}
	return fmt.Errorf("--%s: %q is not an address like 127.0.0.1:8080, :8080 or unix:/run/parley/http.sock", flag, value)
}

// tlsDomains are the names of --tls-domain.
func tlsDomains(cmd *cobra.Command) []string {
	all, _ := cmd.Flags().GetStringSlice("tls-domain")
	var names []string
	for _, d := range all {
		if d = strings.ToLower(strings.TrimSpace(d)); d != "" {
			names = append(names, strings.TrimSuffix(d, "."))
		}
	}
	return names
}
