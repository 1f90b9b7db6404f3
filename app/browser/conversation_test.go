package browser

import (
	"fmt"
	"strings"
	"testing"

	"parley/app/apptest"
)

func TestTheConversationThatHasThePageToItselfIsLive(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	seq := ada.Send(1, "root", "Shall we?")
	p := openChromium(t).member(s, "mei", "/messages/"+seq)
	p.size(390, 844)
	p.live()
	title := ask[string](p, `document.title`)
	p.loaded("talk")
	for i := range 3 {
		ada.Post("/rooms/1/messages", "body", fmt.Sprint("answer ", i), "reply_to", seq).Want(t, 303)
		p.sees(".alone .msg", fmt.Sprint("answer ", i))
	}
	ada.Post("/messages/"+seq+"/reactions", "e", "🎉").Want(t, 303)
	p.sees(".alone .rc", "🎉")
	ada.Post("/rooms/1/settings", "name", "general", "topic", "Tides").Want(t, 303)
	ada.Tell(1, "@mei, elsewhere")
	p.until("a badge in the sidebar", `document.querySelector('#b-1').dataset.at`)
	if now := ask[string](p, `document.title`); !strings.HasSuffix(now, title) {
		t.Errorf("the title %q became %q", title, now)
	}
	p.size(1280, 800)
	p.click("#side a", "People")
	p.at("/people")
	ada.Tell(1, "@mei, and now?")
	p.until("the page goes on as any other", `document.querySelector('#b-1').dataset.at === '2'`)
}

// The page of a report shows a message, too, but follows no room: everything around
// it goes on.
func TestThePageOfAReportGoesOnAsAnyOther(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	seq := ada.Send(1, "root", "Shall we?")
	p := openChromium(t).member(s, "mei", "/messages/"+seq+"/report")
	p.live()
	p.loaded("talk")
	ask[any](p, `window.sent = [], (send => WebSocket.prototype.send = function (m) { sent.push(m);
		send.call(this, m) })(WebSocket.prototype.send), 1`)
	p.click("#f-reason", "")
	p.write("half a reason")
	ada.Post("/rooms", "name", "quay", "kind", "private", "people", "2").Want(t, 303)
	p.sees("#lists a", "quay")
	ada.Post("/dm", "to", "2", "body", "Lunch?").Want(t, 303)
	p.sees("#dms a", "ada")
	q := p.tab("another tab")
	q.open("/rooms/1")
	p.until("the words", `document.getElementById('f-reason').value === 'half a reason'`)
	p.expect(broken...)
	p.offline(true)
	p.until("no connection", `hub._htmx?.ws?.connection?.socket?.readyState !== 1`)
	p.offline(false)
	p.live()
	p.until("it said where it is", `sent.some(m => JSON.parse(m).t === 'view')`)
	if odd := ask[[]string](p, `sent.filter(m => JSON.parse(m).t === 'view' && JSON.parse(m).room !== 0)`); len(odd) > 0 {
		t.Errorf("it follows %q", odd)
	}
}
