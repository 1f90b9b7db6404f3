package browser

import (
	"fmt"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// restart ends the server; the function it returns starts it again where it was.
func restart(s *apptest.Server) func() {
	s.T.Helper()
	at := s.App.Address.String()
	s.Stop()
	return func() {
		s.T.Helper()
		s.Run(func(c *app.Config) { c.Listen = at })
	}
}

// refused are the faults of a page whose server is away.
var refused = []string{"ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT_CONNECTED",
	"WebSocket connection to", "htmx:ws:error", "status of 503", "fetching the script"}

func TestPagesOutliveARestartOfTheServer(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1")
	cid := s.Signup("cid")
	for _, p := range []*tab{ada, bea} {
		p.expect(refused...)
		p.live()
	}
	ada.say("before the restart")
	bea.once("before the restart")
	again := restart(s)
	for i := range 3 {
		ada.say(fmt.Sprintf("written while it was away, %d", i))
	}
	ada.sees(".pend", "written while it was away, 2")
	ada.sees("#net", "messages you write are kept")
	bea.sees("#net", "Connection lost")
	again()
	cid.Tell(1, "after the restart")
	for _, p := range []*tab{ada, bea} {
		p.live()
		p.loses("#net", "")
		for _, text := range []string{"before the restart", "written while it was away, 0", "written while it was away, 1",
			"written while it was away, 2", "after the restart"} {
			p.once(text)
		}
		if !ask[bool](p, `(rows => rows.every((r, i) => !i ||
			+rows[i - 1].dataset.seq < +r.dataset.seq))([...document.querySelectorAll('#tl-1 [data-seq]')])`) {
			t.Error("the rows of ", p.name, " are out of order")
		}
	}
	own := ask[[]string](ada, `[...document.querySelectorAll('#tl-1 .body')].map(e => e.textContent.trim())
		.filter(s => s.startsWith('written'))`)
	for i, text := range own {
		if text != fmt.Sprintf("written while it was away, %d", i) {
			t.Errorf("message %d is %q", i, text)
		}
	}

	again = restart(s)
	ada.say("left behind by a closed page")
	ada.sees(".pend", "left behind by a closed page")
	base := ada.base
	ada.base = ""
	ada.open("about:blank")
	ada.base = base
	again()
	ada.open("/rooms/1")
	ada.once("left behind by a closed page")
	bea.once("left behind by a closed page")
	ada.open("/rooms/1")
	ada.once("left behind by a closed page")
}

func TestAPageThatWasOfflineCatchesUpAndSends(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := s.Signup("ada")
	bea := c.member(s, "bea", "/rooms/1")
	bea.expect("ERR_INTERNET_DISCONNECTED", "WebSocket connection to", "htmx:ws:error")
	bea.live()
	bea.offline(true)
	bea.until("offline", `!navigator.onLine`)
	bea.sees("#net", "You’re offline")
	ada.Tell(1, "said meanwhile")
	bea.say("written on the train")
	bea.sees(".pend", "written on the train")
	bea.never("#stream", "said meanwhile")
	bea.offline(false)
	bea.once("said meanwhile")
	bea.once("written on the train")
	bea.loses("#net", "")
	bea.live()
}

func TestTheReaderOfOldMessagesIsLeftInPeace(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := s.Signup("ada")
	for i := 1; i <= 130; i++ {
		ada.Tell(1, fmt.Sprintf("line %d, and some words to make it longer than one row on a narrow screen", i))
	}
	bea := c.member(s, "bea", "/rooms/1")
	bea.live()
	bea.until("the bottom", `document.getElementById('stream').scrollTop === 0`)

	bea.scrollTo(-500)
	row, top := bea.firstRow()
	for i := range 30 {
		ada.Tell(1, fmt.Sprintf("news %d", i))
	}
	bea.sees("#latest", "30 new messages")
	bea.still("30 messages arrived", row, top)

	n := ask[int](bea, `document.querySelectorAll('#tl-1 [data-seq]').length`)
	bea.scrollTo(-2000)
	row, top = bea.firstRow()
	bea.until("an older page", fmt.Sprintf(`document.querySelectorAll('#tl-1 [data-seq]').length > %d`, n))
	bea.still("an older page came", row, top)

	sockets := bea.opened()
	ask[any](bea, `document.getElementById('hub')._htmx.ws.connection.socket.close(), 1`)
	for i := range 5 {
		ada.Tell(1, fmt.Sprintf("missed %d", i))
	}
	bea.sees("#latest", "35 new messages")
	bea.still("it caught up", row, top)
	if bea.opened() == sockets {
		t.Error("the page did not connect anew")
	}
	bea.click("#latest", "")
	bea.until("the bottom", `document.getElementById('stream').scrollTop === 0`)
	bea.once("missed 4")
	bea.once("news 0")
}

func TestAPermalinkShowsItsMessageAndLeadsToTheNewest(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := s.Signup("ada")
	for i := 1; i <= 160; i++ {
		ada.Tell(1, fmt.Sprintf("line %d", i))
	}
	bea := c.member(s, "bea", "/rooms/1/@40")
	bea.live()
	bea.until("the target in the middle", `(r => r.top > 100 &&
		r.bottom < innerHeight - 100)(document.querySelector('#m-40[data-target]').getBoundingClientRect())`)
	bea.until("a list that is not live", `document.querySelector('#tl-1[data-live=no] #newer')`)
	ada.Tell(1, "said at the end")
	bea.sees("#latest", "1 new message")
	if bea.rows("said at the end") > 0 {
		t.Error("the newest message stands among old ones")
	}
	bea.scrollTo(-300)
	n := ask[int](bea, `document.querySelectorAll('#tl-1 [data-seq]').length`)
	ask[any](bea, `document.getElementById('stream').scrollTop = 0, 1`)
	row, top := bea.firstRow()
	bea.until("a newer page", fmt.Sprintf(`document.querySelectorAll('#tl-1 [data-seq]').length > %d`, n))
	bea.still("a newer page came", row, top)
	bea.until("the newest by scrolling", `(document.getElementById('stream').scrollTop = 0, document.querySelector('#tl-1[data-live=yes]'))`)
	bea.once("said at the end")
	seqs := ask[[]int](bea, `[...document.querySelectorAll('#tl-1 [data-seq]')].map(e => +e.dataset.seq)`)
	for i, n := range seqs[1:] {
		if n != seqs[i]+1 {
			t.Fatalf("after message %d comes %d", seqs[i], n)
		}
	}
	ada.Tell(1, "live now")
	bea.once("live now")
}

func (p *tab) scrollTo(y int) {
	p.t.Helper()
	ask[any](p, fmt.Sprintf(`new Promise(ok => { document.getElementById('stream').scrollTop = %d;
		requestAnimationFrame(() => setTimeout(ok, 50)) })`, y))
}

// firstRow is the first row in view, and where it is.
func (p *tab) firstRow() (id string, top float64) {
	p.t.Helper()
	type at struct {
		ID  string  `json:"id"`
		Top float64 `json:"top"`
	}
	a := ask[at](p, `(e => ({ id: e.id, top: e.getBoundingClientRect()
		.top }))([...document.querySelectorAll('#stream [data-seq]')].find(e => e.getBoundingClientRect()
			.bottom > document.getElementById('stream').getBoundingClientRect().top + 1))`)
	return a.ID, a.Top
}

func (p *tab) still(when, row string, top float64) {
	p.t.Helper()
	now := ask[float64](p, `document.getElementById(`+quote(row)+`).getBoundingClientRect().top`)
	if d := now - top; d > 1 || d < -1 {
		p.t.Errorf("when %s, the page of %s moved by %.1f px", when, p.name, d)
	}
}

// drawn waits until the page was drawn with what is in it.
func (p *tab) drawn() {
	p.t.Helper()
	ask[any](p, `new Promise(ok => requestAnimationFrame(() => requestAnimationFrame(ok)))`)
}
