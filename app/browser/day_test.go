package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// A day of six people: what one does reaches the others, and in the evening every
// page shows what a fresh load of it shows.
func TestSixPeopleSpendADayInParley(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea, cid := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1"), c.member(s, "cid", "/rooms/1")
	dov, eli, fay := c.member(s, "dov", "/rooms/1"), c.member(s, "eli", "/rooms/1"), c.member(s, "fay", "/rooms/1")
	all := []*tab{ada, bea, cid, dov, eli, fay}
	for _, p := range all {
		p.live()
	}

	ada.say("good morning, everybody")
	for _, p := range all {
		p.once("good morning, everybody")
	}
	bea.hover("good morning")
	bea.click("#tools [value='👍']", "")
	ada.until("the reaction", rowOf("good morning")+`.querySelector('.rc[value="👍"][title="bea"]')`)

	cid.click("#box", "")
	cid.keys("@ad")
	cid.until("ada is suggested", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === '@ada'`)
	cid.keys(kb.Tab)
	cid.write("have you seen the tide tables?")
	cid.keys(kb.Enter)
	ada.until("what is for her stands out", rowOf("tide tables")+`?.dataset.m === '1'`)
	ada.hover("tide tables")
	ada.click("#tools [data-do=reply]", "")
	ada.sees("#replying", "cid")
	ada.say("they hang beside the dore")
	cid.sees(".msg .re", "tide tables")
	ada.keys(kb.ArrowUp)
	ada.until("the form", `document.activeElement.name === 'body' && document.activeElement.closest('.msg')`)
	ada.keys("a", chromedp.ModifierCtrl)
	ada.write("they hang beside the door")
	ada.keys(kb.Enter)
	for _, p := range all {
		p.until("the edit", rowOf("beside the door")+`?.querySelector('.edited')`)
	}

	eli.keys("k", chromedp.ModifierCtrl)
	eli.sees("#jump .opt", "")
	eli.keys("fay" + kb.Enter) // who types fast does not wait for the list
	eli.at("/dm/new?to=6")
	eli.say("lunch?")
	eli.at("/rooms/2")
	fay.until("a badge for one message", `document.querySelector('#dms #b-2[data-at="1"]')`)
	fay.click("#dms a", "eli")
	fay.at("/rooms/2")
	fay.say("at one, by the bridge")
	eli.sees(".msg", "by the bridge")

	dov.click("#side a[aria-label='New room']", "")
	dov.at("/rooms/new")
	dov.fill("[name=name]", "tides")
	dov.click("button", "Create room")
	dov.at("/rooms/3")
	dov.say("low water at four")
	bea.click("#side a", "Browse rooms")
	bea.at("/rooms")
	bea.click(".rows a", "tides")
	bea.at("/rooms/3")
	bea.click("button", "Join")
	bea.sees("#composer", "")
	bea.sees("#rooms .nm", "tides")
	bea.sees(".msg", "low water at four")
	bea.settings()
	bea.at("/rooms/3/settings")
	bea.click(".setting", "Star")
	bea.sees("#starred .nm", "tides")
	bea.click("#starred a", "tides")
	bea.at("/rooms/3")
	bea.say("@here who has the key?")
	dov.until("what is for who is here", rowOf("who has the key")+`?.dataset.m.split(' ').includes('4')`)

	fay.keys("F", chromedp.ModifierCtrl, chromedp.ModifierShift)
	fay.at("/search")
	fay.until("focus in the search field", `document.activeElement.id === 'q'`)
	fay.keys("tide" + kb.Enter)
	fay.sees(".hit mark", "tide")
	fay.never(".hit", "low water") // she is not in that room
	fay.click(".hit a", "")
	fay.until("where it was said", `document.querySelector('[data-target]')?.textContent.includes('tide tables')`)

	cid.hover("tide tables")
	cid.click("#tools [data-do=more]", "")
	cid.click("#tools [data-do=delete]", "")
	ada.loses(".msg .body", "tide tables")
	cid.click(".toast button", "Undo")
	ada.sees(".msg .body", "tide tables")
	cid.hover("good morning")
	cid.click("#tools [data-do=more]", "")
	cid.click("#tools [data-do=unread]", "")
	cid.sees(".toast", "Marked unread from here")
	cid.sees("#stream .unread", "New")

	ada.say("@room the boat leaves at noon")
	for _, p := range []*tab{bea, dov, eli} { // they are elsewhere
		p.until("a badge for what is for all", `document.querySelector('#b-1')?.dataset.at >= 1`)
	}
	for _, p := range []*tab{bea, dov, eli, fay} {
		p.click("#lists a.room", "general")
		p.at("/rooms/1")
		p.sees(".msg", "the boat leaves at noon")
	}
	dov.settings()
	dov.at("/rooms/1/settings")
	dov.click("#rooms a", "tides")
	dov.at("/rooms/3")
	bea.click("#starred a", "tides")
	bea.at("/rooms/3")
	bea.settings()
	bea.at("/rooms/3/settings")
	bea.click("button", "Leave the room")
	bea.loses("#lists .nm", "tides")
	for _, p := range []*tab{ada, cid, eli, fay} {
		p.equal(1)
	}
	dov.equal(3)
}
