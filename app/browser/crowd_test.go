package browser

import (
	"testing"

	"parley/app/apptest"
)

// When a server starts again, all come at once: pages are told in a few bytes each.
func TestACrowdThatComesAtOnceIsSeen(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	people := s.Crowd(ada, 40)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1/people")
	p.live()
	for _, b := range people {
		b.Open()
	}
	p.until("everybody's dot", `document.querySelectorAll('#panel .dot[data-on=on]').length >= 40`)
	if words := ask[string](p, `document.querySelector('#panel .dot[data-p="2"]').textContent`); words != "online" {
		t.Errorf("a dot says %q", words)
	}
	if !p.heard(`{"dots":`) {
		t.Error("they were told one by one")
	}
}
