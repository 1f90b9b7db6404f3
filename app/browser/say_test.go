package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// What is said aloud of a burst is a summary; what was said before is not said again.
func TestABurstIsAnnouncedInAFewWordsAndHistoryNotAtAll(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i := range 70 {
		ada.Tell(1, fmt.Sprint("long ago ", i))
	}
	p := openChromium(t).member(s, "mei", "/rooms/1")
	p.live()
	ask[any](p, `window.said = [], new MutationObserver(() => { const t = document.querySelector('#say').textContent; t && said.push(t) })
		.observe(document.querySelector('#say'), { childList: true, characterData: true, subtree: true }), 1`)
	for i := range 20 {
		ada.Tell(1, fmt.Sprint("quick ", i))
	}
	p.sees(".msg", "quick 19")
	p.until("a summary", `said.length > 0 && said.join(' ').includes('new messages from ada')`)
	p.until("silence", `document.querySelector('#say').textContent === ''`) // it is cleared after a while
	if said := ask[[]string](p, `said`); len(said) > 3 {
		t.Errorf("20 messages were announced in %d pieces: %q", len(said), said)
	}
	ask[any](p, `said.length = 0, 1`)
	p.scrollTo(-100000)
	p.sees(".msg", "long ago 3")
	ada.Post("/messages/"+ada.Send(1, "edited", "one more")+"/edit", "body", "one more, edited")
	p.until("the new one", `said.length > 0`)
	for _, text := range ask[[]string](p, `said`) {
		if text != "ada: one more" && text != "ada: one more, edited" {
			t.Errorf("announced: %q", text)
		}
	}
}

func TestThePanelTakesTheFocusAndGivesItBack(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	p := openChromium(t).member(s, "mei", "/rooms/1")
	p.live()
	p.tabTo("people", 0)
	opener := ask[string](p, `document.activeElement.getAttribute('href')`)
	p.keys(kb.Enter)
	p.at("/rooms/1/people")
	p.until("focus on the panel's heading", `document.activeElement.closest('#panel') && document.activeElement.tagName === 'H2'`)
	p.keys(kb.Escape)
	p.at("/rooms/1")
	p.until("focus on what opened it", `document.activeElement.getAttribute('href') === `+quote(opener))
}
