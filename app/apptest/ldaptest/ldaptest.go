// Package ldaptest starts OpenLDAP for tests: in a directory that goes with it, on ports of
// its own. Only tests import it.
package ldaptest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"parley/app/apptest"
)

// Base is where everything is, Root who may do everything, and Secret the password of that.
const (
	Base   = "dc=example,dc=org"
	Root   = "cn=root," + Base
	Secret = "the keeper of the keys"
)

// Server is an OpenLDAP that runs until the test ends.
type Server struct {
	t          testing.TB
	Plain, TLS string // addresses
	CA         *x509.CertPool
	args       []string
	cmd        *exec.Cmd
}

// Start starts one. Without OpenLDAP the test is skipped, or fails when CI is true. memberOf: it
// writes groups beside people, as Active Directory does.
func Start(t testing.TB, memberOf bool) *Server {
	t.Helper()
	binary, err := exec.LookPath("slapd")
	if err != nil {
		if _, err = os.Stat("/usr/sbin/slapd"); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("no slapd: in CI these tests must run")
			}
			t.Skip("no slapd: tests with a directory are skipped")
		}
		binary = "/usr/sbin/slapd"
	}
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	apptest.Pair(t, cert, key, 7)
	pem, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, CA: x509.NewCertPool(), Plain: "ldap://127.0.0.1:" + port(t), TLS: "ldaps://127.0.0.1:" + port(t)}
	s.CA.AppendCertsFromPEM(pem)
	overlay, load := "", ""
	if memberOf {
		overlay, load = "overlay memberof\n", "moduleload memberof\n"
	}
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
%sTLSCertificateFile %s
TLSCertificateKeyFile %s
pidfile %s
database mdb
suffix "%s"
rootdn "%s"
rootpw "%s"
directory %s
access to attrs=userPassword by anonymous auth
access to * by users read
%s`, load, cert, key, filepath.Join(dir, "pid"), Base, Root, Secret, filepath.Join(dir, "data"), overlay)
	file := filepath.Join(dir, "slapd.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s.args = []string{binary, "-f", file, "-h", s.Plain + "/ " + s.TLS + "/", "-d", "0"}
	s.Run()
	t.Cleanup(s.Stop)
	s.add(Base, map[string][]string{"objectClass": {"dcObject", "organization"}, "dc": {"example"}, "o": {"Lighthouse"}})
	for _, unit := range []string{"people", "groups"} {
		s.add("ou="+unit+","+Base, map[string][]string{"objectClass": {"organizationalUnit"}, "ou": {unit}})
	}
	return s
}

// Run starts it again after Stop.
func (s *Server) Run() {
	s.t.Helper()
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	apptest.Within(s.t, "the directory answers", func() bool {
		c, err := ldap.DialURL(s.Plain)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// Stop ends it.
func (s *Server) Stop() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// Client is what a program needs to trust its certificate.
func (s *Server) Client() *tls.Config { return &tls.Config{RootCAs: s.CA} }

// Person is the name of an entry.
func Person(uid string) string { return "uid=" + uid + ",ou=people," + Base }

// Add makes a person.
func (s *Server) Add(uid, name, mail, password string) {
	s.t.Helper()
	s.add(Person(uid), map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {uid}, "cn": {name}, "sn": {name}, "mail": {mail},
		"userPassword": {password}})
}

// Group makes a group of people.
func (s *Server) Group(name string, uids ...string) {
	s.t.Helper()
	var members []string
	for _, uid := range uids {
		members = append(members, Person(uid))
	}
	s.add("cn="+name+",ou=groups,"+Base, map[string][]string{"objectClass": {"groupOfNames"}, "cn": {name}, "member": members})
}

// Remove removes an entry.
func (s *Server) Remove(dn string) {
	s.t.Helper()
	s.do(func(c *ldap.Conn) error { return c.Del(ldap.NewDelRequest(dn, nil)) })
}

func (s *Server) add(dn string, attributes map[string][]string) {
	s.t.Helper()
	r := ldap.NewAddRequest(dn, nil)
	for name, values := range attributes {
		r.Attribute(name, values)
	}
	s.do(func(c *ldap.Conn) error { return c.Add(r) })
}

func (s *Server) do(what func(*ldap.Conn) error) {
	s.t.Helper()
	c, err := ldap.DialURL(s.Plain)
	if err == nil {
		defer c.Close()
		if err = c.Bind(Root, Secret); err == nil {
			err = what(c)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// port is one that nobody listens at.
func port(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}
