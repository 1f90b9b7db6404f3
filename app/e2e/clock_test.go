package e2e

import (
	"regexp"
	"testing"

	"parley/app/apptest"
)

// The server writes times as their reader has chosen, else as the language of the
// browser has them; a script changes nothing of that.
func TestTimesAreWrittenAsTheirReaderReadsThem(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Tell(1, "What time is it?")
	twelve, whole := regexp.MustCompile(`>\d{1,2}:\d\d [AP]M</time>`), regexp.MustCompile(`>\d\d:\d\d</time>`)
	for _, c := range []struct {
		chosen, language string
		twelve           bool
	}{
		{"", "", false},
		{"", "en-GB,en;q=0.9,en-US;q=0.8", false},
		{"", "de", false},
		{"", "en-US,en;q=0.9", true},
		{"", "en", true},
		{"", "en-Latn-IN", true},
		{"24", "en-US", false},
		{"12", "en-GB", true},
	} {
		ada.Post("/me/appearance", "clock", c.chosen).Want(t, 303)
		for _, path := range []string{"/rooms/1", "/messages/1", "/search?q=time"} {
			page := ada.Get(path, "Accept-Language", c.language).Body
			if twelve.MatchString(page) != c.twelve || whole.MatchString(page) == c.twelve {
				t.Errorf("%s with %q chosen and %q said: %v and %v", path, c.chosen, c.language,
					twelve.FindAllString(page, -1), whole.FindAllString(page, -1))
			}
		}
	}
}
