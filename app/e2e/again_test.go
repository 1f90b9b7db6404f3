package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

// A program that repeats itself is answered with what is there, and not told that it made
// something.
func TestARepeatByAProgramMakesNothing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	said := func(cid string, status int) string {
		t.Helper()
		return ada.Do("POST", "/rooms/1/messages", apptest.Fields("body", "once", "cid", cid), "Content-Type",
			"application/x-www-form-urlencoded", "Accept", "application/json", "Sec-Fetch-Site", "same-origin").Want(t, status).Body
	}
	first := said("abcdefgh-1", http.StatusCreated)
	if again := said("abcdefgh-1", http.StatusOK); again != first {
		t.Errorf("it is answered with %s, first with %s", again, first)
	}
	said("abcdefgh-2", http.StatusCreated)
}

// The address of a feed tells whom it belongs to by no answer, errors included.
func TestTheAddressOfAFeedTellsNothingElse(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Found("attic", "private")
	page := ada.Post("/me/feeds").Want(t, http.StatusOK).Body
	at := regexp.MustCompile(`/feeds/[A-Za-z0-9_-]+`).FindString(page)
	if at == "" {
		t.Fatal(page)
	}
	for _, path := range []string{at + "/rooms/999", at + "/rooms/999/feed.json"} {
		if a := s.Visitor().Get(path); a.Status < 400 || strings.Contains(a.Body, "attic") || strings.Contains(a.Body, "data-session") ||
			strings.Contains(a.Body, "@ada") {
			t.Errorf("%s is answered with %d %.300s", path, a.Status, a.Body)
		}
	}
}
