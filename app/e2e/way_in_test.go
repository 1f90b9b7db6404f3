package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/auth"
	"parley/app/chat"
	"parley/app/oidc"
)

// Who has another way in needs no password, and nobody locks himself out.
func TestAPasswordCanBeRemovedWhereThereIsAnotherWayIn(t *testing.T) {
	t.Parallel()
	m, s := provided(t, oidc.Rules{})
	ada := s.Signup("ada")
	if a := ada.Post("/me/password/remove").Want(t, http.StatusUnprocessableEntity); !strings.Contains(a.Body, "This is your only way in.") {
		t.Error("it does not say why:", a.Body)
	}
	m.QueueUser(person("ada-at-work", "ada@example.org"))
	back, _ := atProvider(t, ada, "/me/identities/1")
	ada.Get(back).Want(t, http.StatusSeeOther)
	elsewhere := s.Visitor()
	elsewhere.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	ada.Post("/me/password/remove").Want(t, http.StatusSeeOther)
	elsewhere.Get("/rooms/1").Want(t, http.StatusSeeOther) // logged out
	s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
	s.Visitor().Post("/login", "username", "ada", "password", auth.NoPassword).Want(t, http.StatusUnprocessableEntity)
	if page := ada.Get("/me/security").Want(t, http.StatusOK).Body; !strings.Contains(page, "You have none, and log in without.") {
		t.Error("the page does not say so")
	}
	// The other way is the only one now.
	ada.Post("/me/identities/remove", "issuer", m.Issuer(), "subject", "ada-at-work").Want(t, http.StatusUnprocessableEntity)
	m.QueueUser(person("ada-at-work", "ada@example.org"))
	b := s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1")
	b.Get(back).Want(t, http.StatusSeeOther)
	b.Get("/rooms/1").Want(t, http.StatusOK)
	// A first password needs a proof, and no password before it.
	old := aged(t, s, 1, time.Hour)
	if a := old.Post("/me/password", "password", "another horse 12").Want(t, http.StatusForbidden); strings.Contains(a.Body, `name="prove"`) {
		t.Error("a password is asked for that there is not")
	}
	b.Post("/me/password", "password", "short").Want(t, http.StatusUnprocessableEntity)
	b.Post("/me/password", "password", "another horse 12").Want(t, http.StatusSeeOther)
	s.Visitor().Post("/login", "username", "ada", "password", "another horse 12").Want(t, http.StatusSeeOther)
	b.Post("/me/password", "password", "a third horse 12").Want(t, http.StatusUnprocessableEntity) // the current one is asked for again
	b.Post("/me/identities/remove", "issuer", m.Issuer(), "subject", "ada-at-work").Want(t, http.StatusSeeOther)
	// Who came by a provider has none from the beginning.
	m.QueueUser(person("mei", "mei@example.org"))
	mei := s.Visitor()
	back, _ = atProvider(t, mei, "/login/provider/1")
	mei.Get(back).Want(t, http.StatusSeeOther)
	mei.Post("/login/provider/new", "username", "mei", "name", "Mei").Want(t, http.StatusSeeOther)
	mei.Post("/me/identities/remove", "issuer", m.Issuer(), "subject", "mei").Want(t, http.StatusUnprocessableEntity)
	mei.Post("/me/password", "password", "horse of mei 12").Want(t, http.StatusSeeOther)
	mei.Post("/me/identities/remove", "issuer", m.Issuer(), "subject", "mei").Want(t, http.StatusSeeOther)
	entries, _, err := s.App.Chat.AuditLog(t.Context(), chat.Operator, 0)
	found := false
	for _, e := range entries {
		found = found || e.Action == chat.AuditRemovePassword
	}
	if err != nil || !found {
		t.Error("the audit log does not have it:", err)
	}
}

// A session that somebody else chose is nobody's, before a log-in and after it.
func TestALogInTakesNoSessionFromOutside(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	b := s.Visitor()
	name, _, _ := strings.Cut(s.Signup("mei").Cookie, "=")
	const planted = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	b.Cookie = name + "=" + planted
	b.Get("/login").Want(t, http.StatusOK)
	b.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if strings.Contains(b.Cookie, planted) {
		t.Error("the session is the one that was planted")
	}
	b.Get("/rooms/1").Want(t, http.StatusOK)
	thief := s.Visitor()
	thief.Cookie = name + "=" + planted
	thief.Get("/rooms/1").Want(t, http.StatusSeeOther)
	// Nor does a log-in go on in the session of another account.
	before := s.Visitor()
	before.Post("/login", "username", "mei", "password", apptest.Password).Want(t, http.StatusSeeOther)
	was := before.Cookie
	before.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if before.Cookie == was {
		t.Error("two accounts have one session")
	}
}
