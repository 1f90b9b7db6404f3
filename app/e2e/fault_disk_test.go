package e2e

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// A disk of 6 MB fills up: what cannot be stored is refused and told to nobody,
// reading goes on, and writing resumes by itself when there is room again.
func TestAFullDiskRefusesWritesAndRecovers(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skip("a small disk cannot be mounted here:", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	log := &apptest.Written{}
	s := apptest.Start(t, func(c *app.Config) {
		c.Data, c.Log = filepath.Join(dir, "parley.db"), slog.New(slog.NewTextHandler(log, nil))
	})
	ada, bea := s.Signup("ada"), s.Signup("bea")
	k := ada.View(1, 0)
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	stored, refused := 0, apptest.Answer{}
	for _, words := range []int{600, 60, 6, 0} { // until not even a short one fits
		for range 2000 {
			refused = ada.Post("/rooms/1/messages", "cid", fmt.Sprint("d", stored), "body", fmt.Sprintf("kept %d. %s", stored,
				strings.Repeat("full of words ", words)))
			if refused.Status != http.StatusSeeOther {
				break
			}
			stored++
		}
		refused.Want(t, http.StatusServiceUnavailable)
	}
	if refused.Header.Get("Retry-After") == "" || !strings.Contains(refused.Body, "cannot store") {
		t.Errorf("the refusal does not say what to do: %s", refused.Body)
	}
	marksAreTrue(t, s, bea)
	requests := 0 // what the server does by itself may fail meanwhile, too, and says so
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, " request=") && strings.Contains(line, "level=ERROR") {
			requests++
			if !strings.Contains(line, `msg="disk is full"`) || strings.Contains(line, "cannot store") {
				t.Errorf("the log says %s", line)
			}
		}
	}
	if requests != 1 {
		t.Errorf("the log has %d lines of it:\n%s", requests, log)
	}
	ada.Get("/rooms/1").Want(t, http.StatusOK)
	s.Visitor().Get("/healthz").Want(t, http.StatusOK)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	apptest.Within(t, "the server stores again", func() bool {
		return ada.Post("/rooms/1/messages", "cid", fmt.Sprint("d", stored), "body", "there is room again").Status == http.StatusSeeOther
	})
	k.Expect("there is room again")
	s.Visitor().Get("/readyz").Want(t, http.StatusOK)
	told := strings.Join(k.All(), "")
	if n := strings.Count(told, "<p>kept "); n != stored {
		t.Errorf("%d messages were stored and %d told", stored, n)
	}
	t.Logf("%d messages fitted; the next was refused, and sent again when there was room", stored)
}

// marksAreTrue moves a read mark while the disk is full, until even that fits no more: what
// is answered is what is stored.
func marksAreTrue(t *testing.T, s *apptest.Server, bea *apptest.Browser) {
	t.Helper()
	mark := func() int64 {
		rooms, err := s.App.Chat.Sidebar(t.Context(), s.Account("bea").ID)
		if err != nil {
			t.Fatal(err)
		}
		return rooms[0].Membership.Read
	}
	for id := 3; ; id++ {
		before := mark()
		a := bea.Post("/rooms/1/read", "upto", fmt.Sprint(id))
		if a.Status == http.StatusServiceUnavailable {
			if mark() != before || a.Header.Get("Retry-After") == "" {
				t.Errorf("the mark moved from %d to %d, or nobody is told when to try again", before, mark())
			}
			return
		}
		if a.Want(t, http.StatusSeeOther); mark() <= before {
			t.Fatalf("it was answered that the mark was moved; it was %d and is %d", before, mark())
		}
	}
}
