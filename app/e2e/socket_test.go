package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/live"
)

func TestASocketOfAnotherSiteIsRefusedBeforeItOpens(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for _, headers := range [][]string{
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", ""},
		{"Origin", "http://127.0.0.1:1"},
		{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		{"Sec-Fetch-Site", "cross-site"},
	} {
		k, r, err := ada.Dial(headers...)
		if err == nil {
			k.WS.Close()
			t.Errorf("%q: it opened", headers)
		} else if r == nil || r.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %v", headers, r)
		}
	}
	if _, r, err := s.Visitor().Dial(); err == nil || r == nil || r.StatusCode != http.StatusUnauthorized {
		t.Error("a visitor's socket:", r, err)
	}
	ada.Open()
}

func TestAPageThatComesBackIsToldWhatItMissed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	first := ada.Says(1, "one")
	ada.Says(1, "two")
	ada.Says(1, "three")
	ada.Post(fmt.Sprintf("/messages/%d/edit", first), "body", "one, edited").Want(t, http.StatusSeeOther)
	k := ada.View(1, 2) // the page has one and two
	frame := k.Expect("three")
	if !strings.Contains(frame, "one, edited") || strings.Contains(frame, "<p>two</p>") ||
		!strings.Contains(frame, `hx-target="#rev-1" hx-swap="textContent">4<`) {
		t.Error("the catch-up is", frame)
	}
	if strings.Index(frame, "one, edited") > strings.Index(frame, "three") {
		t.Error("the catch-up is out of order:", frame)
	}
	fresh := ada.View(1, 4)
	for _, frame := range fresh.All() {
		if strings.Contains(frame, "tl-1") {
			t.Error("who missed nothing is told", frame)
		}
	}
}

// A queue holds 256 KiB: were the frame simply too large for it, the page would be
// cut, come back, and be cut for ever.
func TestMoreThanAQueueHoldsIsLoadedAnew(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	k := ada.View(1, 0)
	for range 60 {
		ada.Says(1, strings.Repeat("long ", 1800))
	}
	back := ada.View(1, 0)
	back.Expect(`{"reset":1}`)
	ada.Get("/rooms/1/changes?since=0", "HX-Request", "true").Want(t, http.StatusResetContent)
	ada.Says(1, "and on it goes")
	back.Expect("and on it goes")
	k.Expect("and on it goes") // told one by one, it fits
}

func TestNothingIsObeyedAfterTheGoodbye(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	bob.Says(1, "unread")
	last := bob.Says(1, "unread as well")
	w := rawSocket(ada)
	ada.Post("/logout").Want(t, http.StatusSeeOther)
	if code := w.closedWith(); code != live.CloseSessionOver {
		t.Fatal("closed with", code)
	}
	// The page does not answer the goodbye and goes on: it must not be heard, nor
	// kept by it.
	apptest.Within(t, "the connection ends", func() bool {
		w.frame(0x81, fmt.Sprintf(`{"t":"read","room":1,"upto":%d}`, last))
		time.Sleep(20 * time.Millisecond)
		_, err := w.c.Write([]byte{0x8a, 0x80, 0, 0, 0, 0})
		return err != nil
	})
	r, m, err := s.Stored().RoomFor(t.Context(), 1, 1)
	if err != nil || m.Unread(r) != 2 {
		t.Errorf("unread is %d: a read mark moved after logging out (%v)", m.Unread(r), err)
	}
	apptest.Within(t, "the page is forgotten", func() bool { return s.App.Pages() == 0 })
}

func TestManyRoomsAreNoReasonToCutAPage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i := range 1200 {
		ada.Post("/rooms", "name", fmt.Sprintf("a room with a rather long name %d", i)).Want(t, http.StatusSeeOther)
	}
	k := ada.Open()
	k.Say(`{"t":"view","room":1,"rev":0,"side":1}`)
	k.Expect(`id="lists"`, "All 1,201 rooms") // all of them would be more than a queue holds
	ada.Says(1, "still here")
	k.Expect("still here")
}
