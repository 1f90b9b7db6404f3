package cmd

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // people's time zones, on machines that have none

	"github.com/spf13/cobra"

	"parley/app"
)

// serveHelp tells of what operators set up beside the server.
const serveHelp = `Serve until told to stop, which is what parley does without a command. The data file
is made when it is not there, and upgraded when it is of an older version: no other
command does that.

Every log-in is one line of the log, with the account, the address, the kind of program,
what became of it, and whether the next try will be refused. A name that is no account's
is never written down. fail2ban can work from these lines:

  # /etc/fail2ban/filter.d/parley.conf, with --log-format text (the default)
  [Definition]
  ` + failRegex + `
  journalmatch = _SYSTEMD_UNIT=parley.service

  # /etc/fail2ban/jail.d/parley.conf
  [parley]
  enabled = true
  backend = systemd
  maxretry = 20

Behind a proxy the address is the browser's only when --trusted-proxies names the proxy.`

// failRegex is the line of the filter that finds log-ins which failed.
const failRegex = `failregex = msg="login failed" account=\S+ address=<HOST> agent=\S+ result=(?:wrong|throttled)`

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve until told to stop (the default)", Args: atMostArgs(0), Long: serveHelp,
		Example: "  parley serve --data /var/lib/parley.db --listen 127.0.0.1:8080 --url https://chat.example.org",
		RunE:    func(cmd *cobra.Command, _ []string) error { return serve(cmd) },
	}
	f := cmd.Flags()
	listenFlags(cmd)
	f.String("tls-key", "", "`file` with its private key")
	f.String("http-listen", ":80", "`address` for plain HTTP with --tls-domain, which leads to https; \"\" is none")
	f.String("acme-directory", "", "`address` of another certificate authority than Let's Encrypt (with --tls-domain)")
	f.String("acme-root", "", "`file` with the root certificate of that authority's own server, where the system does not know it")
	f.String("acme-email", "", "`address` that the authority may write to")
	f.Bool("print-systemd-unit", false, "print a hardened unit for systemd that serves with these flags, and end")
	f.String("url", "", "public `address`, when a proxy stands in front")
	f.String("signup", "", "who may sign up: open, approval, invite or closed (default: as stored; open at first)")
	f.StringSlice("egress-allow", nil,
		"`networks` inside that webhooks may be told at, like 10.1.2.0/24 (default: none, only the internet on ports 80 and 443)")
	f.StringSlice("preview-allow", nil,
		"`networks` inside whose pages are shown below links to them; every member can have a look at them so (default: none, likewise)")
	f.StringSlice("trusted-proxies", nil, "`addresses` or networks whose X-Forwarded-For is believed, like 127.0.0.1 or 10.0.0.0/8")
	f.String("metrics-listen", "",
		"`address` of /metrics for Prometheus, like 127.0.0.1:9464; never where others can reach it (default: none)")
	oidcFlags(cmd)
	ldapFlags(cmd)
	f.String("auth-header", "", "`header` in which a proxy of --trusted-proxies says who is logged in, like X-Remote-User; it must take it away from what browsers send")
	f.String("smtp-url", "", "`server` that takes mails, like smtp://user:password@mail.example.org:587 or smtps://mail.example.org:465 (default: none are sent)")
	f.String("smtp-url-file", "", "`file` with what --smtp-url would say")
	f.String("mail-from", "", "`address` that mails are from and bounces go to, like \"Lighthouse <chat@example.org>\"")
	busFlags(cmd)
	f.String("log-level", "info", "debug, info, warn or error")
	f.String("log-format", "text", "text or json")
	shutdown := durationFlag(8 * time.Second)
	f.Var(&shutdown, "shutdown-timeout", "how long open requests may finish")
	return cmd
}

// spareHeap counts as used for the garbage collector, and nobody touches it, so it
// takes no memory: with the few megabytes of a quiet server the collector would run
// many times a second under load. At most as much more is in use between two runs.
const spareHeap = 32 << 20

func serve(cmd *cobra.Command) error {
	c, err := serveConfig(cmd)
	if err != nil {
		return err
	}
	if printed, _ := cmd.Flags().GetBool("print-systemd-unit"); printed {
		return printUnit(cmd, c)
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a, err := app.Start(ctx, c)
	if err != nil {
		return words(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Parley is ready: open %s\n", app.Greeting(c, a.Address))
	if host, _, err := net.SplitHostPort(a.Address.String()); err == nil && c.URL == "" && c.Cert == "" && !net.ParseIP(host).IsLoopback() {
		c.Log.Warn("passwords travel unprotected over plain HTTP; put HTTPS in front and set --url")
	}
	debug.FreeOSMemory() // what starting needed, such as compressing what is served
	spare := make([]byte, spareHeap)
	defer runtime.KeepAlive(spare)
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	for {
		select {
		case <-again:
			if err := a.Refresh(); err != nil {
				c.Log.Error("the old certificate stays", "error", err)
			}
		case <-ctx.Done():
			stop() // a second signal ends at once
			c.Log.Info("stopping")
			return a.Stop()
		case err := <-a.Ended():
			a.Stop()
			return fmt.Errorf("the server stopped listening: %w", err)
		}
	}
}

// tlsConfig reads the flags that say where certificates come from.
func tlsConfig(cmd *cobra.Command, c *app.Config) error {
	c.Cert, _ = cmd.Flags().GetString("tls-cert")
	c.Key, _ = cmd.Flags().GetString("tls-key")
	if (c.Cert == "") != (c.Key == "") {
		return usageError{errors.New("--tls-cert and --tls-key belong together")}
	}
	return acmeConfig(cmd, c)
}

// acmeConfig reads the flags that say how certificates are obtained.
func acmeConfig(cmd *cobra.Command, c *app.Config) (err error) {
	f := cmd.Flags()
	if c.ACME.Domains, err = parseDomains(tlsDomains(cmd)); err != nil || len(c.ACME.Domains) == 0 {
		return err
	}
	if c.Cert != "" || strings.HasPrefix(c.Listen, app.UnixPrefix) {
		return usageError{errors.New("--tls-domain obtains certificates by itself: neither --tls-cert nor --listen unix:PATH goes with it")}
	}
	c.ACME.Directory, _ = f.GetString("acme-directory")
	c.ACME.Root, _ = f.GetString("acme-root")
	c.ACME.Email, _ = f.GetString("acme-email")
	c.ACME.HTTP, _ = f.GetString("http-listen")
	if c.URL == "" {
		c.URL = "https://" + c.ACME.Domains[0]
	}
	if u, err := url.Parse(c.URL); err != nil || u.Scheme != "https" || !slices.Contains(c.ACME.Domains, u.Hostname()) {
		return usageError{fmt.Errorf("--url: %s is not an https address of a name in --tls-domain (%s), so no certificate would be for it", c.URL,
			strings.Join(c.ACME.Domains, ", "))}
	}
	return nil
}

// networksConfig reads the flags that name networks.
func networksConfig(cmd *cobra.Command, c *app.Config) error {
	var trusted []netip.Prefix
	for name, to := range map[string]*[]netip.Prefix{"trusted-proxies": &trusted, "egress-allow": &c.EgressAllowed,
		"preview-allow": &c.PreviewAllowed} {
		list, _ := cmd.Flags().GetStringSlice(name)
		for _, n := range list {
			p, err := proxyNetwork(n)
			if err != nil {
				return usageError{fmt.Errorf("--%s: %w", name, err)}
			}
			*to = append(*to, p)
		}
	}
	for _, p := range trusted {
		c.Trusted = append(c.Trusted, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	return nil
}

// vouchersConfig reads the flags that say who else vouches for people: a proxy, providers of
// OpenID Connect, a directory. It needs c.Trusted.
func vouchersConfig(cmd *cobra.Command, c *app.Config) (err error) {
	c.AuthHeader, _ = cmd.Flags().GetString("auth-header")
	if c.AuthHeader != "" && len(c.Trusted) == 0 && !strings.HasPrefix(c.Listen, app.UnixPrefix) {
		return usageError{errors.New("--auth-header takes --trusted-proxies: else anybody could say who he is")}
	}
	if c.Providers, err = oidcProviders(cmd); err != nil {
		return err
	}
	c.Directory, err = ldapDirectory(cmd)
	return err
}

func serveConfig(cmd *cobra.Command) (app.Config, error) {
	f := cmd.Flags()
	var c app.Config
	c.Data, _ = f.GetString("data")
	c.Listen = listenAddress(cmd)
	c.Metrics, _ = f.GetString("metrics-listen")
	var err error
	if c.URL, err = publicURL(cmd); err != nil {
		return c, err
	}
	if err := busConfig(cmd, &c); err != nil {
		return c, err
	}
	c.Signup, _ = f.GetString("signup")
	if c.Shutdown, _ = f.GetDuration("shutdown-timeout"); c.Shutdown < 0 {
		return c, usageError{errors.New("--shutdown-timeout: a time is 0s or more, like 8s")}
	}
	if err := tlsConfig(cmd, &c); err != nil {
		return c, err
	}
	if err := errors.Join(address("listen", c.Listen), address("metrics-listen", c.Metrics), address("http-listen", c.ACME.HTTP)); err != nil {
		return c, usageError{err}
	}
	if err := networksConfig(cmd, &c); err != nil {
		return c, err
	}
	if err := vouchersConfig(cmd, &c); err != nil {
		return c, err
	}
	if c.Mail, err = mailServer(cmd); err != nil {
		return c, err
	}
	level, _ := f.GetString("log-level")
	format, _ := f.GetString("log-format")
	if c.Log, err = app.NewLog(cmd.ErrOrStderr(), level, format); err != nil {
		return c, usageError{err}
	}
	return c, nil
}
