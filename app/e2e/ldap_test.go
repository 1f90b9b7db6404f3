package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/apptest/ldaptest"
	"parley/app/chat"
	"parley/app/directory"
	"parley/app/oidc"
)

// housed starts a directory, and a server where its passwords count, too.
func housed(t *testing.T, rules oidc.Rules) (*ldaptest.Server, *apptest.Server) {
	t.Helper()
	l := ldaptest.Start(t, false)
	return l, apptest.Start(t, func(c *app.Config) {
		var err error
		c.Directory, err = directory.New(directory.Config{Name: "Lighthouse", URL: l.Plain, Base: ldaptest.Base, BindDN: ldaptest.Root,
			BindPassword: ldaptest.Secret, Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestThePasswordsOfADirectoryCountHereToo(t *testing.T) {
	t.Parallel()
	l, s := housed(t, oidc.Rules{})
	l.Add("mei", "Mei Tanaka", "mei@example.org", "a garden in spring")
	l.Add("ada", "Ada of the house", "ada@example.org", "another ada's words")
	ada := s.Signup("ada")
	if page := s.Visitor().Get("/login").Body; !strings.Contains(page, "Your password of Lighthouse works here, too.") ||
		!strings.Contains(page, "Username or mail address") {
		t.Error("the page of log-in says nothing of it:", page)
	}

	// Somebody new chooses a username, and has an account without a password.
	b := s.Visitor()
	if to := b.Post("/login", "username", "mei@example.org", "password", "a garden in spring", "next", "/mentions").Want(t,
		http.StatusSeeOther).Location(); to != "/login/provider/new" || b.Cookie != "" {
		t.Fatal(to, b.Cookie)
	}
	if page := b.Get("/login/provider/new").Want(t, http.StatusOK).Body; !strings.Contains(page, "mei@example.org of Lighthouse") ||
		!strings.Contains(page, `value="Mei Tanaka"`) {
		t.Error(page)
	}
	b.Post("/login/provider/new", "username", "mei", "name", "Mei Tanaka").Want(t, http.StatusSeeOther)
	b.Get("/rooms/1").Want(t, http.StatusOK)
	b = s.Visitor()
	if to := b.Post("/login", "username", "Mei", "password", "a garden in spring", "next", "/mentions").Want(t,
		http.StatusSeeOther).Location(); to != "/mentions" {
		t.Error("it leads to", to)
	}
	for _, wrong := range []string{"a garden in autumn", "", "*"} {
		if page := s.Visitor().Post("/login", "username", "mei", "password", wrong).Want(t,
			http.StatusUnprocessableEntity).Body; !strings.Contains(page, "Username or password is wrong.") {
			t.Error(page)
		}
	}

	// The same name in the directory is nobody's account here, until its person proved both.
	other := s.Visitor()
	other.Post("/login", "username", "ada", "password", "another ada's words").Want(t, http.StatusSeeOther)
	other.Get("/rooms/1").Want(t, http.StatusSeeOther)
	ada.Get("/me/identities/directory").Want(t, http.StatusOK)
	ada.Post("/me/identities/directory", "user", "ada", "password", "a guess").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/me/identities/directory", "user", "mei", "password", "a garden in spring").Want(t, http.StatusUnprocessableEntity) // mei's
	ada.Post("/me/identities/directory", "user", "ada", "password", "another ada's words").Want(t, http.StatusSeeOther)
	if page := ada.Get("/me/security").Body; !strings.Contains(page, `aria-label="Unlink Lighthouse"`) ||
		strings.Contains(page, "/me/identities/directory") {
		t.Error(page)
	}
	b = s.Visitor()
	b.Post("/login", "username", "ada", "password", "another ada's words").Want(t, http.StatusSeeOther)
	if page := b.Get("/me").Want(t, http.StatusOK).Body; !strings.Contains(page, "@ada") {
		t.Error("it is another account")
	}
	// The password of here works on, also while the directory is away.
	l.Stop()
	s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if page := s.Visitor().Post("/login", "username", "mei", "password", "a garden in spring").Want(t,
		http.StatusServiceUnavailable).Body; !strings.Contains(page, "Lighthouse does not answer.") {
		t.Error(page)
	}
}

// Whoever came by the directory proves by its password who he is, writes the code of his app,
// too, and goes when it does not know him any more.
func TestWhoIsInTheDirectoryNoMoreIsDeactivated(t *testing.T) {
	t.Parallel()
	l, s := housed(t, oidc.Rules{Signup: true, Admins: []string{"ops"}})
	ada := s.Signup("ada")
	ada.Post("/admin/settings", "workspace", "Lighthouse", "signup", chat.SignupClosed).Want(t, http.StatusSeeOther)
	people := map[string]*apptest.Browser{}
	for _, uid := range []string{"mei", "bo", "cy", "dan", "eve"} {
		l.Add(uid, uid, uid+"@example.org", uid+" and the sea")
		b := s.Visitor()
		b.Post("/login", "username", uid, "password", uid+" and the sea").Want(t, http.StatusSeeOther)
		b.Post("/login/provider/new", "username", uid).Want(t, http.StatusSeeOther)
		b.Get("/rooms/1").Want(t, http.StatusOK)
		people[uid] = b
	}
	mei := people["mei"]
	follow := func() {
		t.Helper()
		if err := s.App.FollowDirectory(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	follow()
	if s.Account("mei").Role != chat.RoleMember {
		t.Error("mei administers")
	}
	l.Group("ops", "mei")
	follow()
	if s.Account("mei").Role != chat.RoleAdmin {
		t.Error("mei does not administer, and is in the group")
	}
	l.Remove("cn=ops,ou=groups," + ldaptest.Base)
	follow()
	if s.Account("mei").Role != chat.RoleMember {
		t.Error("mei administers, and is in the group no more")
	}

	// Who came by the directory goes with it, whatever other ways in he made himself; ada was here before.
	bo := aged(t, s, s.Account("bo").ID, time.Hour)
	if page := bo.Post("/me/password", "password", "cold water at night").Want(t, http.StatusForbidden).Body; !strings.Contains(page,
		"Your password of Lighthouse") {
		t.Error(page)
	}
	bo.Post("/me/password", "prove", "cy and the sea", "password", "cold water at night").Want(t, http.StatusUnprocessableEntity)
	bo.Post("/me/password", "prove", "bo and the sea", "password", "cold water at night").Want(t, http.StatusSeeOther)
	l.Add("ada", "Ada", "ada@example.org", "ada and the sea")
	ada.Post("/me/identities/directory", "user", "ada", "password", "ada and the sea").Want(t, http.StatusSeeOther)
	for _, uid := range []string{"ada", "bo", "cy"} {
		l.Remove(ldaptest.Person(uid))
	}
	follow()
	for uid, goes := range map[string]bool{"ada": false, "bo": true, "cy": true, "mei": false} {
		if s.Account(uid).Disabled != goes {
			t.Error(uid, "is deactivated:", !goes)
		}
	}
	bo.Get("/rooms/1").Want(t, http.StatusSeeOther)
	people["cy"].Get("/rooms/1").Want(t, http.StatusSeeOther)
	// A deactivated account makes no other one.
	b := s.Visitor()
	l.Add("cy", "Cy", "cy@example.org", "cy and the sea")
	b.Post("/login", "username", "cy", "password", "cy and the sea")
	b.Get("/rooms/1").Want(t, http.StatusSeeOther)

	// Nobody is deactivated because the directory was set up differently.
	for _, uid := range []string{"fay", "gus", "hal", "ivy"} {
		l.Add(uid, uid, uid+"@example.org", uid+" and the sea")
		b := s.Visitor()
		b.Post("/login", "username", uid, "password", uid+" and the sea").Want(t, http.StatusSeeOther)
		b.Post("/login/provider/new", "username", uid).Want(t, http.StatusSeeOther)
	}
	for _, uid := range []string{"mei", "dan", "eve", "fay", "gus", "hal"} {
		l.Remove(ldaptest.Person(uid))
	}
	follow()
	mei.Get("/rooms/1").Want(t, http.StatusOK)
	l.Add("eve", "Eve", "eve@example.org", "somebody else's, of the same name")
	b = s.Visitor()
	if to := b.Post("/login", "username", "eve", "password", "somebody else's, of the same name").Want(t,
		http.StatusSeeOther).Location(); to != "/login/provider/new" {
		t.Error("another person of the same name comes in as eve:", to)
	}
}

// The second step of a log-in is asked of who comes by the directory, too.
func TestTheSecondFactorIsAskedBehindADirectory(t *testing.T) {
	t.Parallel()
	l, s := housed(t, oidc.Rules{Signup: true})
	s.Signup("ada")
	l.Add("mei", "Mei", "mei@example.org", "a garden in spring")
	b := s.Visitor()
	b.Post("/login", "username", "mei", "password", "a garden in spring").Want(t, http.StatusSeeOther)
	b.Post("/login/provider/new", "username", "mei").Want(t, http.StatusSeeOther)
	factored(t, b)
	again := s.Visitor()
	if to := again.Post("/login", "username", "mei", "password", "a garden in spring", "next", "/mentions").Want(t,
		http.StatusSeeOther).Location(); to != "/login/second?next=%2Fmentions" {
		t.Error("it leads to", to)
	}
	again.Get("/rooms/1").Want(t, http.StatusSeeOther)
}
