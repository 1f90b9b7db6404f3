package app_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/live"
)

func TestStoppingKeepsWhatWasSaidAndSendsPagesAway(t *testing.T) {
	s := apptest.Start(t, func(c *app.Config) { c.Shutdown = 8 * time.Second })
	ada := s.Signup("ada")
	k := ada.View(1, 0)
	poll := make(chan apptest.Answer, 1)
	room, _, err := s.Stored().RoomFor(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	go func() { poll <- ada.Get(fmt.Sprint("/rooms/1/changes?since=", room.Rev), "HX-Request", "true") }()
	apptest.Within(t, "the poll waits", func() bool { return s.App.Pages() == 2 })
	idle := s.Visitor() // keeps its connection
	idle.Get("/healthz").Want(t, http.StatusOK)
	said := make(chan string, 20) // "": it was refused, or no answer came
	for i := range cap(said) {
		go func() { said <- ada.Send(1, fmt.Sprint("last", i), "the last words") }()
	}
	first := <-said
	began := time.Now()
	s.Stop()
	took := time.Since(began)
	if took > 10*time.Second {
		t.Errorf("stopping took %v: somebody waits for what will not end by itself", took)
	}
	k.WantClosed(live.CloseRestart)
	if a := <-poll; a.Status != http.StatusOK && a.Status != http.StatusServiceUnavailable {
		t.Error("the poll answered", a.Status)
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
	s.Run()
	if n := strings.Count(ada.Get("/rooms/1").Want(t, http.StatusOK).Body, "<p>the last words</p>"); n < acknowledged {
		t.Errorf("%d messages were acknowledged, %d are there", acknowledged, n)
	}
	t.Logf("stopping took %v", took)
}

// Browsers connect ahead, and then say nothing for a while.
func TestAConnectionThatSaysNothingDoesNotFailTheStop(t *testing.T) {
	s := apptest.Start(t, func(c *app.Config) { c.Shutdown = 8 * time.Second })
	silent, err := net.Dial("tcp", s.App.Address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	began := time.Now()
	s.Stop() // fails the test when it ends with an error
	t.Logf("stopping took %v", time.Since(began))
}

// Each of these is open when the server is told to stop, and none ends by itself.
func TestHalfARequestDoesNotFailTheStop(t *testing.T) {
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	apptest.Pair(t, cert, key, 1)
	const whole = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for name, sent := range map[string]string{
		"half a header":          whole[:30],
		"half a line":            "GE",
		"half a body":            "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nusername=",
		"half a chunk":           "POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nuser",
		"one and a half":         whole + whole[:30],
		"kept alive":             whole,
		"half a handshake":       "\x16\x03\x01\x02\x00\x01\x00",
		"silence before TLS":     "",
		"many that are not read": strings.Repeat("GET /emoji HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := apptest.Start(t, func(c *app.Config) {
				if c.Shutdown = 4 * time.Second; strings.Contains(name, "TLS") || strings.Contains(name, "handshake") {
					c.Cert, c.Key = cert, key
				}
			})
			c, err := net.Dial("tcp", s.App.Address.String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, sent); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(sent, whole) {
				if _, err := c.Read(make([]byte, 1)); err != nil {
					t.Fatal(err)
				}
			}
			apptest.Within(t, "the server has the connection", func() bool {
				return s.App.Connections() == 1
			})
			began := time.Now()
			s.Stop() // fails the test when it ends with an error
			t.Logf("stopping took %v", time.Since(began))
		})
	}
}
