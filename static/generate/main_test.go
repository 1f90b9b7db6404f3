package main

import (
	"bytes"
	"os"
	"path/filepath"
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
