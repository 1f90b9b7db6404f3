package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// pointed has somebody move the mouse: what opens over the page is fetched then.
func (p *tab) pointed() {
	p.t.Helper()
	ask[any](p, `document.body.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })), 1`)
}

// Listings have colours that change nothing of the page, a corner with Copy, and fold when
// they are long; a hostile one stays plain and holds nobody up.
func TestListingsAreReadAsCode(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	var long strings.Builder
	for i := range 60 {
		fmt.Fprintf(&long, "x%d := \"a string\" // line %d\n", i, i)
	}
	ada.Tell(1, "short:\n```go\nfunc main() { return nil } // say \"hi\"\n```")
	ada.Tell(1, "```go\n"+long.String()+"```")
	ada.Tell(1, "```js\n"+strings.Repeat("`${", 1500)+"\n```")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.until("colours", `CSS.highlights.get('code-k')?.size >= 2 && CSS.highlights.get('code-c')?.size >= 1 && CSS.highlights.get('code-s')?.size`)
	if n := ask[int](p, `document.querySelectorAll('pre code *').length`); n > 0 {
		t.Error("elements in a listing:", n)
	}
	p.sees(".rest summary", "Show 40 more lines")
	ask[any](p, tellCopied)
	ask[any](p, `document.querySelectorAll('.body pre')[1].scrollIntoView({ block: 'center' }), 1`)
	p.drawn()
	p.hoverOver(".body:has(.rest) > pre")
	p.sees(".codecorner", "go")
	p.shot("code")
	p.click(".codecorner button", "Copy")
	p.until("that it is copied", copiedSaid)
	if got := ask[string](p, `window.copied`); strings.TrimSpace(got) != strings.TrimSpace(long.String()) {
		t.Errorf("%d of %d bytes are copied", len(got), long.Len())
	}
	p.click(".rest summary", "Show 40 more lines")
	p.sees(".rest pre", "line 59")
}

// tellCopied has a page tell what it copies, in place of the clipboard.
const tellCopied = `Object.defineProperty(navigator, 'clipboard', { value: {
	writeText: s => { window.copied = s; return Promise.resolve() } } }), 1`

// copiedSaid asks whether a page says that it has copied: at the listing, or where that was left.
const copiedSaid = `[...document.querySelectorAll('.codecorner:not([hidden]) button, .toast')].some(e => e.textContent === 'Copied')`

// What was pressed for one listing is not for the next one, however late it is copied.
func TestALateCopyIsOfTheListingThatWasAsked(t *testing.T) {
	t.Parallel()
	for leaveTo, left := range map[string]string{
		".bar h1":                     `document.querySelector('.codecorner').hidden`,
		".msg:last-of-type .body pre": `document.querySelector('.codecorner button').textContent === 'Copy'`,
	} {
		t.Run(leaveTo, func(t *testing.T) {
			_, g, mei, p := slow(t)
			mei.Tell(1, "```go\nfirst()\n```")
			mei.Tell(1, "```go\nsecond()\n```")
			p.open("/rooms/1")
			p.live()
			ask[any](p, tellCopied)
			p.hoverOver(".msg:has(+ .msg:last-of-type) .body pre")
			p.sees(".codecorner button", "Copy")
			c := g.stop("/clipboard")
			p.click(".codecorner button", "Copy")
			p.hoverOver(leaveTo)
			p.until("that the corner has left", left)
			g.let(c)
			p.until("that it is copied", copiedSaid)
			if got := ask[string](p, `window.copied`); strings.TrimSpace(got) != "first()" {
				t.Errorf("%q is copied", got)
			}
		})
	}
}

// A long message is folded, and its end is found in the page.
func TestALongMessageIsFolded(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Tell(1, strings.Repeat("Rooms are booked by the week. ", 20)+"\n\n"+strings.Repeat("Whoever brings guests tells the desk. ", 25)+
		"\n\nTHE END")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.sees(".rest summary", "Show the rest")
	p.never(".body p", "THE END")
	p.click(".rest summary", "")
	p.sees(".body p", "THE END")
}

// Aa opens a bar that formats what is selected; it never leaves the room.
func TestABarFormatsWhatIsSelected(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	p.click("[data-with=formatting]", "")
	p.sees(".fmt .ib", "")
	p.at("/rooms/1")
	p.fill("#box", "some words")
	p.keys("a", chromedp.ModifierCtrl)
	p.click(".fmt [aria-label=Bold]", "")
	p.until("bold", `box.value === '**some words**' && document.activeElement === box`)
	p.click(".fmt [aria-label=Bold]", "")
	p.until("not bold", `box.value === 'some words'`)
	p.click(".fmt [aria-label=Link]", "")
	p.until("a link", `box.value === '[some words](https://)' && box.value.slice(box.selectionStart, box.selectionEnd) === 'https://'`)
	p.fill("#box", "one")
	p.click(".fmt [aria-label=Quote]", "")
	p.until("a quote", `box.value === '> one'`)
	p.click(".fmt [aria-label='What one can write']", "")
	p.sees(".fmthelp", "struck through")
	p.shot("formatting")
	ask[any](p, `document.querySelector('.fmt button').focus(), 1`)
	p.keys(kb.ArrowRight)
	p.until("the next", `document.activeElement.ariaLabel === 'Italic'`)
	p.keys(kb.Escape + kb.Escape) // the tip first
	p.until("the box", `document.activeElement === box && !document.querySelector('.fmt').checkVisibility()`)
	p.fill("#box", "pick me")
	p.pointed()
	p.loaded("over")
	p.keys("a", chromedp.ModifierCtrl)
	p.sees(".fmt .ib", "")
}

// Links have words, mentions the names of people, and the line of a reply what it answers.
func TestWhatIsWrittenIsReadAsItIsMeant(t *testing.T) {
	t.Parallel()
	ada, mei, p := crew(t)
	mei.Tell(1, "@ada see [the notes](https://example.org/notes) or write to office@lighthouse.example")
	p.sees(".msg .at", "@Ada Okafor")
	p.until("a link with words", `document.querySelector('.msg a[href="https://example.org/notes"]')?.textContent === 'the notes'`)
	p.until("a mail address", `document.querySelector('.msg a[href="mailto:office@lighthouse.example"]')`)
	p.hover("see the notes")
	p.click("#tools [data-do=reply]", "")
	p.sees("#replying q", "see the notes")
	p.shot("reply")
	_ = ada
}

// Pictures that move stand still where somebody wants that.
func TestPicturesStandStillWhereSomebodyWantsThat(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/me/appearance", "moving", "0").Want(t, 303)
	ada.Upload("/rooms/1/messages", []string{"body", "look", "cid", "still0000001"},
		apptest.NewFile("wave.gif", apptest.GifOf(t, 60, 40, 3))).Want(t, 303)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.until("the first frame", `/\/s$/.test(document.querySelector('.pic picture img')?.currentSrc)`)
	p.until("a sign to play it", `getComputedStyle(document.querySelector('.pic'), '::before').content.includes('▶')`)
}
