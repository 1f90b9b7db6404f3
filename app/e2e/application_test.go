package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestAnAdministratorSaysYesToNewAccounts(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	jonas := s.Signup("jonas")
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingSignup, chat.SignupAsks); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := s.Visitor().Get("/login").Body; !strings.Contains(page, "Ask for an account") {
		t.Error(page)
	}
	ask := func(name string) apptest.Answer {
		return s.Visitor().Post("/signup", "name", "Mei <Tanaka>", "username", name, "password", apptest.Password, "reason", "I keep the <lens>")
	}
	if a := ask("mei").Want(t, http.StatusOK); a.Header.Get("Set-Cookie") != "" || !strings.Contains(a.Body, "You have asked for an account") {
		t.Error(a)
	}
	ask("mei").Want(t, http.StatusUnprocessableEntity)
	ask("Ada").Want(t, http.StatusUnprocessableEntity)
	s.Visitor().Post("/signup", "username", "priya", "password", "short").Want(t, http.StatusUnprocessableEntity)
	if a := s.Visitor().Post("/login", "username", "mei", "password", apptest.Password); a.Status == http.StatusSeeOther {
		t.Error("who only asked logs in")
	}
	if strings.Contains(jonas.Get("/people").Body, "mei") {
		t.Error("who only asked is in the directory")
	}
	page := ada.Get("/admin/people").Want(t, http.StatusOK).Body
	m := regexp.MustCompile(`/admin/people/asking/(\d+)`).FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "I keep the &lt;lens&gt;") || strings.Contains(page, "argon2") {
		t.Fatal(page)
	}
	jonas.Post(m[0], "yes", "1").Want(t, http.StatusForbidden)
	ada.Post(m[0], "yes", "1").Want(t, http.StatusSeeOther)
	ada.Post(m[0], "yes", "1").Want(t, http.StatusNotFound)
	b := s.Visitor()
	b.Post("/login", "username", "mei", "password", apptest.Password).Want(t, http.StatusSeeOther)
	b.Get("/rooms/1").Want(t, http.StatusOK)

	ask("eve").Want(t, http.StatusOK)
	m = regexp.MustCompile(`/admin/people/asking/(\d+)`).FindStringSubmatch(ada.Get("/admin/people").Body)
	ada.Post(m[0]).Want(t, http.StatusSeeOther)
	if a := s.Visitor().Post("/login", "username", "eve", "password", apptest.Password); a.Status == http.StatusSeeOther {
		t.Error("who was refused logs in")
	}
	if page := ada.Get("/admin/log").Body; !strings.Contains(page, "refused an account to @eve") || !strings.Contains(page, "added @mei") {
		t.Error(page)
	}
	// Who has an invite needs no yes.
	link := ada.Invite(t, "1", "member")
	s.Visitor().Post(link, "username", "priya", "password", apptest.Password).Want(t, http.StatusSeeOther)
}
