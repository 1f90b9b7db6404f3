package app

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheConversationThatHasThePageToItselfIsLive(t *testing.T) {
	s := start(t)
	ada := s.signup("ada")
	seq := ada.send(1, "root", "Shall we?")
	p := openChromium(t).member(s, "mei", "/messages/"+seq)
	p.size(390, 844)
	p.live()
	title := ask[string](p, `document.title`)
	p.until("it is told of the room", `performance.getEntriesByType('resource').some(r => r.name.includes('talk.js'))`)
	for i := range 3 {
		ada.post("/rooms/1/messages", "body", fmt.Sprint("answer ", i), "reply_to", seq).want(t, 303)
		p.sees(".alone .msg", fmt.Sprint("answer ", i))
	}
	ada.post("/messages/"+seq+"/reactions", "e", "🎉").want(t, 303)
	p.sees(".alone .rc", "🎉")
	ada.post("/rooms/1/settings", "name", "general", "topic", "Tides").want(t, 303)
	ada.tell(1, "@mei, elsewhere")
	p.until("a badge in the sidebar", `document.querySelector('#b-1').dataset.at`)
	if now := ask[string](p, `document.title`); !strings.HasSuffix(now, title) {
		t.Errorf("the title %q became %q", title, now)
	}
	p.size(1280, 800)
	p.click("#side a", "People")
	p.at("/people")
	ada.tell(1, "@mei, and now?")
	p.until("the page goes on as any other", `document.querySelector('#b-1').dataset.at === '2'`)
}
