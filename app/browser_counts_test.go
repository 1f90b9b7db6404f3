package app

import (
	"testing"
	"time"
)

// badges are the counts beside every room and conversation, and in the title.
const badges = `(d => [...d.querySelectorAll('#side .badge')].map(b => [b.id, b.dataset.n, b.dataset.at].join(' ')).join('; '))`

// Two tabs and another device of one person show the same counts as a fresh load
// after everything that changes them.
func TestCountsAgreeInEveryTabAndOnEveryDevice(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, mei := s.signup("ada"), s.signup("mei")
	ada.post("/rooms", "name", "quiet", "kind", "open", "people", "2").want(t, 303)
	c := openChromium(t)
	desk, phone := c.person("mei's desk", s.base), c.person("mei's phone", s.base)
	desk.enter(mei)
	desk.open("/people")
	other := desk.tab("mei's other tab")
	other.open("/rooms")
	phone.open("/login")
	phone.fill("[name=username]", "mei")
	phone.fill("[name=password]", password)
	phone.click("button", "Log in")
	phone.at("/")
	phone.open("/people")
	pages := []*tab{desk, other, phone}
	agree := func(when, room string) {
		t.Helper()
		for _, p := range pages {
			p.until("the counts "+when, `document.querySelector('#b-1'+`+quote(room)+`)`)
			same := false
			for end := time.Now().Add(patience); !same && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
				same = ask[bool](p, `(async f => f(document) === f(new DOMParser().parseFromString((await (await fetch('/people')).text())
					.replace(/<style[^]*?<\/style>/, ''), 'text/html')))(`+badges+`)`)
			}
			if !same {
				t.Errorf("%s, %s shows other counts than a fresh load: %s", when, p.name, ask[string](p, badges+`(document)`))
			}
		}
	}
	for _, p := range pages {
		p.live()
	}
	ids := []string{ada.send(1, "c1", "one"), ada.send(1, "c2", "two @mei"), ada.send(1, "c3", "three")}
	ada.tell(2, "elsewhere")
	agree("after messages", `[data-at="1"]`)
	for _, p := range pages {
		p.until("one unread message elsewhere", `document.querySelector('#b-2[data-n="1"]')`)
	}
	mei.post("/rooms/1/read", "upto", ids[2])
	agree("read elsewhere", `:not([data-n],[data-at])`)
	mei.post("/messages/"+ids[1]+"/unread").want(t, 303)
	agree("marked unread", `[data-at="1"]`)
	mei.post("/rooms/1/mute", "on", "1").want(t, 303)
	ada.tell(1, "said to a muted room")
	agree("muted", "")
	mei.post("/rooms/1/mute", "on", "").want(t, 303)
	mei.post("/rooms/1/notify", "level", "all").want(t, 303)
	agree("of another level", "")
	mei.post("/read-all").want(t, 303)
	agree("all read", `:not([data-n],[data-at])`)
}
