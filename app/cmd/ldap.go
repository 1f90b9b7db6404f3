package cmd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/app/directory"
	"parley/app/oidc"
)

// ldapFlags say which directory of the house people log in by.
func ldapFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("ldap-url", "", "`address` of an LDAP directory whose passwords count here, too, like ldaps://ldap.example.org; ldap:// is encrypted by StartTLS")
	f.String("ldap-base", "", "`name` under which its people and groups are, like dc=example,dc=org")
	f.String("ldap-bind-dn", "", "`name` by which it is searched, like cn=parley,dc=example,dc=org (default: by nobody)")
	f.String("ldap-bind-password", "", "`password` of that name")
	f.String("ldap-bind-password-file", "", "`file` with that password")
	f.String("ldap-filter", "", "`filter` that finds a person by what was typed, like (uid={name}) (default: by username or mail address)")
	f.String("ldap-name", "", "`words` for the directory on pages (default: its host)")
	f.String("ldap-ca", "", "`file` with the root certificate of the directory, where the system does not know it")
	f.StringSlice("ldap-domains", nil, "`domains` of mail addresses whose people may log in (default: all)")
	f.StringSlice("ldap-groups", nil, "`groups`, by name, of which one must be a person's (default: all)")
	f.StringSlice("ldap-admin-groups", nil, "`groups`, by name, whose people administer; others do not (default: roles are given in Parley)")
	f.Bool("ldap-signup", false, "who is in the directory and has no account may make one, whoever may sign up otherwise")
}

// ldapDirectory reads the flags of the directory; nil: there is none.
func ldapDirectory(cmd *cobra.Command) (*directory.Directory, error) {
	f := cmd.Flags()
	text := func(name string) string { v, _ := f.GetString(name); return v }
	list := func(name string) []string { v, _ := f.GetStringSlice(name); return v }
	c := directory.Config{URL: text("ldap-url"), Base: text("ldap-base"), BindDN: text("ldap-bind-dn"),
		BindPassword: text("ldap-bind-password"),
		Filter:       text("ldap-filter"), Name: text("ldap-name"), Rules: oidc.Rules{Groups: list("ldap-groups"),
			Admins: list("ldap-admin-groups")}}
	if c.URL == "" && c.Base == "" && c.BindDN == "" {
		return nil, nil
	}
	for _, d := range list("ldap-domains") {
		c.Rules.Domains = append(c.Rules.Domains, strings.ToLower(strings.TrimPrefix(d, "@")))
	}
	c.Rules.Signup, _ = f.GetBool("ldap-signup")
	if path := text("ldap-bind-password-file"); path != "" {
		if c.BindPassword != "" {
			return nil, usageError{errors.New("--ldap-bind-password and --ldap-bind-password-file say the same: leave one out")}
		}
		secret, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("--ldap-bind-password-file: %w", err)
		}
		c.BindPassword = strings.TrimSpace(string(secret))
	}
	if (c.BindDN == "") != (c.BindPassword == "") {
		return nil, usageError{errors.New("--ldap-bind-dn and --ldap-bind-password-file (or --ldap-bind-password) belong together")}
	}
	if path := text("ldap-ca"); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("--ldap-ca: %w", err)
		}
		c.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
		if !c.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ldap-ca: there is no certificate in %s", path)
		}
	}
	d, err := directory.New(c)
	if err != nil {
		return nil, usageError{fmt.Errorf("--ldap-…: %w", err)}
	}
	return d, nil
}
