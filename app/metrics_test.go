package app

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// scraped is what /metrics says, by name.
type scraped map[string]*dto.MetricFamily

func scrape(t *testing.T, s *server) scraped {
	t.Helper()
	r, err := http.Get("http://" + s.app.Metrics.String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	p := expfmt.NewTextParser(model.UTF8Validation)
	all, err := p.TextToMetricFamilies(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r.Status, err)
	}
	return all
}

// of sums up what has all of these labels, given as name, value, name, value.
func (s scraped) of(name string, labels ...string) (sum float64) {
	f := s[name]
	if f == nil {
		return -1
	}
	for _, m := range f.Metric {
		if has(m, labels) {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return sum
}

func has(m *dto.Metric, labels []string) bool {
	found := 0
	for i := 0; i < len(labels); i += 2 {
		for _, l := range m.Label {
			if l.GetName() == labels[i] && l.GetValue() == labels[i+1] {
				found++
			}
		}
	}
	return 2*found == len(labels)
}

func TestPrometheusIsToldWhatHappened(t *testing.T) {
	s := start(t, func(c *Config) { c.Metrics = "127.0.0.1:0" })
	ada, bea := s.signup("ada"), s.signup("bea")
	_, other := ada.view(1, 0), bea.view(1, 0)
	for n := range 5 {
		ada.post("/rooms/1/messages", "cid", strings.Repeat("m", n+1), "body", "counted").want(t, http.StatusSeeOther)
	}
	bea.get("/rooms/1/changes?since=0").want(t, http.StatusOK)
	s.visitor().post("/login", "username", "ada", "password", "wrong password").want(t, http.StatusUnprocessableEntity)
	s.visitor().post("/login", "username", "ada", "password", password).want(t, http.StatusSeeOther)
	ada.get("/rooms/99").want(t, http.StatusNotFound)
	s.visitor().get("/nowhere/else")
	within(t, "the last is told", func() bool { return strings.Count(strings.Join(other.all(), ""), ">counted<") >= 5 })
	bea.post("/logout")
	other.wantClosed(4401)
	within(t, "a page is counted as gone", func() bool { return scrape(t, s).of("parley_pages_closed_total") > 0 })
	m := scrape(t, s)
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
		{"parley_data_bytes", []string{"file", "data"}, 4096, 1 << 30},
		{"parley_log_lines_total", []string{"level", "error"}, 0, 0},
		{"parley_build_info", nil, 1, 1},
		{"go_goroutines", nil, 1, 1e6},
		{"process_resident_memory_bytes", nil, 1 << 20, 1 << 40},
	} {
		if got := m.of(c.name, c.labels...); got < c.least || got > c.most {
			t.Errorf("%s %q is %v, not from %v to %v", c.name, c.labels, got, c.least, c.most)
		}
	}
	if lag := m["parley_told_lag_seconds"].Metric[0].Histogram; lag.GetSampleSum() > 5*time.Second.Seconds()*float64(lag.GetSampleCount()) {
		t.Error("the lag:", lag)
	}
}

func TestMetricsAreNowhereButOnTheirOwnListener(t *testing.T) {
	s := start(t, func(c *Config) { c.Metrics = "127.0.0.1:0" })
	ada := s.signup("ada")
	ada.get("/metrics").want(t, http.StatusNotFound)
	s.visitor().get("/metrics").want(t, http.StatusNotFound)
	for _, path := range []string{"/", "/healthz", "/rooms/1", "/debug/pprof/"} {
		r, err := http.Get("http://" + s.app.Metrics.String() + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("%s on the listener of metrics: %s", path, r.Status)
		}
	}
	if without := start(t); without.app.Metrics != nil {
		t.Error("metrics are somewhere without being asked for")
	}
}
