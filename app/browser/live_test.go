package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// once waits for a message and checks that it is there one time.
func (p *tab) once(text string) {
	p.t.Helper()
	p.sees("#stream [data-seq] .body", text)
	p.loses(".pend", text)
	if n := p.rows(text); n != 1 {
		p.t.Errorf("the page of %s shows %q %d times", p.name, text, n)
	}
}

func TestAMessageReachesAnotherPageInNoTime(t *testing.T) {
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1")
	ada.live()
	bea.live()
	ask[any](ada, `addEventListener('keydown', e => { if (e.key === 'Enter') window.sentAt = performance.timeOrigin + performance.now() },
		true), 1`)
	ask[any](bea, `window.seenAt = {}, new MutationObserver(() => {
		const b = [...document.querySelectorAll('#tl-1 .body')].at(-1)?.textContent.trim();
			window.seenAt[b] ??= performance.timeOrigin + performance.now() }).observe(document.getElementById('tl-1'), { childList: true }), 1`)
	var took []float64
	ada.click("#box", "")
	for i := range 50 {
		text := fmt.Sprintf("ping %d", i)
		ada.write(text)
		ada.keys(kb.Enter)
		bea.until(text, `window.seenAt[`+quote(text)+`]`)
		took = append(took, ask[float64](bea, `window.seenAt[`+quote(text)+`]`)-ask[float64](ada, `window.sentAt`))
	}
	slices.Sort(took)
	t.Logf("from Enter to the other page: median %.1f ms, 90%% %.1f ms, worst %.1f ms", took[25], took[45], took[49])
	if took[0] < 0 {
		t.Errorf("a message arrived %.1f ms before it was sent: the clocks differ", -took[0])
	}
	if !apptest.Slowed && took[25] > 100 {
		t.Errorf("the median is %.1f ms, more than 100 ms", took[25])
	}
	if took[25] > 250 {
		t.Errorf("the median is %.1f ms, more than 250 ms", took[25])
	}
}

func TestAPageThatIsHiddenOrLeftCatchesUp(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "design", "kind", "open").Want(t, 303)
	bea := c.member(s, "bea", "/rooms/1")
	bea.live()

	bea.emulatesFocus(false)
	front := bea.tab("bea's other page", chromedp.WithNewWindow(false))
	front.open("/rooms")
	front.front()
	bea.until("hidden", `document.hidden`)
	sockets := bea.opened()
	ada.Tell(1, "while you did not look")
	bea.once("while you did not look")
	front.until("a badge", `document.querySelector('#b-1[data-n="1"]')`)
	bea.front()
	bea.until("to be looked at", `!document.hidden`)
	bea.sees(".unread", "New")
	front.until("no badge", `!document.querySelector('#b-1[data-n]')`)
	if n := bea.opened(); n != sockets {
		t.Errorf("a hidden page opened %d sockets", n-sockets)
	}

	bea.click("#side a", "Browse rooms")
	bea.at("/rooms")
	ada.Tell(1, "while you were on another page")
	bea.steps(chromedp.NavigateBack())
	bea.at("/rooms/1")
	bea.once("while you were on another page")
	bea.open("/login")
	ada.Tell(1, "while you were in another document")
	bea.steps(chromedp.NavigateBack())
	bea.at("/rooms/1")
	bea.once("while you were in another document")
	bea.live()
	ada.Tell(1, "live again")
	bea.once("live again")
}

func TestWhereNoSocketOpensPollsDoUntilOneDoes(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	there, _ := url.Parse(s.Base)
	var blocked atomic.Bool
	blocked.Store(true)
	proxy := httputil.NewSingleHostReverseProxy(there)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if blocked.Load() && r.Header.Get("Upgrade") != "" {
			http.Error(w, "no sockets here", http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { go front.Close() }) // waits for sockets, which the server closes after it

	c := openChromium(t)
	ada := s.Signup("ada")
	bea := c.person("bea", front.URL)
	bea.expect("WebSocket connection to", "status of 403", "htmx:ws:error")
	bea.enter(s.Signup("bea"))
	bea.open("/rooms/1")
	bea.sees(".msg, .sys", "joined")
	ada.Tell(1, "through a poll")
	bea.once("through a poll")
	begun := time.Now()
	ada.Tell(1, "through the next poll")
	bea.once("through the next poll")
	if took := time.Since(begun); took > 3*time.Second && !apptest.Slowed {
		t.Errorf("a poll took %v to tell", took)
	}
	bea.never("#net", "")
	bea.say("sent without a socket")
	bea.once("sent without a socket")
	typing := false
	// Between two polls it may be lost.
	for deadline := time.Now().Add(patience); !typing && time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		ada.Post("/rooms/1/typing").Want(t, 204)
		typing = ask[bool](bea, "!!"+found(".typing", "ada typing"))
	}
	if !typing {
		t.Error("polls do not tell who types")
	}
	blocked.Store(false)
	bea.live()
	ada.Tell(1, "through the socket")
	bea.once("through the socket")
	bea.once("through a poll")
}
