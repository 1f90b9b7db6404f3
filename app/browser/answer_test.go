package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// answering is mei's page of a room with two messages that have replies.
func answering(t *testing.T) (s *apptest.Server, p *tab, one, two string) {
	s = apptest.Start(t)
	ada := s.Signup("ada")
	one, two = ada.Send(1, "one", "first"), ada.Send(1, "two", "second")
	for _, id := range []string{one, two} {
		ada.Post("/rooms/1/messages", "body", "because", "reply_to", id).Want(t, 303)
	}
	p = openChromium(t).member(s, "mei", "/rooms/1")
	p.live()
	return s, p, one, two
}

// talk opens the conversation of a message beside its room.
func (p *tab) talk(id string) {
	p.t.Helper()
	p.click("#m-"+id+" .replies", "")
	p.until("the conversation", `document.querySelector('#panel')?.dataset.of === '`+id+`' && document.getElementById('answer')`)
}

func (p *tab) answers(text string) {
	p.t.Helper()
	p.until("the answer as it was left", `document.getElementById('answer')?.value === `+quote(text))
}

// What was begun as an answer waits where it was begun, however one leaves it, until it
// is sent.
func TestAnAnswerThatWasBegunWaits(t *testing.T) {
	t.Parallel()
	s, p, one, two := answering(t)
	p.talk(one)
	p.click("#answer", "")
	p.keys("half an answer" + kb.Escape)
	p.until("no conversation", `!document.getElementById('answer')`)
	p.talk(two)
	p.answers("")
	p.click("#panel header .ib", "")
	p.until("no conversation", `!document.getElementById('answer')`)
	p.talk(one)
	p.answers("half an answer")
	p.open("/rooms/1")
	p.live()
	p.talk(one)
	p.answers("half an answer")
	p.click("#answer", "")
	p.keys(kb.End + ", more")
	p.click("#side a", "People")
	p.at("/people")
	p.click("#lists a", "general")
	p.until("the room", `stage.dataset.room === '1' && !box.value`)
	p.talk(one)
	p.answers("half an answer, more")
	p.open("/messages/" + one)
	p.answers("half an answer, more")
	p.loaded("talk")
	p.click("#answer", "")
	p.keys(kb.End + ", and all" + kb.Enter)
	p.sees(".alone .body", "half an answer, more, and all")
	p.answers("")
	p.open("/messages/" + one)
	p.live()
	p.answers("")
	p.open("/rooms/1")
	p.live()
	p.talk(one)
	p.answers("")
	p.click("#answer", "")
	p.keys("another" + kb.Enter)
	p.sees("#talk .body", "another")
	p.answers("")
	p.open("/rooms/1")
	p.live()
	p.talk(one)
	p.answers("")
	if n := strings.Count(s.Signup("bea").Get("/messages/"+one).Body, "and all"); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

// It is its author's alone.
func TestAnAnswerThatWasBegunGoesWithTheSession(t *testing.T) {
	t.Parallel()
	s, p, one, _ := answering(t)
	p.talk(one)
	p.click("#answer", "")
	p.keys("a secret of mei")
	p.until("it is kept", `JSON.stringify(localStorage).includes('a secret of mei')`)
	p.logOut()
	p.enter(s.Signup("bea"))
	p.open("/rooms/1")
	p.live()
	p.talk(one)
	p.answers("")
	p.until("nothing of it is left", `!JSON.stringify(localStorage).includes('a secret of mei')`)
}

// Off line an answer waits to be sent, on its page as well.
func TestAnAnswerLeavesItsPageThroughTheOutbox(t *testing.T) {
	t.Parallel()
	_, p, one, _ := answering(t)
	p.expect(broken...)
	p.open("/messages/" + one)
	p.live()
	p.loaded("talk")
	p.loaded("tools")
	p.offline(true)
	p.click("#answer", "")
	p.keys("from afar" + kb.Enter)
	p.answers("")
	p.offline(false)
	p.sees(".alone .body", "from afar")
	p.open("/rooms/1")
	p.live()
	p.once("from afar")
}

// Too long is said in words, all of it is kept, and nothing is sent.
func TestAnAnswerThatIsTooLongSaysSo(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{false, true} {
		_, p, one, _ := answering(t)
		if p.talk(one); alone {
			p.open("/messages/" + one)
			p.live()
			p.loaded("talk")
		}
		p.click("#answer", "")
		p.write(strings.Repeat("word ", 1900))
		p.sees(".answer .why", "9,500 of 10,000 characters")
		p.write(strings.Repeat("word ", 600))
		const why = "A message has at most 10,000 characters, this one 12,500."
		p.sees(".answer .why", why)
		p.until("the conversation over it", `document.getElementById('answer').getBoundingClientRect().height <= innerHeight * 0.41`)
		p.keys(kb.Enter)
		p.sees(".toast", why)
		p.until("all of it", `document.getElementById('answer').value.length === 12500 && !document.querySelector('.pend')`)
		p.fill("#answer", "short")
		p.until("the line is gone", `!`+found(".answer .why", ""))
		p.click(".answer button", "Reply")
		p.sees(".talk .body, .alone .body", "short")
		p.answers("")
	}
}
