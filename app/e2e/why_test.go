package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

// Whatever a form is refused for, the page that comes back says it, also where it is
// nothing that the form itself would send.
func TestEveryRefusedFormSaysWhy(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Unlimited()
	ada := s.Signup("ada")
	s.Signup("bea")
	ada.Found("quay", "open")
	why := regexp.MustCompile(`class="(?:why|alert|oops)"[^>]*>(?:\s*<h1[^>]*>)?[^<]{8,}<`)
	for _, form := range [][]string{
		{"/rooms", "name", ""}, {"/rooms", "name", strings.Repeat("n", 65)}, {"/rooms", "name", "here"}, {"/rooms", "name", "quay"},
		{"/rooms", "name", "yard", "kind", "dm"}, {"/rooms", "name", "yard", "topic", strings.Repeat("t", 251)},
		{"/rooms/2/settings", "name", "", "topic", ""}, {"/rooms/2/settings", "name", "here", "topic", ""},
		{"/rooms/2/notify", "level", "zz"}, {"/rooms/2/privacy", "privacy", "dm"}, {"/rooms/2/slow", "slow", "x"},
		{"/me/appearance", "theme", "purple"}, {"/me/time", "clock", "13"}, {"/me", "name", ""},
		{"/me/data/delete", "username", "ada"}, {"/me/data/delete", "username", "other"},
		{"/me/password", "now", "wrong", "password", "x"},
		{"/admin/people/1/disable"}, {"/admin/people/1/ban"}, {"/admin/people/1/role", "role", "member"},
		{"/admin/people/2/role", "role", "king"},
		{"/bots", "username", "x", "name", ""}, {"/rooms/2/outgoing", "name", "x", "url", "ftp://x"}, {"/rooms/2/integrations", "name", ""},
	} {
		a := ada.Post(form[0], form[1:]...)
		if a.Status == http.StatusNotFound || a.Status == http.StatusSeeOther {
			t.Errorf("%q is answered with %d %s", form, a.Status, a.Location())
			continue
		}
		if a.Status == http.StatusUnprocessableEntity && !why.MatchString(a.Body) {
			t.Errorf("%.60q is refused without a word", form)
		}
	}
}
