package e2e

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

func trusting(networks ...string) func(*app.Config) {
	return func(c *app.Config) {
		c.AuthHeader = "X-Remote-User"
		for _, n := range networks {
			_, network, err := net.ParseCIDR(n)
			if err != nil {
				panic(err)
			}
			c.Trusted = append(c.Trusted, network)
		}
	}
}

func TestATrustedProxySaysWhoIsLoggedIn(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, trusting("127.0.0.0/8"))
	s.Signup("ada")
	b := s.Visitor()
	if to := b.Get("/rooms/1", "X-Remote-User", "mei").Want(t, http.StatusSeeOther).Location(); to != "/rooms/1" || b.Cookie == "" {
		t.Fatal(to, b.Cookie)
	}
	b.Get("/rooms/1", "X-Remote-User", "mei").Want(t, http.StatusOK)
	if page := b.Get("/me", "X-Remote-User", "mei").Body; !strings.Contains(page, "@mei") {
		t.Error("it is not hers")
	}
	// Somebody else at the same browser: a page of the one before sends nothing as the other.
	b.Do(http.MethodPost, "/rooms/1/messages", "body=x", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin",
		"X-Remote-User", "ada").Want(t, http.StatusUnauthorized)
	b.Get("/rooms/1", "X-Remote-User", "ada").Want(t, http.StatusSeeOther)
	if page := b.Get("/me", "X-Remote-User", "ada").Body; !strings.Contains(page, "@ada") {
		t.Error("it is not ada's")
	}
	if a := s.Visitor().Get("/rooms/1", "X-Remote-User", "bad name!"); a.Status == http.StatusOK || a.Status == http.StatusSeeOther &&
		a.Location() == "/rooms/1" {
		t.Error(a.Status, a.Location())
	}
	b.Post("/admin/people/2/disable").Want(t, http.StatusSeeOther)
	s.Visitor().Get("/rooms/1", "X-Remote-User", "mei").Want(t, http.StatusForbidden)
}

func TestAHeaderOfAnybodyElseCountsForNothing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, trusting("192.0.2.0/24"))
	s.Signup("ada")
	b := s.Visitor()
	if to := b.Get("/rooms/1", "X-Remote-User", "ada").Want(t, http.StatusSeeOther).Location(); !strings.HasPrefix(to, "/login") ||
		b.Cookie != "" {
		t.Error(to, b.Cookie)
	}
}
