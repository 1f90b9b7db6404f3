package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/live"
)

func TestASocketOfAnotherSiteIsRefusedBeforeItOpens(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	for _, headers := range [][]string{
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", ""},
		{"Origin", "http://127.0.0.1:1"},
		{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		{"Sec-Fetch-Site", "cross-site"},
	} {
		k, r, err := ada.dial(headers...)
		if err == nil {
			k.ws.Close()
			t.Errorf("%q: it opened", headers)
		} else if r == nil || r.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %v", headers, r)
		}
	}
	if _, r, err := s.visitor().dial(); err == nil || r == nil || r.StatusCode != http.StatusUnauthorized {
		t.Error("a visitor's socket:", r, err)
	}
	ada.open()
}

func TestAPageThatComesBackIsToldWhatItMissed(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	first := ada.says(1, "one")
	ada.says(1, "two")
	ada.says(1, "three")
	ada.post(fmt.Sprintf("/messages/%d/edit", first), "body", "one, edited").want(t, http.StatusSeeOther)
	k := ada.view(1, 2) // the page has one and two
	frame := k.expect("three")
	if !strings.Contains(frame, "one, edited") || strings.Contains(frame, "<p>two</p>") ||
		!strings.Contains(frame, `hx-target="#rev-1" hx-swap="textContent">4<`) {
		t.Error("the catch-up is", frame)
	}
	if strings.Index(frame, "one, edited") > strings.Index(frame, "three") {
		t.Error("the catch-up is out of order:", frame)
	}
	fresh := ada.view(1, 4)
	for _, frame := range fresh.all() {
		if strings.Contains(frame, "tl-1") {
			t.Error("who missed nothing is told", frame)
		}
	}
}

// A queue holds 256 KiB: were the frame simply too large for it, the page would be
// cut, come back, and be cut for ever.
func TestMoreThanAQueueHoldsIsLoadedAnew(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	k := ada.view(1, 0)
	for range 60 {
		ada.says(1, strings.Repeat("long ", 1800))
	}
	back := ada.view(1, 0)
	back.expect(`{"reset":1}`)
	ada.get("/rooms/1/changes?since=0", "HX-Request", "true").want(t, http.StatusResetContent)
	ada.says(1, "and on it goes")
	back.expect("and on it goes")
	k.expect("and on it goes") // told one by one, it fits
}

func TestNothingIsObeyedAfterTheGoodbye(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	bob.says(1, "unread")
	last := bob.says(1, "unread as well")
	w := ada.raw()
	ada.post("/logout").want(t, http.StatusSeeOther)
	if code := w.closedWith(); code != live.CloseSessionOver {
		t.Fatal("closed with", code)
	}
	// The page does not answer the goodbye and goes on: it must not be heard, nor
	// kept by it.
	within(t, "the connection ends", func() bool {
		w.frame(0x81, fmt.Sprintf(`{"t":"read","room":1,"upto":%d}`, last))
		time.Sleep(20 * time.Millisecond)
		_, err := w.c.Write([]byte{0x8a, 0x80, 0, 0, 0, 0})
		return err != nil
	})
	r, m, err := s.stored().RoomFor(t.Context(), 1, 1)
	if err != nil || m.Unread(r) != 2 {
		t.Errorf("unread is %d: a read mark moved after logging out (%v)", m.Unread(r), err)
	}
	within(t, "the page is forgotten", func() bool { return s.app.Pages() == 0 })
}

func TestManyRoomsAreNoReasonToCutAPage(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	for i := range 1200 {
		ada.post("/rooms", "name", fmt.Sprintf("a room with a rather long name %d", i)).want(t, http.StatusSeeOther)
	}
	k := ada.open()
	k.say(`{"t":"view","room":1,"rev":0,"side":1}`)
	k.expect(`id="lists"`, "All 1,201 rooms") // all of them would be more than a queue holds
	ada.says(1, "still here")
	k.expect("still here")
}
