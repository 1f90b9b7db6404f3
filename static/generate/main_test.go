package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestWhatIsServedIsMadeOfItsSources(t *testing.T) {
	made, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range made {
		if is, err := os.ReadFile(filepath.Join("../made", name)); err != nil || !bytes.Equal(is, text) {
			t.Errorf("made/%s is not made of its sources as they are: go generate ./static", name)
		}
	}
	is, err := os.ReadDir("../made")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range is {
		if made[e.Name()] == nil {
			t.Errorf("made/%s is of no use any more: go generate ./static", e.Name())
		}
	}
}

// A page of an older build gets the modules of a newer one. What they share must be
// found by a name that stands for that in the sources: then it is the same, or missing.
func TestModulesShareByTheNamesOfTheSources(t *testing.T) {
	made, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("../js/*.js")
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]bool{}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^export (?:async )?(?:const|function|let) ([\w$]+)`).FindAllSubmatch(text, -1) {
			exported[shortName(string(m[1]))] = true
		}
	}
	shared := 0
	for name, text := range made {
		m := regexp.MustCompile(`^import\{([^}]*)\}from"./parley.js"`).FindSubmatch(text)
		if m == nil {
			continue
		}
		for _, part := range strings.Split(string(m[1]), ",") {
			lent, _, _ := strings.Cut(part, " as ")
			if shared++; !exported[lent] {
				t.Errorf("%s imports %s, which no source exports under this name", name, lent)
			}
		}
	}
	if shared < 50 {
		t.Errorf("%d imports from parley.js were found", shared)
	}
}

func TestTwoModulesMayNotShareUnderOneName(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"js/main.js":   `import { a } from './a.js'; import { b } from './b.js'; a(); b();`,
		"js/a.js":      `export const a = () => go(); export const go = () => self.a++;`,
		"js/b.js":      `export const b = () => go(); export const go = () => self.b++;`,
		"js/lazy/x.js": `import { go } from '../a.js'; export const x = go;`,
		"js/lazy/y.js": `import { go } from '../b.js'; export const y = go;`,
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := scripts(dir, map[string][]byte{}); err == nil || !strings.Contains(err.Error(), "same name") {
		t.Errorf("it is taken: %v", err)
	}
}
