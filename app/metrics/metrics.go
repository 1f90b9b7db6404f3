// Package metrics tells Prometheus how the server is. It knows what the other
// packages count, and nothing of how; only it knows the library.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/app/web"
	"parley/db"
	"parley/db/sqlite"
)

// Metrics is what is counted as it happens. Every label has a bounded number of
// values: routes, not addresses; no name of a person or a room.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	commits  *prometheus.CounterVec
	commit   prometheus.Histogram
	changes  prometheus.Histogram
	told     prometheus.Histogram
}

// New makes metrics that ask sources whenever somebody scrapes.
func New(version string, s Sources) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_http_requests_total",
			Help: "Requests by route, method and status."}, []string{"route", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "parley_http_request_seconds", Buckets: steps[3:],
			Help: "How long requests took, by what they are. Polls wait for news."}, []string{"class"}),
		commits: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_commits_total",
			Help: "Transactions of the writer by result."}, []string{"result"}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "parley_commit_seconds", Buckets: steps[2:],
			Help: "How long transactions took, their fsync included."}),
		changes: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "parley_commit_changes", Buckets: []float64{1, 2, 4,
			8, 16, 32, 64, 128, 256, 512, 1024},
			Help: "How many changes shared a transaction."}),
		told: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "parley_told_lag_seconds", Buckets: steps,
			Help: "How long after the commit a room's news were queued for the pages that show it."}),
	}
	built := prometheus.NewGauge(prometheus.GaugeOpts{Name: "parley_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "format": strconv.Itoa(sqlite.Version())}})
	built.Set(1)
	var register prometheus.Registerer = m.registry
	if s.Node != "" {
		register = prometheus.WrapRegistererWith(prometheus.Labels{"node": s.Node}, register)
	}
	register.MustRegister(m.requests, m.took, m.commits, m.commit, m.changes, m.told, built, s,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// steps are the limits of buckets, in seconds.
var steps = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Request counts a request.
func (m *Metrics) Request(a web.RequestMetric) {
	m.requests.WithLabelValues(a.Route, a.Method, strconv.Itoa(a.Status)).Inc()
	m.took.WithLabelValues(a.Class).Observe(a.Took.Seconds())
}

// Committed counts a transaction.
func (m *Metrics) Committed(c db.Commit) {
	result := "ok"
	if c.Err != nil {
		result = "failed"
	}
	m.commits.WithLabelValues(result).Inc()
	m.commit.Observe(c.Took.Seconds())
	m.changes.Observe(float64(c.Changes))
}

// Delivered counts how long after its commit something was told.
func (m *Metrics) Delivered(lag time.Duration) { m.told.Observe(lag.Seconds()) }

// Handler answers /metrics, and nothing else.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	return mux
}
