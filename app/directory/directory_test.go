package directory_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/app/apptest/ldaptest"
	"parley/app/directory"
	"parley/app/oidc"
)

// of makes a directory of a server, searched by its root.
func of(t *testing.T, c directory.Config) *directory.Directory {
	t.Helper()
	c.Base, c.BindDN, c.BindPassword = ldaptest.Base, ldaptest.Root, ldaptest.Secret
	d, err := directory.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Whoever knows the password of one person, and no other than him, comes in: no sign of a
// filter in a name finds anybody else, and no empty password counts.
func TestOneNameAndItsPasswordAreOnePerson(t *testing.T) {
	t.Parallel()
	s := ldaptest.Start(t, false)
	s.Add("mei", "Mei Tanaka", "mei@example.org", "a garden in spring")
	s.Add("bo", "Bo Lind", "bo@example.org", "cold water")
	s.Add("bo2", "Bo Lind", "bo@example.org", "cold water")
	for name, c := range map[string]directory.Config{"plain": {URL: s.Plain}, "starttls": {URL: s.Plain, TLS: s.Client()},
		"ldaps": {URL: s.TLS, TLS: s.Client()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := of(t, c)
			who, right, err := d.Check(t.Context(), "mei", "a garden in spring")
			if err != nil || !right || who.Username != "mei" || who.Name != "Mei Tanaka" || who.Mail != "mei@example.org" ||
				who.Issuer != "ldap:dc=example,dc=org" ||
				!strings.HasPrefix(who.Subject, "entryUUID:") || who.Roles || who.Admin {
				t.Fatalf("%+v %v %v", who, right, err)
			}
			if byMail, right, err := d.Check(t.Context(), "mei@example.org", "a garden in spring"); !right || byMail != who {
				t.Error("by mail address:", byMail, right, err)
			}
			for _, wrong := range [][2]string{{"mei", "A garden in spring"}, {"mei", ""}, {"", "a garden in spring"}, {"*", "a garden in spring"},
				{"m*", "a garden in spring"},
				{"mei)(uid=*", "a garden in spring"}, {"mei)(|(uid=*))", "cold water"}, {"bo@example.org", "cold water"}, {"nobody", "cold water"},
				{ldaptest.Root, ldaptest.Secret}, {"mei\x00", "a garden in spring"}, {"\xff", "cold water"}} {
				if who, right, err := d.Check(t.Context(), wrong[0], wrong[1]); right || err != nil {
					t.Errorf("%q: %+v, %v, %v", wrong, who, right, err)
				}
			}
			for password, want := range map[string]bool{"a garden in spring": true, "cold water": false, "": false} {
				if right, err := d.CheckAgain(t.Context(), who.Subject, password); right != want || err != nil {
					t.Errorf("again, %q: %v, %v", password, right, err)
				}
			}
			there, err := d.Look(t.Context(), "entryUUID:00", "entryUUID:zz", "", who.Subject, "objectClass:2a")
			if err != nil || len(there) != 1 || there[who.Subject] != who {
				t.Error("looked up:", there, err)
			}
		})
	}
}

// Groups count where the directory writes them beside people, and where it does not, by name
// and by DN.
func TestGroupsSayWhoComesAndWhoAdministers(t *testing.T) {
	t.Parallel()
	for _, memberOf := range []bool{false, true} {
		t.Run(fmt.Sprint("memberOf ", memberOf), func(t *testing.T) {
			t.Parallel()
			s := ldaptest.Start(t, memberOf)
			for _, uid := range []string{"mei", "bo", "cy"} {
				s.Add(uid, uid, uid+"@example.org", uid+" is my password")
			}
			s.Group("Chat", "mei", "bo")
			s.Group("ops", "mei", "cy")
			d := of(t, directory.Config{URL: s.Plain, Rules: oidc.Rules{Groups: []string{"chat"},
				Admins: []string{"CN=ops, OU=groups, DC=example, DC=org"}}})
			for uid, admin := range map[string]bool{"mei": true, "bo": false} {
				who, right, err := d.Check(t.Context(), uid, uid+" is my password")
				if err != nil || !right || !who.Roles || who.Admin != admin {
					t.Errorf("%s: %+v, %v, %v", uid, who, right, err)
				}
			}
			if _, right, err := d.Check(t.Context(), "cy", "cy is my password"); right || !errors.Is(err, directory.ErrNotIn) {
				t.Error("who is not in the group:", right, err)
			}
			if _, right, err := d.Check(t.Context(), "cy", "wrong"); right || err != nil {
				t.Error("a wrong password says who is in which group:", right, err)
			}
			only := of(t, directory.Config{URL: s.Plain, Rules: oidc.Rules{Domains: []string{"other.example"}}})
			if _, _, err := only.Check(t.Context(), "mei", "mei is my password"); !errors.Is(err, directory.ErrNotIn) {
				t.Error("of another domain:", err)
			}
			bo, _, err := d.Check(t.Context(), "bo", "bo is my password")
			if err != nil {
				t.Fatal(err)
			}
			s.Remove("cn=Chat,ou=groups," + ldaptest.Base)
			if there, err := d.Look(t.Context(), bo.Subject); len(there) > 0 || err != nil {
				t.Error("who is in the group no more:", there, err)
			}
		})
	}
}

// A directory that is away, that nobody trusts or that refuses the searcher is said to be away;
// it is asked again after a while.
func TestADirectoryThatIsAwayIsSaid(t *testing.T) {
	t.Parallel()
	s := ldaptest.Start(t, false)
	s.Add("mei", "Mei", "mei@example.org", "a garden in spring")
	for name, d := range map[string]*directory.Directory{
		"nobody listens":         of(t, directory.Config{URL: "ldap://127.0.0.1:1"}),
		"another's, by StartTLS": of(t, directory.Config{URL: s.Plain, TLS: &tls.Config{}}),
		"another's certificate":  of(t, directory.Config{URL: s.TLS, TLS: &tls.Config{}}),
	} {
		if _, right, err := d.Check(t.Context(), "mei", "a garden in spring"); right || !errors.Is(err, directory.ErrAway) || d.Answers() {
			t.Error(name, right, err)
		}
	}
	wrong, err := directory.New(directory.Config{URL: s.Plain, Base: ldaptest.Base, BindDN: ldaptest.Root, BindPassword: "forgotten"})
	if err != nil {
		t.Fatal(err)
	}
	if _, right, err := wrong.Check(t.Context(), "mei", "a garden in spring"); right || !errors.Is(err, directory.ErrAway) {
		t.Error("a searcher whom it does not know:", right, err)
	}
	d := of(t, directory.Config{URL: s.Plain})
	s.Stop()
	if _, _, err := d.Check(t.Context(), "mei", "a garden in spring"); !errors.Is(err, directory.ErrAway) {
		t.Error("while it is away:", err)
	}
	s.Run()
	for until := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		_, right, err := d.Check(t.Context(), "mei", "a garden in spring")
		if right && err == nil && d.Answers() {
			break
		}
		if time.Now().After(until) {
			t.Fatal("it is back, and not asked again:", right, err)
		}
	}
}

func TestWhatTheOperatorSaysOfADirectoryIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []directory.Config{{}, {URL: "https://x.example", Base: "dc=x"}, {URL: "ldaps://x.example"},
		{URL: "ldaps://x.example", Base: "x"},
		{URL: "ldaps://x.example", Base: "dc=x", Filter: "uid={name"}, {URL: "ldaps://x.example", Base: "dc=x", Filter: "(uid=mei)"},
		{URL: "ldaps:///", Base: "dc=x"}} {
		if d, err := directory.New(c); err == nil {
			t.Errorf("%+v is taken: %+v", c, d)
		}
	}
}
