package chat

import (
	"slices"
	"strings"
	"time"
)

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// span of a day in minutes since midnight.
type openSpan struct{ from, to int }

// parseHours reads lines like mon-fri 09:00-17:00 or sat 10:00-12:00; nothing is always.
func parseHours(s string) (days [7][]openSpan, err error) {
	wrong := Invalid("hours", "Hours are lines like mon-fri 09:00-17:00 or sat 10:00-12:30.")
	if len(s) > 1000 {
		return days, wrong
	}
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.ToLower(strings.TrimSpace(line)); line == "" {
			continue
		}
		names, times, ok := strings.Cut(line, " ")
		first, last, several := strings.Cut(names, "-")
		if !several {
			last = first
		}
		from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
		begin, end, both := strings.Cut(strings.TrimSpace(times), "-")
		a, wrongBegin := time.Parse("15:04", strings.TrimSpace(begin))
		b, wrongEnd := time.Parse("15:04", strings.TrimSpace(end))
		if !ok || !both || from < 0 || to < 0 || wrongBegin != nil || wrongEnd != nil || !a.Before(b) {
			return days, wrong
		}
		for d := from; ; d = (d + 1) % 7 {
			days[d] = append(days[d], openSpan{a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute()})
			if d == to {
				break
			}
		}
	}
	return days, nil
}

// OpenAt says whether people answer at a time: until when, and else when they are back, in
// the widget's time zone; zero: always, or never.
func (w Widget) OpenAt(now time.Time) (open bool, until time.Time) {
	days, err := parseHours(w.Hours)
	if err != nil || strings.TrimSpace(w.Hours) == "" {
		return true, time.Time{}
	}
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		zone = time.UTC
	}
	local := now.In(zone)
	y, m, d := local.Date()
	at := func(day, minutes int) time.Time { return time.Date(y, m, d+day, minutes/60, minutes%60, 0, 0, zone) }
	for day := range 8 {
		next := time.Time{}
		for _, s := range days[(int(local.Weekday())+day)%7] {
			from, to := at(day, s.from), at(day, s.to)
			if !local.Before(from) && local.Before(to) {
				return true, to
			}
			if from.After(local) && (next.IsZero() || from.Before(next)) {
				next = from
			}
		}
		if !next.IsZero() {
			return false, next
		}
	}
	return false, time.Time{}
}
