package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// What somebody has half written outlives what it was about.

func TestAnAnswerOutlivesTheMessageThatItAnswers(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	one, two, three := ada.Send(1, "one", "first"), ada.Send(1, "two", "second"), ada.Send(1, "three", "third")
	gone := func(id string) { ada.Post("/messages/"+id+"/delete").Want(t, 303) }
	p := openChromium(t).member(s, "mei", "/rooms/1")
	p.live()
	p.expect(broken...)

	// In the panel: it moves to the message box.
	p.hover("first")
	p.click("#tools [data-do=more]", "")
	p.click("#tools [data-do=open]", "")
	p.click("#panel .answer textarea", "")
	p.write("half an answer")
	gone(one)
	p.until("the text in the box", `document.getElementById('box').value === 'half an answer'`)
	p.sees(".toast", "What you wrote is in the message box")
	p.until("the panel is closed", `!document.querySelector('#panel .answer')`)

	// In the box: what is quoted goes, the text stays.
	p.fill("#box", "")
	p.hover("second")
	p.click("#tools [data-do=reply]", "")
	p.write("another half")
	p.sees("#replying", "ada")
	gone(two)
	p.sees(".toast", "The message you were answering was deleted")
	p.until("the text without a quote", `document.getElementById('replying').hidden &&
		document.getElementById('box').value === 'another half'`)

	// On its way: one button sends it without the quote.
	p.fill("#box", "")
	p.hover("third")
	p.click("#tools [data-do=reply]", "")
	p.write("too late")
	p.offline(true)
	p.click("#composer .send", "")
	p.sees(".pend .re", "third")
	gone(three)
	p.offline(false)
	p.click(".pend.fail button", "Send without it")
	p.once("too late")
	p.never(".msg .re", "")
}

func TestWhoEditsInTwoPlacesIsToldBeforeOneIsReplaced(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	id := ada.Send(1, "one", "as it was")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.focusOn("as it was")
	p.keys("e")
	p.until("the form", `document.activeElement.name === 'body' && document.activeElement.closest('.msg')`)
	p.write(", here")
	ada.Post("/messages/"+id+"/reactions", "e", "🎉").Want(t, 303)
	p.sees(".rc", "🎉")
	p.never(".edit .why", "")
	ada.Post("/messages/"+id+"/edit", "body", "as it was, elsewhere").Want(t, 303)
	p.sees(".edit .why", "You changed this message elsewhere meanwhile.")
	p.until("what was typed", `document.querySelector('.edit textarea').value === 'as it was, here'`)
}

// Where the conversation has the page to itself it stays, with what is being
// written, and says once why nothing follows.
func TestAnAnswerOnThePageOfADeletedMessageStaysThere(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	id := ada.Send(1, "one", "first")
	p := openChromium(t).member(s, "mei", "/messages/"+id)
	p.expect("status of 410")
	p.live()
	p.loaded("talk")
	ask[any](p, `window.asked = 0, (f => window.fetch = (...a) => f(...a).finally(() => setTimeout(() => asked++)))(fetch), 1`)
	p.click("#answer", "")
	p.write("half an answer")
	ada.Post("/messages/"+id+"/delete").Want(t, 303)
	p.sees(".toast", "This message was deleted.")
	for i := range 2 {
		n := ask[int](p, `asked`)
		ada.Tell(1, fmt.Sprint("more ", i))
		p.until("it was asked for again", fmt.Sprintf(`asked > %d`, n))
	}
	if n := ask[int](p, `document.querySelectorAll('.toast').length`); n > 1 {
		t.Errorf("it is told %d times", n)
	}
	p.until("the text", `document.getElementById('answer').value === 'half an answer'`)
}

func TestTheHintComesBackAsItWasAfterALongText(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).member(s, "ada", "/rooms/1")
	p.live()
	was := ask[string](p, `document.getElementById('hint').innerText`)
	p.fill("#box", strings.Repeat("a", 9500))
	p.sees("#hint", "9,500 of 10,000")
	p.fill("#box", "short")
	p.until("the hint as it was", `document.getElementById('hint').innerText === `+quote(was))
	p.size(640, 400) // 200 % zoom
	p.never("#hint", "")
	p.fill("#box", strings.Repeat("a", 10001))
	p.sees("#hint", "10,001 of 10,000")
}

// Where Enter begins a new line, nothing says that it sends; there it may be chosen to.
func TestTheHintSaysWhatEnterDoes(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Send(1, "one", "as it was")
	for _, c := range []struct {
		name, enter   string
		coarse, sends bool
	}{{"mouse", "", false, true}, {"finger", "", true, false}, {"chosen new line", "newline", false, false},
		{"finger, chosen to send", "send", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			ada.Post("/me/appearance", "enter", c.enter).Want(t, 303)
			p := openChromium(t).person("ada", s.Base)
			p.enter(ada)
			if c.coarse {
				p.fingers()
			}
			p.open("/rooms/1")
			p.live()
			p.sees("#tl-1 .body", "as it was")
			if got := ask[bool](p, "!!"+found("#hint b", "Enter")); got != c.sends {
				t.Error("the hint of the box is there:", got)
			}
			p.focusOn("as it was")
			p.keys("e")
			p.sees(".edit textarea", "")
			if got := ask[bool](p, "!!"+found(".edit small", "Enter")); got != c.sends {
				t.Error("the hint of the edit is there:", got)
			}
			p.click(".edit textarea", "")
			p.write(", here")
			p.keys(kb.Escape)
			p.sees(".edit .why", map[bool]string{false: "Once more, and that is lost.", true: "Cancel once more, and that is lost."}[c.coarse])
		})
	}
}

// Logging out in one tab leaves nothing to read in another.
func TestWhoLogsOutIsLoggedOutInEveryTab(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada").Tell(1, "a secret")
	c := openChromium(t)
	one := c.member(s, "mei", "/rooms/1")
	two := one.tab("mei's other tab")
	two.expect("401")
	two.open("/rooms/1")
	two.live()
	two.sees(".msg", "a secret")
	one.front()
	one.live()
	one.open("/me")
	one.click("button", "Log out")
	one.at("/login")
	two.at("/login?next=/rooms/1")
	two.never(".msg", "")
}

// A sheet belongs to its message and to its page.
func TestASheetGoesWithItsMessageAndWithItsPage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	id := ada.Send(1, "one", "press me")
	ada.Send(1, "two", "and me")
	p := openChromium(t).member(s, "mei", "/")
	p.size(390, 844)
	p.click("#lists a", "general")
	p.at("/rooms/1")
	p.live()
	hold := func(text string) {
		at := ask[[]float64](p, `(b => [b.x + 60, b.y + b.height / 2])(`+rowOf(text)+`.querySelector('.body').getBoundingClientRect())`)
		p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at[0], Y: at[1]})
		p.sees("#tools.sheet", "Copy text")
		p.touch(input.DispatchTouchEventTypeTouchEnd)
	}
	hold("press me")
	ada.Post("/messages/"+id+"/delete").Want(t, 303)
	p.loses("#tools", "")
	hold("and me")
	ask[any](p, `history.back(), 1`)
	p.at("/")
	p.loses("#tools", "")
}

func TestWhoIsPutOutOfARoomStillHasWhatHeWasWriting(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"socket", "poll"} {
		t.Run(way, func(t *testing.T) {
			s := apptest.Start(t)
			ada, mei := s.Signup("ada"), s.Signup("mei")
			ada.Post("/rooms", "name", "quay", "kind", "private").Want(t, 303)
			ada.Post("/rooms/2/members", "people", "2").Want(t, 303)
			p := openChromium(t).person("mei", s.Base)
			p.enter(mei)
			if way == "poll" {
				p.withoutSockets()
			}
			p.open("/rooms/2")
			p.until("the page is told", `performance.getEntriesByType('resource').some(r => r.name.includes('/changes?')) ||
				hub._htmx?.ws?.connection?.socket?.readyState === 1`)
			p.click("#box", "")
			p.write("half a thought")
			ada.Post("/rooms/2/members/2/remove").Want(t, 303)
			p.sees(".notice", "You were removed from quay.")
			p.sees(".notice blockquote", "half a thought")
			if way == "poll" {
				return
			}

			ada.Post("/rooms", "name", "pier", "kind", "private").Want(t, 303)
			ada.Post("/rooms/3/members", "people", "2").Want(t, 303)
			ada.Tell(3, "news of another room")
			p.sees(".catch", "news of another room")
			p.sees(".notice blockquote", "half a thought")

			ada.Post("/rooms/2/members", "people", "2").Want(t, 303)
			p.sees(".notice", "You are back in quay.")
			p.sees(".notice blockquote", "half a thought")
			p.shot("back")
			p.click(".notice a", "quay")
			p.at("/rooms/2")
			p.until("what was being written", `document.getElementById('box').value === 'half a thought'`)
		})
	}
}
