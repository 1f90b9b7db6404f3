// Package static holds what browsers fetch once and keep: the stylesheet, the
// scripts, the icons. It is embedded in the binary and knows nothing of Parley.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"

	"github.com/valyala/fasthttp"
)

//go:embed css/*.css js/parley/*.js js/vendor/*.js img/*.svg br
var files embed.FS

// Asset is one file as it is served.
type Asset struct {
	Type  string // MIME type
	Plain []byte
	Gzip  []byte
	// Brotli is nil when br/ is older than the file. It is made beforehand (go test
	// ./static -update), because the best compression takes a second and 40 MB.
	Brotli []byte
}

// Assets are all files by name, together with a hash of their content: a URL
// that contains Build may be kept for ever.
type Assets struct {
	Build  string
	byName map[string]*Asset
}

// Load reads the embedded files, once in a process. Parts of the stylesheet and of
// the script are joined in the order of their names.
var Load = sync.OnceValue(load)

func load() *Assets {
	a := &Assets{byName: map[string]*Asset{}}
	a.add("app.css", joined("css/*.css"))
	a.add("parley.js", joined("js/parley/*.js"))
	for _, pattern := range []string{"js/vendor/*.js", "img/*.svg"} {
		for _, name := range matches(pattern) {
			a.add(path.Base(name), read(name))
		}
	}
	h := sha256.New()
	for _, name := range a.Names() {
		h.Write([]byte(name))
		h.Write(a.byName[name].Plain)
	}
	a.Build = hex.EncodeToString(h.Sum(nil))[:10]
	return a
}

func (a *Assets) add(name string, plain []byte) {
	f := &Asset{Type: mime.TypeByExtension(path.Ext(name)), Plain: plain, Gzip: gzipped(plain)}
	if small, err := files.ReadFile(brotliName(name)); err == nil {
		if back, err := fasthttp.AppendUnbrotliBytes(nil, small); err == nil && bytes.Equal(back, plain) {
			f.Brotli = small
		}
	}
	a.byName[name] = f
}

func brotliName(name string) string { return "br/" + name + ".br" }

// Find answers with a file, or nil.
func (a *Assets) Find(name string) *Asset { return a.byName[name] }

// Names lists the files in order.
func (a *Assets) Names() []string {
	names := []string{"app.css", "parley.js"}
	for _, pattern := range []string{"js/vendor/*.js", "img/*.svg"} {
		for _, name := range matches(pattern) {
			names = append(names, path.Base(name))
		}
	}
	return names
}

func matches(pattern string) []string {
	names, err := fs.Glob(files, pattern)
	if err != nil || len(names) == 0 {
		panic("static: nothing matches " + pattern)
	}
	return names
}

func read(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

// joined puts parts together and leaves out what only people read: indentation,
// empty lines, and comments that have a line of their own. The parts contain no
// text of several lines that this could change.
func joined(pattern string) []byte {
	var b []byte
	for _, name := range matches(pattern) {
		for line := range strings.Lines(string(read(name))) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") && strings.HasSuffix(line, "*/") {
				continue
			}
			b = append(append(b, line...), '\n')
		}
	}
	return b
}

func gzipped(p []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	w.Write(p)
	w.Close()
	return b.Bytes()
}
