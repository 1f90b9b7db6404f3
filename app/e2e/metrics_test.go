package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
)

func TestPrometheusIsToldWhatHappened(t *testing.T) {
	s := apptest.Start(t, func(c *app.Config) { c.Metrics = "127.0.0.1:0" })
	ada, bea := s.Signup("ada"), s.Signup("bea")
	_, other := ada.View(1, 0), bea.View(1, 0)
	for n := range 5 {
		ada.Post("/rooms/1/messages", "cid", strings.Repeat("m", n+1), "body", "counted").Want(t, http.StatusSeeOther)
	}
	bea.Get("/rooms/1/changes?since=0").Want(t, http.StatusOK)
	s.Visitor().Post("/login", "username", "ada", "password", "wrong password").Want(t, http.StatusUnprocessableEntity)
	s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	ada.Get("/rooms/99").Want(t, http.StatusNotFound)
	s.Visitor().Get("/nowhere/else")
	apptest.Within(t, "the last is told", func() bool { return strings.Count(strings.Join(other.All(), ""), ">counted<") >= 5 })
	bea.Post("/logout")
	other.WantClosed(4401)
	apptest.Within(t, "a page is counted as gone", func() bool { return apptest.Scrape(t, s).Of("parley_pages_closed_total") > 0 })
	m := apptest.Scrape(t, s)
	dataBytes := 4096.0
	if app.Shared(s.Data) { // what PostgreSQL stores it tells by itself
		dataBytes = 0
	}
	for _, c := range []struct {
		name   string
		labels []string
		least  float64
		most   float64
	}{
		{"parley_messages_total", nil, 5, 5},
		{"parley_signups_total", nil, 2, 2},
		{"parley_logins_total", []string{"result", "ok"}, 1, 1},
		{"parley_logins_total", []string{"result", "wrong"}, 1, 1},
		{"parley_pages_open", []string{"transport", "socket"}, 1, 1},
		{"parley_pages_opened_total", []string{"transport", "socket"}, 2, 2},
		{"parley_pages_opened_total", []string{"transport", "poll"}, 1, 1},
		{"parley_pages_closed_total", []string{"transport", "socket", "reason", "session_over"}, 1, 1},
		{"parley_http_requests_total", []string{"route", "/rooms/:room/messages", "method", "POST", "status", "303"}, 5, 5},
		{"parley_http_requests_total", []string{"route", "/rooms/:room", "status", "404"}, 1, 1},
		{"parley_http_requests_total", []string{"route", "other", "status", "303"}, 1, 1},
		{"parley_http_requests_total", []string{"route", "/ws", "status", "101"}, 2, 2},
		{"parley_http_request_seconds", []string{"class", "message"}, 5, 5},
		{"parley_commits_total", []string{"result", "ok"}, 9, 100},
		{"parley_commit_seconds", nil, 9, 100},
		{"parley_commit_changes", nil, 9, 100},
		{"parley_told_lag_seconds", nil, 1, 20},
		{"parley_casts_total", nil, 1, 200},
		{"parley_deliveries_total", nil, 10, 400},
		{"parley_queue_frames", nil, 0, 10},
		{"parley_writer_queue", nil, 0, 5},
		{"parley_data_bytes", []string{"file", "data"}, dataBytes, 1 << 30},
		{"parley_log_lines_total", []string{"level", "error"}, 0, 0},
		{"parley_build_info", nil, 1, 1},
		{"go_goroutines", nil, 1, 1e6},
		{"process_resident_memory_bytes", nil, 1 << 20, 1 << 40},
	} {
		if got := m.Of(c.name, c.labels...); got < c.least || got > c.most {
			t.Errorf("%s %q is %v, not from %v to %v", c.name, c.labels, got, c.least, c.most)
		}
	}
	if lag := m["parley_told_lag_seconds"].Metric[0].Histogram; lag.GetSampleSum() > 5*time.Second.Seconds()*float64(lag.GetSampleCount()) {
		t.Error("the lag:", lag)
	}
}

func TestMetricsAreNowhereButOnTheirOwnListener(t *testing.T) {
	s := apptest.Start(t, func(c *app.Config) { c.Metrics = "127.0.0.1:0" })
	ada := s.Signup("ada")
	ada.Get("/metrics").Want(t, http.StatusNotFound)
	s.Visitor().Get("/metrics").Want(t, http.StatusNotFound)
	for _, path := range []string{"/", "/healthz", "/rooms/1", "/debug/pprof/"} {
		r, err := http.Get("http://" + s.App.Metrics.String() + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("%s on the listener of metrics: %s", path, r.Status)
		}
	}
	if without := apptest.Start(t); without.App.Metrics != nil {
		t.Error("metrics are somewhere without being asked for")
	}
}
