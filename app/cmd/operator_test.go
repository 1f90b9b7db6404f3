package cmd_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"parley/app/cmd"
)

// What operators copy names no flag that serve does not have.
func TestFilesForOperatorsNameFlagsThatThereAre(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"data": true, "enable": true, "now": true, "build": true, "user": true, "pass": true, "from": true, "help": true}
	cmd.ServeCommand().Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	for _, name := range []string{"compose.yml", "parley@.service"} {
		text, err := os.ReadFile("../../.ci/" + name)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`--([a-z][a-z-]+)`).FindAllStringSubmatch(string(text), -1)
		if len(found) < 6 {
			t.Errorf("%s names %d flags", name, len(found))
		}
		for _, f := range found {
			if !known[f[1]] {
				t.Errorf("%s names --%s", name, f[1])
			}
		}
	}
	unit, err := os.ReadFile("../../.ci/parley@.service")
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	verifyUnit(t, strings.NewReplacer("%i", "8080", "/usr/local/bin/parley", binary).Replace(string(unit)))
}

// The dashboard asks for metrics that the server tells.
func TestTheDashboardAsksForMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.ci/grafana.json")
	if err != nil || !json.Valid(text) {
		t.Fatal("it is no JSON", err)
	}
	told := ""
	for _, name := range []string{"metrics.go", "sources.go"} {
		b, err := os.ReadFile("../metrics/" + name)
		if err != nil {
			t.Fatal(err)
		}
		told += string(b)
	}
	asked := regexp.MustCompile(`parley_([a-z_]+)`).FindAllStringSubmatch(string(text), -1)
	if len(asked) < 12 {
		t.Error("it asks for", len(asked))
	}
	for _, a := range asked {
		name := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(a[1], "")
		if !strings.Contains(told, `"parley_`+name+`"`) && !strings.Contains(told, `desc("`+name+`"`) {
			t.Error("nobody tells of", name)
		}
	}
}
