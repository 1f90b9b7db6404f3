package apptest

import (
	"net/http"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Scraped is what /metrics says, by name.
type Scraped map[string]*dto.MetricFamily

// Scrape reads /metrics.
func Scrape(t *testing.T, s *Server) Scraped {
	t.Helper()
	r, err := http.Get("http://" + s.App.Metrics.String() + "/metrics")
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

// Of sums up what has all of these labels, given as name, value, name, value.
func (s Scraped) Of(name string, labels ...string) (sum float64) {
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
