package browser

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// begin has a script run in every page before its own.
func (p *tab) begin(script string) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// More than a page was unread and is read to its end: what comes afterwards, while
// the reader is further up, is new, and nothing else; and nothing moves.
func TestTheNewLineStandsBeforeWhatIsNewAndTheReaderStays(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	mei.Post("/rooms/2/join").Want(t, 303)
	for i := range 130 {
		ada.Tell(2, fmt.Sprint("line ", i))
	}
	p := openChromium(t).person("mei", s.Base)
	p.enter(mei)
	p.open("/rooms/1")
	p.live()
	p.click("#rooms a", "quay")
	p.sees(".unread + .msg", "line 0")
	for range 12 {
		ask[any](p, `new Promise(ok => { document.getElementById('stream').scrollTop = 0; setTimeout(ok, 150) })`)
	}
	p.sees(".msg", "line 129")
	p.until("all is read", `!document.querySelector('#b-2').dataset.n`)
	p.scrollTo(-1500)
	row, top := p.firstRow()
	ada.Tell(2, "fresh one")
	p.sees(".msg", "fresh one")
	p.until("the line before what is new", `document.querySelector('.unread + .msg').textContent.includes('fresh one')`)
	p.still("something new came", row, top)
	p.scrollTo(0)
	p.until("all is read", `!document.querySelector('#b-2').dataset.n`)
	p.scrollTo(-1500)
	row, top = p.firstRow()
	ada.Tell(2, "another one")
	p.sees(".msg", "another one")
	p.until("the line before what is new", `document.querySelector('.unread + .msg').textContent.includes('another one')`)
	p.still("something new came again", row, top)
}

// The bar that says what is new comes and goes without moving the reader.
func TestTheBarOfWhatIsNewMovesNobody(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	for i := range 45 {
		ada.Tell(1, fmt.Sprint("line ", i))
	}
	p := openChromium(t).person("mei", s.Base)
	p.enter(mei)
	p.open("/rooms/1?latest")
	p.live()
	p.until("the bar", `document.querySelector('#unreadbar').checkVisibility()`)
	p.scrollTo(-300)
	row, top := p.firstRow()
	p.click(".markread", "")
	p.until("no bar", `!document.querySelector('#unreadbar').checkVisibility()`)
	ask[any](p, `new Promise(ok => setTimeout(ok, 100))`)
	p.still("the bar went", row, top)
	row, top = p.firstRow()
	ada.Tell(1, "and one more")
	p.sees(".msg", "and one more")
	p.hover("line 20")
	p.click("#tools [data-do=more]", "")
	p.click("#tools [data-do=unread]", "")
	p.still("it is unread from here", row, top)
}

// watched has a page keep what it would notify of.
func (p *tab) watched() {
	p.t.Helper()
	p.begin(`window.notices = []; window.Notification = class { static permission = 'granted';
		constructor(title, o) { notices.push(o.body) } close() {} };`)
}

// What comes from two at once is told of twice, and by one tab only.
func TestNoNoticeTakesThePlaceOfAnother(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bo := s.Signup("ada"), s.Signup("bo")
	one := openChromium(t).member(s, "mei", "/people")
	two := one.tab("mei's other tab")
	one.live()
	ada.Post("/dm", "to", "3", "body", "hello, ada").Want(t, 303)
	bo.Post("/dm", "to", "3", "body", "hello, bo").Want(t, 303)
	apptest.Within(t, "the first words", func() bool { return one.heard(`"body":"hello, ada`) && one.heard(`"body":"hello, bo`) })
	for _, p := range []*tab{one, two} {
		p.watched()
		p.open("/people")
		p.live()
	}
	for i := range 3 {
		var both sync.WaitGroup
		both.Go(func() { ada.Post("/rooms/2/messages", "body", fmt.Sprint("of ada ", i)) })
		both.Go(func() { bo.Post("/rooms/3/messages", "body", fmt.Sprint("of bo ", i)) })
		both.Wait()
		all := func() []string { return append(ask[[]string](one, `notices`), ask[[]string](two, `notices`)...) }
		apptest.Within(t, "both notices", func() bool { return len(all()) >= 2*i+2 })
		if got := all(); len(got) != 2*i+2 || !slices.Contains(got, fmt.Sprint("of ada ", i)) || !slices.Contains(got, fmt.Sprint("of bo ", i)) {
			t.Errorf("notified of %q", got)
		}
	}
}

// One tab reads a conversation, another one of the same person stands elsewhere: it
// does not call for what is being read.
func TestWhatOneTabReadsNoOtherTabNotifiesOf(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	c := openChromium(t)
	other := c.member(s, "mei", "/rooms/1")
	reader := other.tab("mei's other tab")
	for _, p := range []*tab{other, reader} {
		p.watched()
	}
	ada.Post("/dm", "to", "2", "body", "hello").Want(t, 303)
	apptest.Within(t, "the first word", func() bool { return other.heard(`"body":"hello`) })
	other.open("/people")
	other.live()
	reader.open("/rooms/2")
	reader.live()
	reader.front()
	reader.sees(".msg", "hello")
	reader.until("it is being read", `document.documentElement.hasAttribute('data-reading')`)
	for i := range 3 {
		ada.Post("/rooms/2/messages", "body", fmt.Sprint("read ", i)).Want(t, 303)
		reader.sees(".msg", fmt.Sprint("read ", i))
	}
	reader.drawn()
	reader.open("/people")
	reader.live()
	ada.Post("/rooms/2/messages", "body", "not read").Want(t, 303)
	ours := func() []string { return append(ask[[]string](other, `notices`), ask[[]string](reader, `notices`)...) }
	apptest.Within(t, "a notice", func() bool { return len(ours()) > 0 })
	if got := ours(); len(got) != 1 || got[0] != "not read" {
		t.Errorf("notified of %q", got)
	}
}
