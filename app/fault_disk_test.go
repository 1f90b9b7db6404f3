package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk of 6 MB fills up: what cannot be stored is refused and told to nobody,
// reading goes on, and writing resumes by itself when there is room again.
func TestAFullDiskRefusesWritesAndRecovers(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skip("a small disk cannot be mounted here:", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	log := &written{}
	s := start(t, func(c *Config) {
		c.Data, c.Log = filepath.Join(dir, "parley.db"), slog.New(slog.NewTextHandler(log, nil))
	})
	ada := s.signup("ada")
	k := ada.view(1, 0)
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	stored, refused := 0, answer{}
	for _, words := range []int{600, 60, 6, 0} { // until not even a short one fits
		for range 2000 {
			refused = ada.post("/rooms/1/messages", "cid", fmt.Sprint("d", stored), "body", fmt.Sprintf("kept %d. %s", stored,
				strings.Repeat("full of words ", words)))
			if refused.status != http.StatusSeeOther {
				break
			}
			stored++
		}
		refused.want(t, http.StatusServiceUnavailable)
	}
	if refused.header.Get("Retry-After") == "" || !strings.Contains(refused.body, "cannot store") {
		t.Errorf("the refusal does not say what to do: %s", refused.body)
	}
	if text := log.String(); strings.Count(text, `level=ERROR msg="disk is full"`) != 1 || strings.Contains(text, "cannot store") {
		t.Errorf("the log says %s", text)
	}
	ada.get("/rooms/1").want(t, http.StatusOK)
	s.visitor().get("/healthz").want(t, http.StatusOK)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	within(t, "the server stores again", func() bool {
		return ada.post("/rooms/1/messages", "cid", fmt.Sprint("d", stored), "body", "there is room again").status == http.StatusSeeOther
	})
	k.expect("there is room again")
	s.visitor().get("/readyz").want(t, http.StatusOK)
	told := strings.Join(k.all(), "")
	if n := strings.Count(told, "<p>kept "); n != stored {
		t.Errorf("%d messages were stored and %d told", stored, n)
	}
	t.Logf("%d messages fitted; the next was refused, and sent again when there was room", stored)
}
