package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// pollCounter is a proxy that passes no socket and counts the polls that are open.
type pollCounter struct {
	url        string
	open, most atomic.Int64
	asked      atomic.Int64
	rooms      sync.Map // that were asked for, with their revs
}

func countPolls(t *testing.T, s *apptest.Server) *pollCounter {
	there, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	c, proxy := &pollCounter{}, httputil.NewSingleHostReverseProxy(there)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Upgrade")
		if strings.HasSuffix(r.URL.Path, "/changes") {
			c.asked.Add(1)
			c.rooms.Store(strings.Join(r.URL.Query()["room"], " "), true)
			n := c.open.Add(1)
			defer c.open.Add(-1)
			for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { go front.Close() })
	c.url = front.URL
	return c
}

// Eight tabs behind a proxy that passes no socket share one poll, whatever rooms they
// show: each is told what is its own, once, and none waits for another to send.
func TestManyTabsShareOnePoll(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	bo.Post("/rooms/2/join").Want(t, 303)
	polls := countPolls(t, s)
	first := openChromium(t).person("ada", polls.url)
	first.expect(broken...)
	first.enter(ada)
	tabs := []*tab{first}
	for i := range 7 {
		p := first.tab(fmt.Sprint("tab ", i+2))
		p.expect(broken...)
		tabs = append(tabs, p)
	}
	room := func(i int) int { return i%2 + 1 }
	for i, p := range tabs {
		p.open(fmt.Sprint("/rooms/", room(i)))
	}
	told := func(when string) {
		t.Helper()
		for n := 1; n <= 2; n++ {
			bo.Tell(n, fmt.Sprintf("room %d, %s", n, when))
		}
		for i, p := range tabs {
			p.once(fmt.Sprintf("room %d, %s", room(i), when))
			if n := p.rows(fmt.Sprintf("room %d, %s", 3-room(i), when)); n != 0 {
				t.Error("a row of the other room")
			}
		}
	}
	told("at first")
	polls.most.Store(polls.open.Load())
	told("again")
	asked := polls.asked.Load()
	last := tabs[len(tabs)-1]
	last.front()
	last.say("sent without waiting")
	last.once("sent without waiting")
	for i, p := range tabs {
		if room(i) == 2 {
			p.once("sent without waiting")
		}
	}
	last.click("#lists a", "general")
	last.once("room 1, again")
	last.click("#lists a", "quay")
	last.once("room 2, again")
	if most := polls.most.Load(); most > 2 { // one that was given up may not have ended yet
		t.Errorf("%d polls were open at a time", most)
	}
	t.Logf("%d polls in all, %d after that", polls.asked.Load(), polls.asked.Load()-asked)

	// The tab that asks goes, and another one goes on.
	for len(tabs) > 6 {
		tabs[0].steps(chromedp.Navigate("about:blank"))
		tabs = tabs[1:]
		room = func(i int) int { return (i+8-len(tabs))%2 + 1 }
		told(fmt.Sprintf("with %d tabs", len(tabs)))
	}
}

// Where tabs cannot agree on one that asks, only those ask that somebody looks at.
func TestWithoutLocksAHiddenTabDoesNotPoll(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	bo := s.Signup("bo")
	polls := countPolls(t, s)
	p := openChromium(t).person("ada", polls.url)
	p.expect(broken...)
	p.begin(`delete Navigator.prototype.locks; window.away = false; Object.defineProperty(document, 'hidden', { get: () => away });`)
	p.enter(s.Signup("ada"))
	p.open("/rooms/1")
	p.sees(".msg, .sys", "joined")
	bo.Tell(1, "while it is seen")
	p.once("while it is seen")
	apptest.Within(t, "a poll waits", func() bool { return polls.open.Load() == 1 })
	ask[any](p, `away = true, document.dispatchEvent(new Event('visibilitychange')), 1`)
	apptest.Within(t, "none waits", func() bool { return polls.open.Load() == 0 })
	asked := polls.asked.Load()
	bo.Tell(1, "while it is hidden")
	p.drawn()
	if polls.asked.Load() != asked || p.rows("while it is hidden") != 0 {
		t.Error("a hidden tab polls")
	}
	ask[any](p, `away = false, document.dispatchEvent(new Event('visibilitychange')), 1`)
	p.once("while it is hidden")
}

// A tab that comes while the others take news is not one that sleeps: it is asked for next,
// from where it stands.
func TestATabThatComesWhileOthersTakeNewsIsToldNext(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	ada.Says(1, "one")
	ada.Says(1, "two")
	polls := countPolls(t, s)
	p := openChromium(t).person("ada", polls.url)
	p.expect(broken...)
	p.enter(ada)
	p.open("/rooms/1")
	apptest.Within(t, "it polls", func() bool { return polls.open.Load() > 0 })
	// What two other tabs would say: one that takes no news, and one that comes with them.
	ask[any](p, `(tabs => {
		tabs.onmessage = e => e.data.news && tabs.postMessage({ want: { id: 'comes', room: 1, rev: 1 } });
		tabs.postMessage({ want: { id: 'sleeps', room: 1, rev: 2 } });
		window.tabs = tabs;
	})(new BroadcastChannel('poll ' + document.documentElement.dataset.session)), 1`)
	bo.Tell(1, "news")
	p.once("news")
	apptest.Within(t, "it is asked for", func() bool { _, asked := polls.rooms.Load("1:1"); return asked })
}
