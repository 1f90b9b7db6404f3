package app

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/live"
)

func TestStoppingKeepsWhatWasSaidAndSendsPagesAway(t *testing.T) {
	s := start(t, func(c *Config) { c.Shutdown = 8 * time.Second })
	ada := s.signup("ada")
	k := ada.view(1, 0)
	poll := make(chan answer, 1)
	go func() { poll <- ada.get("/rooms/1/changes?since=0", "HX-Request", "true") }()
	within(t, "the poll waits", func() bool { return s.app.server.Pages() == 2 })
	idle := s.visitor() // keeps its connection
	idle.get("/healthz").want(t, http.StatusOK)
	said := make(chan string, 20) // "": it was refused, or no answer came
	for i := range cap(said) {
		go func() { said <- ada.send(1, fmt.Sprint("last", i), "the last words") }()
	}
	first := <-said
	began := time.Now()
	s.stop()
	took := time.Since(began)
	if took > 10*time.Second {
		t.Errorf("stopping took %v: somebody waits for what will not end by itself", took)
	}
	k.wantClosed(live.CloseRestart)
	if a := <-poll; a.status != http.StatusOK && a.status != http.StatusServiceUnavailable {
		t.Error("the poll answered", a.status)
	}
	acknowledged := 0
	for i := range cap(said) {
		id := first
		if i > 0 {
			id = <-said
		}
		if id != "" {
			acknowledged++
		}
	}
	if acknowledged == 0 {
		t.Error("nothing was acknowledged")
	}
	s.run()
	if n := strings.Count(ada.get("/rooms/1").want(t, http.StatusOK).body, "<p>the last words</p>"); n < acknowledged {
		t.Errorf("%d messages were acknowledged, %d are there", acknowledged, n)
	}
	t.Logf("stopping took %v", took)
}

// Browsers connect ahead, and then say nothing for a while.
func TestAConnectionThatSaysNothingDoesNotFailTheStop(t *testing.T) {
	s := start(t, func(c *Config) { c.Shutdown = 8 * time.Second })
	silent, err := net.Dial("tcp", s.app.Address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	began := time.Now()
	s.stop() // fails the test when it ends with an error
	t.Logf("stopping took %v", time.Since(began))
}
