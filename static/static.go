// Package static holds what browsers fetch once and keep: the stylesheet, the
// scripts, the icons. It is embedded in the binary and knows nothing of Parley.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"maps"
	"mime"
	"path"
	"slices"
	"sync"

	brotli "github.com/molecule-man/go-brrr"
	"github.com/valyala/fasthttp"
)

//go:generate go run ./generate

//go:embed made js/vendor/*.js img/*.svg img/*.png
var files embed.FS

// Asset is one file as it is served.
type Asset struct {
	Type  string // MIME type
	Plain []byte
	Gzip  []byte

	brotli func() []byte
}

// Brotli is the file in its smallest form. It is made when it is first asked for, for
// about 10 ms: most processes never need most files, and what Gzip takes at the start
// of each is a tenth of it.
func (f *Asset) Brotli() []byte { return f.brotli() }

// Assets are all files by name, together with a hash of their content: a URL
// that contains Build may be kept for ever.
type Assets struct {
	Build  string
	byName map[string]*Asset
}

// File is one that others bring, to be served like ours.
type File struct {
	Name string
	Text []byte
}

// Load reads the embedded files and takes others in. What made/ holds is made of css
// and js by go generate, see package generate.
//
// What of the script only some people need, or only later, is a module of its own
// in js/lazy. It is served beside parley.js, fetched when it is first used, with
// lazy('emoji') in parley.js, and imports from './parley.js' what it shares with it.
// Styles of pages that few open are in css/lazy. All of them are one build: the page
// of an older one gets the newer module, and says that it did not load if they do not
// fit.
func Load(others ...File) *Assets {
	a := &Assets{byName: map[string]*Asset{}}
	for _, pattern := range []string{"made/*", "js/vendor/*.js", "img/*.svg", "img/*.png"} {
		for _, name := range matches(pattern) {
			a.add(path.Base(name), read(name))
		}
	}
	for _, f := range others {
		a.add(f.Name, f.Text)
	}
	h := sha256.New()
	for _, name := range a.Names() {
		h.Write([]byte(name))
		h.Write(a.byName[name].Plain)
	}
	a.Build = hex.EncodeToString(h.Sum(nil))[:10]
	return a
}

// made keeps files as they were made, by name and hash of their content: a process
// may load them more than once.
var made sync.Map

func (a *Assets) add(name string, plain []byte) {
	key := name + string(sum(plain))
	if f, ok := made.Load(key); ok {
		a.byName[name] = f.(*Asset)
		return
	}
	f := &Asset{Type: mime.TypeByExtension(path.Ext(name)), Plain: plain, Gzip: gzipped(plain)}
	f.brotli = sync.OnceValue(func() []byte { return brotlied(plain) })
	made.Store(key, f)
	a.byName[name] = f
}

func sum(p []byte) []byte {
	h := sha256.Sum256(p)
	return h[:]
}

// Find answers with a file, or nil.
func (a *Assets) Find(name string) *Asset { return a.byName[name] }

// Names lists the files in order.
func (a *Assets) Names() []string { return slices.Sorted(maps.Keys(a.byName)) }

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

// gzipped is by the library that fasthttp uses: it makes 1 % less than compress/gzip.
func gzipped(p []byte) []byte {
	return fasthttp.AppendGzipBytesLevel(nil, p, fasthttp.CompressBestCompression)
}

// brotliWindow holds the whole of most files. A wider one makes nothing smaller, and
// takes the encoder four times the memory.
const brotliWindow = 16 // as a power of two

func brotlied(p []byte) []byte {
	var b bytes.Buffer
	w, err := brotli.NewWriterOptions(&b, brotli.BestCompression, brotli.WriterOptions{LGWin: brotliWindow, SizeHint: uint(len(p))})
	if err != nil {
		panic(err) // the options are constants
	}
	w.Write(p) // to memory: it cannot fail
	w.Close()
	return b.Bytes()
}
