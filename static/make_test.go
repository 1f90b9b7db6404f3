package static

import (
	"bytes"
	"flag"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

var update = flag.Bool("update", false, "make what is served of its sources")

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("nothing matches %s: %v", pattern, err)
	}
	return names
}

// bundles are the files of made/, and what each is made of.
func bundles(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{"app.css": glob(t, "css/*.css"), "parley.js": glob(t, "js/parley/*.js")}
	for _, name := range append(glob(t, "js/lazy/*.js"), glob(t, "css/lazy/*.css")...) {
		all[path.Base(name)] = []string{name}
	}
	return all
}

// minified joins sources and leaves out what only people read.
func minified(t *testing.T, name string, from []string) []byte {
	t.Helper()
	var text bytes.Buffer
	for _, f := range from {
		text.Write(onDisk(t, f))
	}
	loader := api.LoaderJS
	if path.Ext(name) == ".css" {
		loader = api.LoaderCSS
	}
	r := api.Transform(text.String(), api.TransformOptions{Sourcefile: name, Loader: loader, Format: api.FormatESModule, Target: api.ESNext, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true})
	for _, e := range append(r.Errors, r.Warnings...) {
		t.Errorf("%s: %s: %+v", name, e.Text, e.Location)
	}
	return r.Code
}

func onDisk(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsServedIsMadeOfItsSources(t *testing.T) {
	served := map[string][]byte{}
	for name, from := range bundles(t) {
		served[name] = minified(t, name, from)
		if is, err := os.ReadFile("made/" + name); err != nil || !bytes.Equal(is, served[name]) {
			change(t, "made/"+name, served[name])
		}
	}
	for _, file := range glob(t, "made/*") {
		if served[path.Base(file)] == nil {
			t.Errorf("%s is of no use any more", file)
		}
	}
}

// change writes a file that is not as it should be, or complains of it.
func change(t *testing.T, name string, b []byte) {
	t.Helper()
	if !*update {
		t.Errorf("%s is not made of its sources as they are: go test ./static -update", name)
		return
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
