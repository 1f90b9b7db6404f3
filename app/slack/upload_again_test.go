package slack

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/app/archive"
)

func TestFilesComeOnce(t *testing.T) {
	d := open(t)
	bytes := files{"files/" + chart + "-chart.png": "a chart", "files/" + plan + "-plan.json": "{}"}
	o, s := d.options("", nil)
	first := d.runWith(shared(threeMessages(), bytes), o)
	before := d.with(1)
	bytes["files/"+notes+"-notes.txt"] = "words"
	again := d.runWith(shared(threeMessages(), bytes), o)
	if again.Came != (archive.Counts{}) || again.Already != first.Came || s.saved != 2 || d.with(1) != before {
		t.Errorf("%d were saved, %+v came, %+v was there\n%s", s.saved, again.Came, again.Already, d.with(1))
	}
	if !strings.Contains(fmt.Sprint(again.Notes), "1 × a message that came before, with links to files that are there now") {
		t.Error("the report notes", again.Notes)
	}
	// The same message twice in one archive: its uploads are not kept twice.
	d = open(t)
	o, _ = d.options("", nil)
	r := d.runWith(shared(day(said(1, "see", chart+" chart.png"), said(1, "see", chart+" chart.png")), bytes), o)
	if r.Came.Files != 1 || r.Came.Messages != 1 || d.unsent(1) != 0 {
		t.Error("came", r.Came, "unsent", d.unsent(1))
	}
}

func TestAnImportThatStopsAmongItsFilesGoesOn(t *testing.T) {
	var messages []string
	bytes := files{}
	for n := range 2 * batch {
		id := fmt.Sprintf("F%08d", n)
		messages = append(messages, said(n, "", id+" x.txt"))
		bytes["files/"+id] = fmt.Sprint("bytes of ", n)
	}
	path := pack(t, shared(day(messages...), bytes))
	d := open(t)
	o, s := d.options("", nil)
	s.most = batch + batch/2
	if _, err := Run(t.Context(), path, d, o); !errors.Is(err, errStopped) {
		t.Fatal("it ended with", err)
	}
	if n := d.unsent(1); n != 0 {
		t.Error(n, "uploads are left")
	}
	s.most = 0
	r, err := Run(t.Context(), path, d, o)
	if err != nil || r.Already.Files != batch || r.Came.Files != batch {
		t.Error("came", r.Came, "was there", r.Already, err)
	}
	if n := d.unsent(1); n != 0 {
		t.Error(n, "uploads are left")
	}
}
