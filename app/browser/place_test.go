package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// deep is a room of 160 messages beside another one, and mei's page of it, who has
// read them.
func deep(t *testing.T) (*apptest.Server, *apptest.Browser, *tab) {
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	mei.Post("/rooms/2/join").Want(t, 303)
	for i := range 160 {
		ada.Tell(2, fmt.Sprintf("line %d of the log\n\nand a second paragraph of it", i))
	}
	p := openChromium(t).person("mei", s.Base)
	p.enter(mei)
	p.open("/rooms/2?latest")
	p.live()
	return s, ada, p
}

// climb scrolls up until a row is loaded, and reads there.
func (p *tab) climb(text string) (row string, top float64) {
	p.t.Helper()
	p.until(text, `(() => { const s = document.getElementById('stream'); if (`+found("#stream .msg", text)+
		`) return true; s.scrollTop = -1e6; })()`)
	ask[any](p, found("#stream .msg", text)+`.scrollIntoView({ block: 'center' }), document.getElementById('stream').scrollTop -= 7, 1`)
	p.settled()
	return p.firstRow()
}

// settled waits until nothing is loaded any more and the place is kept in the address.
func (p *tab) settled() {
	p.t.Helper()
	p.until("the place in the address", `(() => { const s = document.getElementById('stream'), top = s.getBoundingClientRect().top,
		row = [...document.querySelectorAll('#stream [data-seq]')].find(e => e.getBoundingClientRect().bottom > top + 1);
		return !document.querySelector('.htmx-request') && history.state?.row === row?.id &&
			Math.abs(history.state.off - (row.getBoundingClientRect().top - top)) < .6 })()`)
}

func TestBackLeadsToTheRowThatWasRead(t *testing.T) {
	t.Parallel()
	_, ada, p := deep(t)
	for _, text := range []string{"line 100 ", "line 12 ", "line 0 "} {
		row, top := p.climb(text)
		back := func(when string) {
			t.Helper()
			p.until("the row that was read", `document.getElementById(`+quote(row)+`)`)
			p.settled()
			p.still(when+", at "+text, row, top)
			if ask[bool](p, `!!document.querySelector('#stream :is([data-target=""],[data-flash])')`) {
				t.Errorf("%s something is marked", when)
			}
		}
		p.click("#rooms a", "general")
		p.at("/rooms/1")
		ada.Tell(2, "meanwhile")
		ask[any](p, `history.back(), 1`)
		p.sees(".bar h1", "quay")
		back("after Back")
		ask[any](p, `history.forward(), 1`)
		p.sees(".bar h1", "general")
		ask[any](p, `history.back(), 1`)
		p.sees(".bar h1", "quay")
		back("after Forward and Back")
		ask[any](p, `location.reload(), 1`)
		p.until("the page anew", `document.readyState === 'complete' && document.querySelector('#stream')`)
		p.live()
		back("after a reload")
	}
	p.click("#latest", "")
	p.sees("#stream .msg", "meanwhile")
	p.until("the end", `document.getElementById('stream').scrollTop === 0`)
}

func TestBackOnAPermalinkLeadsToTheRowThatWasRead(t *testing.T) {
	t.Parallel()
	_, _, p := deep(t)
	p.open("/rooms/2/@" + strings.TrimPrefix(ask[string](p, found("#stream .msg", "line 150 ")+`.id`), "m-"))
	p.live()
	p.sees("[data-target]", "line 150 ")
	row, top := p.climb("line 40 ")
	p.click("#rooms a", "general")
	p.at("/rooms/1")
	ask[any](p, `history.back(), 1`)
	p.sees(".bar h1", "quay")
	p.until("the row that was read", `document.getElementById(`+quote(row)+`)`)
	p.settled()
	p.still("one came back to a permalink", row, top)
}

// Who scrolls up to the first message is told so, and reads on where he is.
func TestTheBeginningComesWithTheFirstMessage(t *testing.T) {
	t.Parallel()
	_, _, p := deep(t)
	p.never(".beginning", "very beginning")
	p.until("the beginning", `(() => { const s = document.getElementById('stream');
		if (document.querySelector('.beginning:not([hidden]) h2')) return true;
		if (s.scrollTop > s.clientHeight - s.scrollHeight + 700) s.scrollTop -= 300;
		const top = s.getBoundingClientRect().top, row = [...s.querySelectorAll('.msg')].find(e => e.getBoundingClientRect().bottom > top + 1);
		window.was = { id: row.id, y: row.getBoundingClientRect().top, at: s.scrollTop } })()`)
	p.drawn()
	if d := ask[float64](p, `document.getElementById(was.id).getBoundingClientRect().top - was.y + (document.getElementById('stream')
		.scrollTop - was.at)`); d > 1 || d < -1 {
		t.Errorf("the beginning moved the page by %.1f px", d)
	}
	p.sees(".beginning", "This is the very beginning of #quay")
	p.climb("line 0 ")
	if n := ask[int](p, `document.querySelectorAll('.beginning').length`); n != 1 {
		t.Errorf("the room begins %d times", n)
	}
}

// printed is what a page prints, and on how many sheets.
func (p *tab) printed() (text string, sheets int) {
	p.t.Helper()
	needed(p.t, lookable("pdftotext"), "pdftotext")
	var pdf []byte
	p.do(func(ctx context.Context) error {
		r, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{})
		pdf = r.Data
		return err
	})
	name := filepath.Join(p.t.TempDir(), "page.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		p.t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").Output()
	if err != nil {
		p.t.Fatal(err)
	}
	return string(out), strings.Count(string(out), "\f")
}

func lookable(command string) bool {
	_, err := exec.LookPath(command)
	return err == nil
}

func TestARoomPrintsWhatIsLoadedOfIt(t *testing.T) {
	t.Parallel()
	_, ada, p := deep(t)
	long := strings.Repeat("abcdefghij", 30) + "END"
	ada.Tell(2, "```\n"+long+"\n```")
	ada.Tell(2, "read https://example.org/a/long/way?to=it#now")
	p.sees("#stream .msg", "example.org")
	p.climb("line 0 ")
	for _, width := range []int64{1280, 390} {
		p.size(width, 844)
		text, sheets := p.printed()
		flat := regexp.MustCompile(`\s+`).ReplaceAllString(text, "")
		if sheets < 5 || sheets > 60 {
			t.Errorf("%d sheets", sheets)
		}
		for _, want := range []string{"line0ofthelog", "line80ofthelog", "line159ofthelog", "END", "ada", "quay", "Today",
			"https://example.org/a/long/way?to=it#now"} {
			if !strings.Contains(flat, want) {
				t.Errorf("at %d px %q is not printed", width, want)
			}
		}
		for _, not := range []string{"Jumptoorsearch", "Directmessages", "Messagequay", "Message#quay", "Entertosend",
			"Browserooms", "Latest", "Togeneral"} {
			if strings.Contains(flat, not) {
				t.Errorf("at %d px %q is printed", width, not)
			}
		}
	}
	p.size(1280, 844)
	p.open("/people")
	if text, _ := p.printed(); !strings.Contains(text, "@ada") || strings.Contains(text, "Direct messages") {
		t.Errorf("the people are printed as\n%s", text)
	}
}
