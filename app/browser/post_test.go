package browser

import (
	"testing"

	"parley/app/apptest"
)

// postedForms are how many forms of messages a page posted.
const postedForms = `performance.getEntriesByType('resource').filter(r => /\/rooms\/\d+\/messages$/.test(r.name)).length`

// What is written goes over the socket that is open anyway: no form is posted, and everybody
// has it once. Where no answer comes, the form goes with the same client id.
func TestMessagesGoOverTheSocketAndElseByTheForm(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1")
	ada.live()
	bea.live()
	ada.say("over the socket")
	ada.once("over the socket")
	bea.once("over the socket")
	ada.until("nothing in the outbox", `!Object.keys(localStorage).some(k => k.includes(':o:'))`)
	if n := ask[int](ada, postedForms); n != 0 {
		t.Errorf("%d forms were posted", n)
	}

	ada.say("/topic Tides and charts")
	ada.sees(".topic", "Tides and charts")
	ada.until("no row for an order", `!document.querySelector('.pend')`)
	ada.say("/dance")
	ada.sees(".pend.fail .err", "There is no /dance")
	ada.click(".pend [data-act=discard]", "")

	ask[any](ada, `window.realSend = WebSocket.prototype.send, WebSocket.prototype.send = function(m) { /"post"/.test(m) || realSend.call(this, m) }, 1`)
	ada.say("into the void")
	ada.once("into the void") // after some seconds
	bea.once("into the void")
	if n := ask[int](ada, postedForms); n != 1 {
		t.Errorf("%d forms were posted where the socket gave no answer", n)
	}
	ask[any](ada, `WebSocket.prototype.send = realSend, 1`)

	// The answer is lost, not the message: the form is a repeat.
	ask[any](ada, `document.addEventListener('htmx:ws:before:message:incoming', e => {
		if (/^{"sent"|over both ways/.test(e.detail.message.data)) { e.preventDefault(); e.stopImmediatePropagation(); }
	}, true), 1`)
	ada.say("over both ways")
	bea.once("over both ways")
	ada.once("over both ways")
	if n := ask[int](ada, postedForms); n != 2 {
		t.Errorf("%d forms were posted after the answer was lost", n)
	}
	ada.equal(1)
	bea.equal(1)
}
