package static

import (
	"bytes"
	"testing"
	"time"

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
		for end := time.Now().Add(20 * time.Second); f.Brotli() == nil; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s is never compressed with brotli", name)
			}
		}
		plain, err = fasthttp.AppendUnbrotliBytes(nil, f.Brotli())
		if err != nil || !bytes.Equal(plain, f.Plain) {
			t.Errorf("%s as brotli: %v", name, err)
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
