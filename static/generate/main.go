// Command generate makes static/made, which is what browsers get, of the sources in
// static/js and static/css. It is the only user of esbuild: the parley binary embeds
// what was made and knows nothing of how.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// It is run by go generate, in the directory of package static.
func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// write makes made/ anew, without what is of no use any more.
func write(dir string) error {
	files, err := generate(dir)
	if err != nil {
		return err
	}
	made := filepath.Join(dir, "made")
	if err := os.RemoveAll(made); err != nil {
		return err
	}
	if err := os.MkdirAll(made, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(made, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate answers with the files of made/ by name.
func generate(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, part := range []func(string, map[string][]byte) error{scripts, standaloneScripts, styles} {
		if err := part(dir, files); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// scripts bundles js/main.js, with all that it imports, as parley.js, and each module
// of js/lazy as a file that imports what it shares with the others from parley.js.
//
// Names that cross files stand for those of the sources. A page of an older build gets the
// newer module, and it must be missing a name that is no more rather than meet another
// function under the same short one: so what is shared is minified only afterwards.
func scripts(dir string, files map[string][]byte) error {
	lazy, err := glob(dir, "js/lazy/*.js")
	if err != nil {
		return err
	}
	o := options(dir, append(lazy, "js/main.js"))
	o.Format, o.Splitting = api.FormatESModule, true
	// Whatever needs a part of it needs all: so there is one file of shared code, and not
	// one for each combination.
	o.Inject = []string{"js/main.js"}
	o.ChunkNames = "parley"
	o.Plugins = []api.Plugin{cssAsText}
	o.MinifyIdentifiers, o.MinifyWhitespace = false, false
	made, err := build(o)
	if err != nil {
		return err
	}
	if stub := made["main.js"]; !stubOfMain.Match(stub) {
		return fmt.Errorf("js/main.js must be in parley.js as a whole, and is not:\n%s", stub)
	}
	delete(made, "main.js") // pages ask for parley.js itself
	if twice := numbered.FindSubmatch(lent.Find(made["parley.js"])); twice != nil {
		return fmt.Errorf("two modules export the same name to js/lazy: %s", twice[0])
	}
	if err := shorten(made); err != nil {
		return err
	}
	for name, text := range made {
		if files[name], err = minified(name, text); err != nil {
			return err
		}
	}
	return nil
}

// shorten gives all that crosses files its short name: import { outside as inside } from
// parley.js, export { inside as outside } in it.
func shorten(made map[string][]byte) error {
	of := map[string]string{} // what a short name stands for
	var clash error
	short := func(name string) string {
		s := shortName(name)
		if was := of[s]; was != "" && was != name {
			clash = fmt.Errorf("%s and %s have the same short name: call one of them otherwise", was, name)
		}
		of[s] = name
		return s
	}
	for file, text := range made {
		list, outside := borrowed, 1
		if file == "parley.js" {
			list, outside = lent, 2
		}
		made[file] = list.ReplaceAllFunc(text, func(names []byte) []byte {
			return crossing.ReplaceAllFunc(names, func(line []byte) []byte {
				m := crossing.FindSubmatch(line)
				if m[2] == nil {
					m[2] = m[1] // the same on both sides
				}
				m[outside] = []byte(short(string(m[outside])))
				return fmt.Appendf(nil, "  %s as %s%s", m[1], m[2], m[3])
			})
		})
	}
	return clash
}

// shortName is three letters that stand for a name.
func shortName(name string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	h := sha256.Sum256([]byte(name))
	return string([]byte{letters[h[0]%52], letters[h[1]%52], letters[h[2]%52]})
}

// cssAsText lets a module import a stylesheet as the text of it, minified.
var cssAsText = api.Plugin{Name: "css-as-text", Setup: func(b api.PluginBuild) {
	b.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		source, err := os.ReadFile(args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		r := api.Transform(string(source), api.TransformOptions{Loader: api.LoaderCSS, Target: api.ESNext, Charset: api.CharsetUTF8,
			MinifyWhitespace: true, MinifySyntax: true})
		text := strings.TrimSpace(string(r.Code))
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderText, Errors: r.Errors, Warnings: r.Warnings}, nil
	})
}}

var (
	stubOfMain = regexp.MustCompile(`^import ".?/?parley.js";\s*$`)
	lent       = regexp.MustCompile(`(?s)\nexport \{.*?\};`)
	borrowed   = regexp.MustCompile(`(?m)^import \{[^}]*\} from "./parley.js";`)
	crossing   = regexp.MustCompile(`(?m)^  ([\w$]+)(?: as ([\w$]+))?(,?)$`)
	numbered   = regexp.MustCompile(`\w+\d\b`)
)

func minified(name string, text []byte) ([]byte, error) {
	r := api.Transform(string(text), api.TransformOptions{
		Sourcefile: name, Format: api.FormatESModule, Target: api.ESNext, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
	})
	return r.Code, failure(append(r.Errors, r.Warnings...))
}

// standaloneScripts are for pages without parley.js.
func standaloneScripts(dir string, files map[string][]byte) error {
	entries, err := glob(dir, "js/alone/*.js")
	if err != nil {
		return err
	}
	o := options(dir, entries)
	o.Format = api.FormatIIFE // some stand on pages of others
	o.Plugins = []api.Plugin{cssAsText}
	return add(files, o)
}

// styles bundles css/app.css, with what it imports, and each stylesheet of css/lazy,
// which few pages have.
func styles(dir string, files map[string][]byte) error {
	lazy, err := glob(dir, "css/lazy/*.css")
	if err != nil {
		return err
	}
	return add(files, options(dir, append(lazy, "css/app.css")))
}

func add(files map[string][]byte, o api.BuildOptions) error {
	made, err := build(o)
	for name, text := range made {
		files[name] = text
	}
	return err
}

func options(dir string, entries []string) api.BuildOptions {
	abs, err := filepath.Abs(dir)
	if err != nil {
		panic(err) // there is no working directory
	}
	return api.BuildOptions{AbsWorkingDir: abs, EntryPoints: entries, Outdir: "made", EntryNames: "[name]", Bundle: true,
		Target: api.ESNext, Charset: api.CharsetUTF8, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true}
}

func build(o api.BuildOptions) (map[string][]byte, error) {
	r := api.Build(o)
	if err := failure(append(r.Errors, r.Warnings...)); err != nil {
		return nil, err
	}
	made := map[string][]byte{}
	for _, f := range r.OutputFiles {
		made[filepath.Base(f.Path)] = bytes.TrimSpace(f.Contents)
	}
	return made, nil
}

// failure is an error that names each message of esbuild and where it is.
func failure(messages []api.Message) error {
	if len(messages) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{}), ""))
}

// glob answers with the sources that match, of which there must be some.
func glob(dir, pattern string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("nothing matches %s", pattern)
	}
	for i, name := range names {
		if names[i], err = filepath.Rel(dir, name); err != nil {
			return nil, err
		}
	}
	return names, err
}
