package browser

import (
	"testing"
	"time"

	"parley/app/apptest"
)

// badges are the counts beside every room and conversation, and in the title.
const badges = `(d => [...d.querySelectorAll('#side .badge')].map(b => [b.id, b.dataset.n, b.dataset.at].join(' ')).join('; '))`

// Two tabs and another device of one person show the same counts as a fresh load
// after everything that changes them.
func TestCountsAgreeInEveryTabAndOnEveryDevice(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quiet", "kind", "open", "people", "2").Want(t, 303)
	c := openChromium(t)
	desk, phone := c.person("mei's desk", s.Base), c.person("mei's phone", s.Base)
	desk.enter(mei)
	desk.open("/people")
	other := desk.tab("mei's other tab")
	other.open("/rooms")
	phone.open("/login")
	phone.fill("[name=username]", "mei")
	phone.fill("[name=password]", apptest.Password)
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
	ids := []string{ada.Send(1, "c1", "one"), ada.Send(1, "c2", "two @mei"), ada.Send(1, "c3", "three")}
	ada.Tell(2, "elsewhere")
	agree("after messages", `[data-at="1"]`)
	for _, p := range pages {
		p.until("one unread message elsewhere", `document.querySelector('#b-2[data-n="1"]')`)
	}
	mei.Post("/rooms/1/read", "upto", ids[2])
	agree("read elsewhere", `:not([data-n],[data-at])`)
	mei.Post("/messages/"+ids[1]+"/unread").Want(t, 303)
	agree("marked unread", `[data-at="1"]`)
	mei.Post("/rooms/1/mute", "on", "1").Want(t, 303)
	ada.Tell(1, "said to a muted room")
	agree("muted", "")
	mei.Post("/rooms/1/mute", "on", "").Want(t, 303)
	mei.Post("/rooms/1/notify", "level", "all").Want(t, 303)
	agree("of another level", "")
	mei.Post("/read-all").Want(t, 303)
	agree("all read", `:not([data-n],[data-at])`)
}
