package e2e

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/chat"
)

// timeline is what a page would show: rows as the frames made them.
type timeline struct {
	rev  int
	rows map[int]row
}

type row struct {
	v    int
	text string
}

var (
	rowTag = regexp.MustCompile(`<li class="(?:msg|sys|gone)" id="m-(\d+)" data-seq="(\d+)" data-v="(\d+)"`)
	revTag = regexp.MustCompile(`hx-target="#rev-1" hx-swap="textContent">(\d+)<`)
)

// apply does what the swap style msg does. A row may be told twice, when a page
// catches up while the same change is being told; within one frame it may not.
func (p *timeline) apply(t *testing.T, frame string) {
	rows := rowTag.FindAllStringSubmatchIndex(frame, -1)
	last := 0
	for i, m := range rows {
		end := len(frame)
		if i+1 < len(rows) {
			end = rows[i+1][0]
		}
		number := func(n int) int { v, _ := strconv.Atoi(frame[m[2*n]:m[2*n+1]]); return v }
		id, v := number(1), number(3)
		if number(2) != id || id <= last {
			t.Errorf("row %d comes after %d in one frame", id, last)
		}
		last = id
		if was, known := p.rows[id]; !known || was.v < v {
			p.rows[id] = row{v, frame[m[0]:end]}
		}
	}
	if m := revTag.FindStringSubmatch(frame); m != nil {
		rev, _ := strconv.Atoi(m[1])
		if rev < p.rev {
			t.Errorf("the page went back from rev %d to %d", p.rev, rev)
		}
		p.rev = rev
	}
}

func (p *timeline) shows(text string) bool {
	for _, r := range p.rows {
		if said(r.text) == text {
			return true
		}
	}
	return false
}

// watch shows the room on one socket after the other, each for a while, until
// stop; then once more to the end.
func (p *timeline) watch(t *testing.T, b *apptest.Browser, stop <-chan struct{}, end string) {
	for {
		k := b.View(1, p.rev)
		frames := 1 + rand.IntN(12)
		over := false
		for !over && len(k.All()) <= frames {
			select {
			case <-stop:
				over = true
				if !p.shows(end) {
					k.Expect(end)
				}
			case <-time.After(2 * time.Millisecond):
			}
		}
		k.WS.Close()
		for _, frame := range k.All() {
			p.apply(t, frame)
		}
		if over {
			return
		}
	}
}

func TestEightPeopleTalkAndPagesThatComeAndGoMissNothing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	var people []*apptest.Browser
	for i := range 8 {
		people = append(people, s.Signup(fmt.Sprint("person", i)))
	}
	stop := make(chan struct{})
	pages := make([]*timeline, 4)
	var watching, talking sync.WaitGroup
	for i := range pages {
		pages[i] = &timeline{rows: map[int]row{}}
		watching.Go(func() { pages[i].watch(t, people[i], stop, "that was all") })
	}
	for i, b := range people {
		talking.Go(func() {
			for n := range 50 {
				m := b.Says(1, fmt.Sprintf("%d of %d", n, i))
				if n%10 == 9 {
					b.Post(fmt.Sprintf("/messages/%d/edit", m), "body", fmt.Sprintf("%d of %d, edited", n, i)).Want(t, 303)
				}
			}
		})
	}
	talking.Wait()
	people[0].Says(1, "that was all")
	close(stop)
	watching.Wait()

	page, err := s.Stored().History(t.Context(), 1, chat.Span{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, m := range page.Messages {
		want = append(want, fmt.Sprintf("%d v%d %s", m.ID, m.Rev, m.Body))
	}
	for i, p := range pages {
		var got []string
		for id, r := range p.rows {
			got = append(got, fmt.Sprintf("%d v%d %s", id, r.v, said(r.text)))
		}
		slices.SortFunc(got, func(a, b string) int {
			return apptest.ID(t, strings.Fields(a)[0]) - apptest.ID(t, strings.Fields(b)[0])
		})
		if !slices.Equal(got, want) {
			t.Errorf("page %d shows %d rows, the room has %d: %v", i, len(got), len(want), firstDifference(got, want))
		}
	}
}

var paragraph = regexp.MustCompile(`<p>(.*?)(?:<span|</p>)`)

// said is the text of a drawn message; of an event, nothing.
func said(html string) string {
	if m := paragraph.FindStringSubmatch(html); m != nil {
		return m[1]
	}
	return ""
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + " | " + b[i]
		}
	}
	return "one is longer"
}
