package cmd

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/app/oidc"
)

func oidcFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSlice("oidc-issuer", nil,
		"`address` of an OpenID Connect provider by which people log in, exactly as it writes it; several by commas, as the flags below")
	f.StringSlice("oidc-client-id", nil,
		"`name` that the provider gave Parley; its redirect address is URL/login/provider/1/callback (2 for the second)")
	f.StringSlice("oidc-client-secret", nil, "`secret` that goes with it")
	f.StringSlice("oidc-client-secret-file", nil, "`file` with that secret")
	f.StringSlice("oidc-name", nil, "`words` on its button (default: its host)")
	f.StringSlice("oidc-domains", nil, "`domains` of verified mail addresses that may log in by providers (default: all)")
	f.StringSlice("oidc-groups", nil, "`groups` of which one must be a person's to log in by providers (default: all)")
	f.StringSlice("oidc-admin-groups", nil, "`groups` whose people administer; others do not (default: roles are given in Parley)")
	f.String("oidc-name-claim", "", "`claim` of a person's name, with dots into objects (default: name)")
	f.String("oidc-groups-claim", "", "`claim` of a person's groups, with dots into objects, as realm_access.roles (default: groups)")
	f.Bool("oidc-logout", false, "who logs out is logged out at the provider, too, where it has an address for that; tell it URL/login as the address to come back to")
	f.Bool("oidc-signup", false, "who has no account may make one by a provider, whoever may sign up otherwise")
}

// oidcProviders reads the flags that say by whom people log in.
func oidcProviders(cmd *cobra.Command) ([]*oidc.Provider, error) {
	f := cmd.Flags()
	list := func(name string) []string {
		v, _ := f.GetStringSlice(name)
		return v
	}
	issuers, ids, secrets, files, names := list("oidc-issuer"), list("oidc-client-id"), list("oidc-client-secret"),
		list("oidc-client-secret-file"), list("oidc-name")
	if len(ids) != len(issuers) || len(secrets)+len(files) > 0 && len(secrets) != len(issuers) && len(files) != len(issuers) ||
		len(secrets) > 0 && len(files) > 0 || len(names) > len(issuers) {
		return nil, usageError{errors.New("--oidc-issuer, --oidc-client-id and --oidc-client-secret-file (or --oidc-client-secret) belong together, as many of each")}
	}
	rules := oidc.Rules{Groups: list("oidc-groups"), Admins: list("oidc-admin-groups")}
	for _, d := range list("oidc-domains") {
		rules.Domains = append(rules.Domains, strings.ToLower(strings.TrimPrefix(d, "@")))
	}
	rules.Signup, _ = f.GetBool("oidc-signup")
	var claims oidc.Claims
	claims.Name, _ = f.GetString("oidc-name-claim")
	claims.Groups, _ = f.GetString("oidc-groups-claim")
	logout, _ := f.GetBool("oidc-logout")
	var all []*oidc.Provider
	for i, issuer := range issuers {
		u, err := url.Parse(issuer)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
			return nil, usageError{fmt.Errorf("--oidc-issuer: %q is not an https address", issuer)}
		}
		p := &oidc.Provider{Issuer: issuer, ClientID: ids[i], Name: u.Hostname(), Claims: claims, Rules: rules, Logout: logout}
		if i < len(names) {
			p.Name = names[i]
		}
		if len(secrets) > 0 {
			p.ClientSecret = secrets[i]
		}
		if len(files) > 0 {
			text, err := os.ReadFile(files[i])
			if err != nil {
				return nil, fmt.Errorf("--oidc-client-secret-file: %w", err)
			}
			p.ClientSecret = strings.TrimSpace(string(text))
		}
		all = append(all, p)
	}
	return all, nil
}
