package views

import (
	"strings"
	"time"
)

// clockLayout is how this person reads one.
func (v Viewer) clockLayout() string {
	if v.Twelve {
		return "3:04 PM"
	}
	return clock24
}

// clock is the time of day.
func (v Viewer) clock(t time.Time) string { return t.In(v.Zone).Format(v.clockLayout()) }

// clockSeconds is the time of day to the second, for logs.
func (v Viewer) clockSeconds(t time.Time) string {
	return t.In(v.Zone).Format(strings.Replace(v.clockLayout(), "04", "04:05", 1))
}

// day is a date as an attribute.
func day(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// dayName is a date in words.
func (v Viewer) dayName(t time.Time) string {
	local, now := t.In(v.Zone), v.Now.In(v.Zone)
	layout := "Monday, 2 January"
	if v.MonthFirst {
		layout = "Monday, January 2"
	}
	name := local.Format(layout)
	switch {
	case day(local, v.Zone) == day(now, v.Zone):
		name = "Today"
	case day(local, v.Zone) == day(now.AddDate(0, 0, -1), v.Zone):
		name = "Yesterday"
	case local.Year() != now.Year():
		name = local.Format("Monday, ") + v.date(t)
	}
	if !v.ZoneKnown {
		name += " (UTC)"
	}
	return name
}

// date is a day of any year.
func (v Viewer) date(t time.Time) string {
	if v.MonthFirst {
		return t.In(v.Zone).Format("January 2, 2006")
	}
	return t.In(v.Zone).Format("2 January 2006")
}

// dayBefore says on which day something was, where that is not today, with a space
// behind it.
func (v Viewer) dayBefore(t time.Time) string {
	local, now := t.In(v.Zone), v.Now.In(v.Zone)
	switch {
	case day(local, v.Zone) == day(now, v.Zone):
		return ""
	case day(local, v.Zone) == day(now.AddDate(0, 0, -1), v.Zone):
		return "Yesterday "
	case now.Sub(t).Abs() < 6*24*time.Hour:
		return local.Format("Monday ")
	}
	return v.date(t) + " "
}

// dayAt is a moment, in words.
func (v Viewer) dayAt(t time.Time) string { return v.dayBefore(t) + v.clock(t) }

// moment is a day and a time of day, in words: moment in over.js says the same.
func (v Viewer) moment(t time.Time) string { return v.dayName(t) + ", " + v.clock(t) }
