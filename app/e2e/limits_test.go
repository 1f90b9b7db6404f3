package e2e

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/chat"
)

var hubTag = regexp.MustCompile(`<div class="app" id="hub"[^>]*>`)

// What the server owns stands in the page, so that the script has no number of its own
// that could become another one.
func TestThePageSaysWhatTheServerAllows(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	hub := hubTag.FindString(s.Signup("ada").Get("/rooms/1").Body)
	for name, want := range map[string]int{
		"data-max-body":   chat.MaxBody,
		"data-max-quote":  chat.MaxQuote,
		"data-continued":  int(chat.ContinuedWithin / time.Second),
		"data-ping":       25,
		"data-poll":       25,
		"data-poll-rooms": 16,
	} {
		if !regexp.MustCompile(fmt.Sprintf(` %s="%d"`, name, want)).MatchString(hub) {
			t.Errorf("%s is not %d in %s", name, want, hub)
		}
	}
}
