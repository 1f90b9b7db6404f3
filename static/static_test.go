package static

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/valyala/fasthttp"
)

var update = flag.Bool("update", false, "compress what changed with brotli")

func TestEveryFormOfAFileUnpacksToTheSame(t *testing.T) {
	a := Load()
	if len(a.Build) != 10 || Load().Build != a.Build {
		t.Errorf("build %q is not the hash of the content", a.Build)
	}
	if *update {
		for _, name := range a.Names() {
			f := a.Find(name)
			if f.Brotli == nil {
				f.Brotli = fasthttp.AppendBrotliBytesLevel(nil, f.Plain, fasthttp.CompressBrotliBestCompression)
				if err := os.WriteFile(brotliName(name), f.Brotli, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, name := range a.Names() {
		f := a.Find(name)
		if f == nil || len(f.Plain) == 0 || f.Type == "" {
			t.Fatalf("%s: %+v", name, f)
		}
		plain, err := fasthttp.AppendGunzipBytes(nil, f.Gzip)
		if err != nil || !bytes.Equal(plain, f.Plain) {
			t.Errorf("%s as gzip: %v", name, err)
		}
		if f.Brotli == nil {
			t.Errorf("%s has no brotli form: go test ./static -update", name)
		}
	}
	if a.Find("../static.go") != nil || a.Find("css/10-reset.css") != nil {
		t.Error("more is served than should be")
	}
}

func TestJoiningLeavesOutOnlyWhatIsForPeople(t *testing.T) {
	js := string(Load().Find("parley.js").Plain)
	for _, line := range bytes.Split([]byte(js), []byte("\n")) {
		if bytes.HasPrefix(line, []byte("//")) || bytes.HasPrefix(line, []byte(" ")) {
			t.Fatalf("%q is left", line)
		}
	}
	if !bytes.Contains([]byte(js), []byte("registerExtension")) {
		t.Error("the code is gone too")
	}
}
