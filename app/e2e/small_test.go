package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

// What a script of a page hears of a log-in, at the end of a session and with a second tab.
func TestALogInTellsTheScriptOfThePage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	form := url.Values{"username": {"ada"}, "password": {apptest.Password}}.Encode()
	a := s.Visitor().Do("POST", "/login", form, "Content-Type", "application/x-www-form-urlencoded", "HX-Request", "true", "Sec-Fetch-Site",
		"same-origin")
	if a.Want(t, http.StatusNoContent); a.Header.Get("HX-Trigger") != "parley:signed-in" {
		t.Errorf("the headers are %v", a.Header)
	}
}

// The form of a newcomer calls free what a sign-up takes, and nothing else.
func TestANameThatLooksLikeAnotherIsNotFree(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("joel")
	for name, free := range map[string]bool{"joel": false, "J0el": false, "joeI": false, "JOEL": false, "jo": true, "joelle": true} {
		a := s.Visitor().Get("/signup/free?u="+name).Want(t, http.StatusOK)
		if got := a.Header.Get("Parley-Free") != ""; got != free || free != strings.Contains(a.Body, "is free") {
			t.Errorf("of %s it says %q", name, a.Body)
		}
	}
	if a := s.Visitor().Get("/signup/free?name=J0el+Berg").Want(t, http.StatusOK); a.Body != "j0el2" {
		t.Errorf("%q is suggested", a.Body)
	}
	s.Visitor().Post("/signup", "username", "J0el", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
}

// Who ends the session that he is in is logged out.
func TestOnesOwnSessionEndsAsBySayingSo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	other := s.Visitor()
	other.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	own := regexp.MustCompile(`data-session="(\w+)"`).FindStringSubmatch(ada.Get("/rooms/1").Body)[1]
	if a := ada.Post("/me/sessions/"+own+"/end").Want(t, http.StatusSeeOther); a.Location() != "/login" {
		t.Error("it leads to", a.Location())
	}
	if a := ada.Get("/rooms/1").Want(t, http.StatusSeeOther); !strings.HasPrefix(a.Location(), "/login") {
		t.Error("the session goes on")
	}
	other.Get("/rooms/1").Want(t, http.StatusOK)
}

// What closes a panel is no answer to who asks for a room that there is not.
func TestNoRoomHasNoPanel(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for _, path := range []string{"/rooms/9999", "/rooms/9999/people", "/rooms/9999/files", "/messages/9999", "/rooms/9999/@1"} {
		ada.Get(path, "HX-Request", "true", "HX-Target", "aside#panel").Want(t, http.StatusNotFound)
	}
	ada.Get("/rooms/1", "HX-Request", "true", "HX-Target", "aside#panel").Want(t, http.StatusOK)
}

// What a page of a room says and offers to who has no script, or has not begun.
func TestPagesOfARoomSayWhatOneCanDo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, http.StatusSeeOther)
	has := func(who *apptest.Browser, path, words string, want bool) {
		t.Helper()
		if page := who.Get(path).Want(t, http.StatusOK).Body; strings.Contains(page, words) != want {
			t.Errorf("%s has %q: %v", path, words, !want)
		}
	}
	has(ada, "/rooms/2/menu", s.Base+"/rooms/2</span>", true)
	has(ada, "/rooms/2/files", `form="composer"`, true)
	has(ada, "/rooms/2/files?view=page", "Add files</a>", true)
	has(bea, "/rooms/2/files", `Add files</`, false) // who may not post there
	const passes = "You are its only owner."
	has(ada, "/rooms/2/settings", passes, true)
	bea.Post("/rooms/2/join").Want(t, http.StatusSeeOther)
	has(bea, "/rooms/2/settings", passes, false)
	ada.Post("/rooms/2/members/2/rank", "rank", "owner").Want(t, http.StatusSeeOther)
	has(ada, "/rooms/2/settings", passes, false)
}
