package chat

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestHoursOfAWidget(t *testing.T) {
	t.Parallel()
	w := Widget{Hours: "mon-fri 09:00-12:00\nmon-fri 13:00-17:00\nsat 10:00-12:30", Zone: "Europe/Lisbon"}
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for when, want := range map[string]string{
		"2026-11-27T09:00:00Z": "open 12:00", // a Friday; Lisbon is at UTC in winter
		"2026-11-27T11:59:59Z": "open 12:00", "2026-11-27T12:00:00Z": "closed Fri 13:00", "2026-11-27T16:59:00Z": "open 17:00",
		"2026-11-27T17:00:00Z": "closed Sat 10:00", "2026-11-28T12:30:00Z": "closed Mon 09:00", "2026-11-29T10:00:00Z": "closed Mon 09:00",
		"2026-07-03T08:30:00Z": "open 12:00", // summer: 09:30 there
	} {
		open, until := w.OpenAt(at(when))
		got := "closed " + until.Format("Mon 15:04")
		if open {
			got = "open " + until.Format("15:04")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	if open, until := (Widget{}).OpenAt(time.Now()); !open || !until.IsZero() {
		t.Error("without hours it is closed")
	}
	if open, _ := (Widget{Hours: "sun-sat 00:00-23:59", Zone: "UTC"}).OpenAt(at("2026-11-29T23:58:00Z")); !open {
		t.Error("the whole week is closed")
	}
	for _, wrong := range []string{"mon", "mon 9-17", "mon 17:00-09:00", "day 09:00-10:00", "mon-fri", "mon-fri 09:00"} {
		if _, err := parseHours(wrong); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestPagesOfVisitors(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{"https://a.example/x?secret=1#y": "https://a.example/x", "javascript:alert(1)": "",
		"https://u:p@a.example/": "https://a.example/", "x": "", "": ""} {
		if got := (Widget{}).page(page); got != want {
			t.Errorf("%q is told as %q", page, got)
		}
	}
	if got := (Widget{WholePage: true}).page("https://a.example/x?q=1#y"); got != "https://a.example/x?q=1" {
		t.Error("the whole page is", got)
	}
}

func TestTheQueueShowsWhatWasSaidAsItIsRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"**late**, see\n[the plan](https://a.example/x)": "late, see the plan",
		"a * b\n\n> c": "a * b c", "```\nx\n```": "x", strings.Repeat("y", 500): strings.Repeat("y", maxCaseExcerpt-1) + "…"} {
		if got := excerpt(body); got != want {
			t.Errorf("%q is shown as %q, want %q", body, got, want)
		}
	}
}
