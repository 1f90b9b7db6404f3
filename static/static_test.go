package static

import (
	"bytes"
	"testing"

	"github.com/valyala/fasthttp"
)

func TestEveryFormOfAFileUnpacksToTheSame(t *testing.T) {
	a := Load()
	if len(a.Build) != 10 || Load().Build != a.Build {
		t.Errorf("build %q is not the hash of the content", a.Build)
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
		plain, err = fasthttp.AppendUnbrotliBytes(nil, f.Brotli())
		if err != nil || !bytes.Equal(plain, f.Plain) {
			t.Errorf("%s as brotli: %v", name, err)
		}
	}
	if a.Find("../static.go") != nil || a.Find("css/reset.css") != nil {
		t.Error("more is served than should be")
	}
}
