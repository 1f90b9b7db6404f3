package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// talked is a workspace in which somebody said something long ago.
func talked(t *testing.T, s *apptest.Server) (ada *apptest.Browser, needle int) {
	t.Helper()
	ada = s.Signup("ada")
	harbour := ada.Found("harbour", "open")
	for i := range 70 {
		if i == 5 {
			needle = ada.Says(harbour, "the **Café** has a needle in <i>hay</i> & more")
		}
		ada.Says(harbour, fmt.Sprintf("hay number %d", i))
	}
	return ada, needle
}

func TestWhoSearchesIsLedToWhereItWasSaid(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, needle := talked(t, s)
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/2")
	p.live()
	sockets := p.opened()
	p.keys("F", chromedp.ModifierCtrl, chromedp.ModifierShift)
	p.at("/search")
	p.until("focus in the search field", `document.activeElement.id === 'q'`)
	p.keys("cafe -number" + kb.Enter)
	p.sees(".hit mark", "Café")
	p.sees(".hit .body", "the Café has a needle in <i>hay</i> & more")
	p.until("the search in the address", `new URLSearchParams(location.search).get('q') === 'cafe -number'`)
	p.until("focus on the first result", `document.activeElement.matches('.hit a')`)
	p.keys(kb.Enter)
	p.at(fmt.Sprintf("/rooms/2/@%d", needle))
	p.until("the message among those around it", `document.querySelector('[data-target]').textContent.includes('needle') &&
		document.querySelectorAll('.msg').length > 20`)
	if n := p.opened() - sockets; n != 0 {
		t.Errorf("searching opened %d sockets", n)
	}
	p.click("a[aria-label='Search in this room']", "")
	p.at("/search?in=%23harbour")
	p.until("the room is chosen", `document.querySelector('[name=in]').selectedOptions[0].textContent === '#harbour'`)
	p.until("a page of results and no more", `document.querySelectorAll('.hit').length === 25`)
	p.click("a", "Older results")
	p.until("the next page", `document.querySelector('.hit .body').textContent.includes('hay number 44')`)
	p.steps(chromedp.NavigateBack())
	p.until("the page before", `document.querySelector('.hit .body').textContent.includes('hay number 69')`)
	p.expect("status of 422")
	p.fill("#q", "has:elephants")
	p.click("button", "Search")
	p.sees("[role=alert]", "After has: comes link, code or reaction.")
	p.until("what was typed is kept", `document.getElementById('q').value === 'has:elephants' &&
		document.querySelector('[name=in]').value === '#harbour'`)
	p.open("/jump?q=needle")
	p.click("a", "Search all messages for “needle”")
	p.at("/search?q=needle")
	p.sees(".hit mark", "needle")
}

func TestWithoutJavaScriptSearchWorks(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, needle := talked(t, s)
	p := openChromium(t).bare("ada", s)
	p.enter(ada)
	p.open("/search")
	p.sees("dt", "deploy*")
	p.narrow()
	p.fill("#q", "needle")
	p.click("button", "Search")
	p.sees(".hit mark", "needle")
	p.narrow()
	p.click(".hit a", "")
	p.at(fmt.Sprintf("/rooms/2/@%d", needle))
	p.until("the target", `document.querySelector('[data-target]').textContent.includes('needle')`)
	p.open("/search?q=hay&in=%23harbour")
	for _, first := range []string{"hay number 69", "hay number 44", "hay number 19"} {
		p.sees(".hit:nth-of-type(2) .body", first)
		if first != "hay number 19" {
			p.click("a", "Older results")
		}
	}
	p.never("a", "Older results")
	p.open("/search?q=zanzibar")
	p.sees(".empty h2", "Nothing found for “zanzibar”")
	p.narrow()
}

// Operators among the words and filters are the same: each shows the other, and can be taken away.
func TestFiltersMirrorOperators(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Tell(1, "a needle of ada")
	mei.Tell(1, "a needle of mei")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/search")
	p.live()
	p.fill("#q", "needle from:mei")
	p.click("button", "Search")
	p.sees(".chip", "From mei")
	p.sees(".folded [role=status]", "1 message")
	p.until("the words alone", `document.getElementById('q').value === 'needle' && document.querySelector('[name=from]').value === 'mei'`)
	p.shot("search")
	p.never(".sift", "From")
	p.click("summary", "Filters")
	p.sees(".sift", "From")
	p.click(".chip", "From mei")
	p.sees(".folded [role=status]", "2 messages")
	p.never(".chip", "From mei")
}
