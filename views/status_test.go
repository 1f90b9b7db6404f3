package views

import (
	"testing"
	"time"

	"parley/app/chat"
)

// Until says when a status ends in words that are true: the end of a day is that day.
func TestAStatusSaysWhenItEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 14, 21, 30, 0, 0, time.UTC)
	midnight := time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)
	v := Viewer{Now: now, Zone: time.UTC}
	for until, want := range map[time.Time]string{
		now.Add(time.Hour):        "22:30",
		midnight:                  "the end of today",
		now.Add(4 * time.Hour):    "15 March 2026, 01:30",
		midnight.AddDate(0, 0, 2): "16 March 2026",
	} {
		if got := v.untilWords(chat.Status{Until: until}); got != want {
			t.Errorf("until %v is %q, not %q", until, got, want)
		}
	}
}
