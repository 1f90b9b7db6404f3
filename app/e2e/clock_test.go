package e2e

import (
	"regexp"
	"testing"

	"parley/app/apptest"
)

// A page without a script has the times as its reader has chosen, else as the
// browser once said.
func TestTimesAreWrittenAsTheirReaderReadsThem(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Tell(1, "What time is it?")
	twelve, whole := regexp.MustCompile(`>\d{1,2}:\d\d [AP]M</time>`), regexp.MustCompile(`>\d\d:\d\d</time>`)
	cookie := ada.Cookie
	for _, c := range []struct {
		chosen, lastError string
		twelve            bool
	}{
		{"", "", false},
		{"", "; tz=Asia/Kolkata", false},
		{"", "; tz=Asia/Kolkata; h12=1", true},
		{"24", "; h12=1", false},
		{"12", "", true},
	} {
		ada.Post("/me/appearance", "clock", c.chosen).Want(t, 303)
		ada.Cookie = cookie + c.lastError
		for _, path := range []string{"/rooms/1", "/messages/1", "/search?q=time"} {
			page := ada.Get(path).Body
			if twelve.MatchString(page) != c.twelve || whole.MatchString(page) == c.twelve {
				t.Errorf("%s with %q chosen and %q said: %v and %v", path, c.chosen, c.lastError,
					twelve.FindAllString(page, -1), whole.FindAllString(page, -1))
			}
		}
		ada.Cookie = cookie
	}
}
