package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

// says fails where a page lacks one of some words, or has one of others.
func says(t *testing.T, page string, has, hasNot []string) {
	t.Helper()
	for _, w := range has {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q:\n%.3000s", w, page)
		}
	}
	for _, w := range hasNot {
		if strings.Contains(page, w) {
			t.Errorf("the page says %q", w)
		}
	}
}

func TestWordsOfPagesFitWhatIsThere(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	says(t, s.Visitor().Get("/forgot").Want(t, http.StatusOK).Body, []string{"An administrator can make a link for you that"}, []string{", too."})
	says(t, s.Visitor().Get("/reset/"+strings.Repeat("a", 26)).Want(t, http.StatusGone).Body, []string{"Ask an administrator"}, []string{"by mail"})

	says(t, ada.Get("/").Body, []string{"all caught up", "Browse rooms", "Find people"}, nil)

	menu := ada.Get("/rooms/1/menu").Want(t, http.StatusOK).Body
	says(t, menu, []string{"All", "Mentions", "Nothing"}, []string{"as usual", `value="usual"`})

	says(t, ada.Get("/people/2").Body, []string{">Block<"}, nil)
	mei.Post("/me/delete", "password", apptest.Password)
	ada.Post("/admin/people/2/disable")
	says(t, ada.Get("/people/2").Want(t, http.StatusOK).Body, []string{"former member"}, []string{">Block<", "offline", "Last seen", "Here now"})
	says(t, ada.Get("/people/2/card").Want(t, http.StatusOK).Body, []string{"former member"}, []string{"offline", "Here now"})
}
