package views

import (
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

// A time in what a program sent is written by the clock, the zone and the language of the row.
func TestTimesOfProgramsAreTheReaders(t *testing.T) {
	at := time.Date(2026, 11, 29, 20, 30, 0, 0, time.UTC)
	m := chat.Message{ID: 7, Room: 1, Kind: chat.MessagePosted, At: at, Author: chat.Person{ID: 1, Name: "CI"}, Program: &chat.Program{
		Attachments: []chat.Attachment{{Foot: `<time data-at datetime="2026-11-29T00:00:00Z">`, At: at.Add(-24 * time.Hour)}, {Foot: "b", At: at}}}}
	row := RenderMessage(&m)
	if html := string(row.AppendLive(nil, "")); !strings.Contains(html, ">29 November 2026, 20:30 UTC<") {
		t.Error("the row of all names no zone:", html)
	}
	tokyo := time.FixedZone("", 9*3600)
	for want, v := range map[string]Viewer{
		"Yesterday, 8:30 PM|Today, 8:30 PM":                     {Zone: time.UTC, ZoneKnown: true, Twelve: true, Now: at},
		"Yesterday, 20:30|Today, 20:30":                         {Zone: time.UTC, ZoneKnown: true, Now: at},
		"Sunday, November 29, 05:30|Monday, November 30, 05:30": {Zone: tokyo, ZoneKnown: true, MonthFirst: true, Now: at.Add(72 * time.Hour)},
		"Yesterday (UTC), 20:30|Today (UTC), 20:30":             {Zone: time.UTC, Now: at},
	} {
		html := string(row.AppendPage(nil, at, v))
		for _, words := range strings.Split(want, "|") {
			if !strings.Contains(html, ">"+words+"</time>") {
				t.Errorf("%q is not in %s", words, html)
			}
		}
	}
}
