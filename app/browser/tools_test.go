package browser

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// rowOf is the expression of the row of a message.
func rowOf(text string) string {
	return `[...document.querySelectorAll("#stream .msg[data-seq]")].find(r => ` +
		`[...r.querySelectorAll('.body,.file b')].some(el => el.textContent.includes(` +
		quote(text) + `)))`
}

// hover puts the mouse on the row of a message and waits for the toolbar in it. The row may
// move while what is in it comes: then once more.
func (p *tab) hover(text string) {
	p.t.Helper()
	at := `(r => { if (!r) return null; r.scrollIntoView({ block: 'nearest' }); const b = r.getBoundingClientRect();
		return [b.x + b.width / 3, b.y + b.height / 2] })(` + rowOf(text) + `)`
	shown := rowOf(text) + `?.querySelector('#tools')?.checkVisibility()`
	for end := time.Now().Add(patience); ; {
		p.until("the row of "+text, at)
		xy := ask[[]float64](p, at)
		p.steps(chromedp.MouseEvent(chromedp.MouseMoved, xy[0]-5, xy[1]))
		p.steps(chromedp.MouseEvent(chromedp.MouseMoved, xy[0], xy[1]))
		for again := time.Now().Add(3 * time.Second); time.Now().Before(again); time.Sleep(20 * time.Millisecond) {
			if ask[bool](p, "!!("+shown+")") {
				return
			}
		}
		if time.Now().After(end) {
			p.until("the toolbar in the row of "+text, shown)
			return
		}
	}
}

// focusOn gives the row of a message the focus, as the arrow keys do.
func (p *tab) focusOn(text string) {
	p.t.Helper()
	p.click("#box", "")
	p.keys(kb.Tab, chromedp.ModifierShift)
	for range 60 {
		if ask[bool](p, `document.activeElement === `+rowOf(text)) {
			return
		}
		ask[any](p, `window.before = document.activeElement, 1`)
		p.keys(kb.ArrowUp)
		p.until("the focus one row up", `document.activeElement !== window.before`) // the first key fetches what walks
	}
	p.t.Fatalf("arrows do not lead to %q but to %s", text, p.focus())
}

func TestWithTheMouseAMessageIsAnsweredReactedToEditedAndDeleted(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1")
	ada.live()
	bea.live()
	ada.say("shall we sail")
	bea.once("shall we sail")

	bea.hover("shall we sail")
	bea.never("#tools .own", "")
	bea.click("#tools [value='👍']", "")
	bea.until("the own reaction at once", rowOf("shall we sail")+`.querySelector('.rc[value="👍"]')?.dataset.by === '2'`)
	ada.until("the reaction", rowOf("shall we sail")+`.querySelector('.rc[value="👍"][title="bea"] b')?.textContent === '1'`)
	ada.sees(".rc .vh", "thumbs up")
	ada.click(".rc[value='👍']", "")
	bea.until("both", rowOf("shall we sail")+`.querySelector('.rc[value="👍"]')?.dataset.by === '2 1'`)
	ada.click(".rc[value='👍']", "")
	bea.until("one again", rowOf("shall we sail")+`.querySelector('.rc[value="👍"]')?.dataset.by === '2'`)

	bea.hover("shall we sail")
	bea.click("#tools [data-do=reply]", "")
	bea.sees("#replying", "Reply to ada")
	bea.until("focus in the box", `document.activeElement.id === 'box'`)
	bea.keys(kb.Escape)
	bea.loses("#replying", "")
	bea.hover("shall we sail")
	bea.click("#tools [data-do=reply]", "")
	bea.sees("#replying", "Reply to ada")
	bea.write("aye")
	bea.keys(kb.Enter)
	bea.loses("#replying", "")
	ada.once("aye")
	ada.sees(".msg .re", "ada shall we sail")
	ada.sees(".replies", "1 reply")
	ada.until("a row that is for ada", rowOf("aye")+`.dataset.m === '1'`)

	ada.hover("shall we sail")
	ada.click("#tools [data-do=more]", "")
	ada.sees("#tools .opt", "Delete")
	ada.click("#tools [data-do=edit]", "")
	ada.until("the form with the caret at its end",
		`(a => a.name === 'body' && a.value === 'shall we sail' && a.selectionStart === 13)(document.activeElement)`)
	ada.write(" today")
	ada.keys(kb.Enter)
	bea.once("shall we sail today(edited)")
	bea.sees(".msg .re", "ada shall we sail today")
	ada.until("focus on the row", `document.activeElement.matches('.msg') && document.activeElement.textContent.includes('today')`)

	ada.hover("shall we sail")
	ada.click("#tools [data-do=more]", "")
	ada.click("#tools [data-do=delete]", "")
	ada.sees(".toast", "Message deleted")
	ada.loses(".body", "shall we sail")
	bea.loses(".body", "shall we sail")
	bea.sees(".msg .re", "Message deleted")
	bea.click(".msg .re", "")
	bea.sees(".toast", "That message was deleted.")
	ada.click(".toast button", "Undo")
	bea.sees(".body", "shall we sail today")
	bea.sees(".replies", "1 reply")
	bea.until("the reaction of before", rowOf("shall we sail")+`.querySelector('.rc[value="👍"]')?.dataset.by === '2'`)
	bea.sees(".msg .re", "ada shall we sail today")
	bea.click(".msg .re", "")
	bea.until("a flash, and the focus", `document.activeElement === `+rowOf("shall we sail")+` && 'flash' in document.activeElement.dataset`)
	ada.equal(1)
	bea.equal(1)
}

func TestWhoWritesInARowLosesNothingWhateverOthersDo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea := c.member(s, "ada", "/rooms/1"), s.Signup("bea")
	ada.live()
	ada.say("the first draft")
	ada.once("the first draft")
	id := strings.TrimPrefix(ask[string](ada, rowOf("the first draft")+`.id`), "m-")
	ada.keys(kb.ArrowUp)
	ada.until("the form", `document.activeElement.name === 'body' && document.activeElement.closest('.msg')`)
	ada.write(", and more")
	bea.Post("/messages/"+id+"/reactions", "e", "🎉").Want(t, 303)
	ada.sees(".rc", "🎉")
	bea.Post("/rooms/1/messages", "body", "answering", "reply_to", id).Want(t, 303)
	ada.sees(".replies", "1 reply")
	ada.until("the typed text with the caret behind it",
		`(a => a.name === 'body' && a.value === 'the first draft, and more' && a.selectionStart === a.value.length)(document.activeElement)`)
	ada.keys(kb.Escape)
	ada.sees(".edit .why", "Once more, and that is lost.")
	ada.write("!")
	ada.loses(".edit .why", "")
	ada.keys(kb.Enter)
	ada.once("the first draft, and more!(edited)")

	ada.focusOn("the first draft")
	ada.keys("e")
	ada.until("the form", `document.activeElement.name === 'body' && document.activeElement.closest('.msg')`)
	ada.write(" never sent")
	ada.open("/rooms/1") // the page goes, the text stays
	ada.until("the text again", `document.querySelector('.msg form.edit textarea')?.value.endsWith(' never sent')`)
	ada.click(".msg form.edit textarea", "")
	ada2 := s.Visitor()
	ada2.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303)
	ada2.Post("/messages/"+id+"/delete").Want(t, 303)
	ada.loses(".edit", "")
	ada.until("the text in the box", `document.getElementById('box').value.endsWith(' never sent')`)
	ada.sees(".toast", "What you wrote is in the message box")
	ada.keys("1 run") // not a reaction, a reply, an edit
	ada.until("what is typed on", `document.activeElement.id === 'box' && document.activeElement.value.includes('1 run') &&
		document.getElementById('replying')?.hidden !== false`)

	ask[any](ada, `new Promise(ok => setTimeout(ok, 1600))`) // until then Enter may have been meant for the edit
	ada.fill("#box", "too long later")
	ada.keys(kb.Enter)
	ada.once("too long later")
	ada.keys(kb.ArrowUp)
	ada.until("the form", `document.activeElement.name === 'body' && document.activeElement.closest('.msg')`)
	ada.expect("status of 422")
	ada.write(strings.Repeat("\nx", 600))
	ada.keys(kb.Enter)
	ada.sees(".edit .why", "500 lines")
	ada.keys(kb.Escape)
	ada.keys(kb.Escape)
	ada.loses(".edit", "")
	ada.until("the focus where the edit was asked for", `document.activeElement.id === 'box'`)
}

func TestWithTheKeyboardAMessageIsAnsweredReactedToEditedAndDeleted(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	bea := s.Signup("bea")
	ada := c.member(s, "ada", "/rooms/1")
	ada.live()
	bea.Tell(1, "from bea")
	ada.once("from bea")
	ada.say("from ada")
	ada.once("from ada")
	ada.say("the last")
	ada.once("the last")

	ada.focusOn("from bea")
	ada.keys("2")
	ada.sees(".rc", "❤️")
	ada.until("focus still on the row", `document.activeElement === `+rowOf("from bea"))
	ada.keys("r")
	ada.sees("#replying", "bea")
	ada.keys("an answer" + kb.Enter)
	ada.once("an answer")
	ada.sees(".re", "bea from bea")

	ada.focusOn("from ada")
	ada.keys(kb.Enter)
	ada.until("focus in the toolbar", `document.activeElement.matches('#tools [value="👍"]')`)
	ada.keys(kb.ArrowRight)
	ada.keys(kb.ArrowRight)
	ada.until("the third", `document.activeElement.value === '😂'`)
	ada.keys(kb.ArrowLeft)
	ada.keys(kb.End)
	ada.until("the last one", `document.activeElement.dataset.do === 'more'`)
	ada.keys(kb.Enter)
	ada.until("the menu", `document.activeElement.dataset.do === 'edit'`)
	ada.keys(kb.ArrowUp)
	ada.until("its last item", `document.activeElement.dataset.do === 'delete'`)
	ada.keys(kb.Escape)
	ada.until("the button of the menu", `document.activeElement.dataset.do === 'more'`)
	ada.keys(kb.Escape)
	ada.until("the row", `document.activeElement === `+rowOf("from ada"))
	ada.keys("e")
	ada.until("the form", `document.activeElement.name === 'body' && document.activeElement.closest('.msg')`)
	ada.keys(kb.Escape)
	ada.until("the row", `document.activeElement === `+rowOf("from ada"))

	ada.keys(kb.Delete)
	ada.sees(".toast", "Message deleted")
	ada.until("focus on the next row", `document.activeElement === `+rowOf("the last"))
	if cont := ask[bool](ada, rowOf("the last")+`.hasAttribute('data-cont')`); cont {
		t.Error("what goes on from a deleted head still goes on")
	}
	for range 8 {
		ask[any](ada, `window.was = document.activeElement, 1`)
		ada.keys(kb.F6, chromedp.ModifierCtrl)
		ada.until("the next region", `document.activeElement !== window.was`)
		if strings.Contains(ada.focus(), "Undo") {
			break
		}
	}
	ada.until("focus on Undo", `document.activeElement.textContent === 'Undo'`)
	ada.keys(kb.Enter)
	ada.until("the row again", `document.activeElement === `+rowOf("from ada"))
	ada.until("the one after it goes on", rowOf("the last")+`.hasAttribute('data-cont')`)
	ada.equal(1)

	ada.keys("+")
	ada.until("the search of the picker", `document.activeElement.matches('#emoji input')`)
	ada.keys("tada" + kb.Enter)
	ada.until("the reaction", rowOf("from ada")+`.querySelector('.rc[value="🎉"]')`)
	ada.until("the row", `document.activeElement === `+rowOf("from ada"))
	ada.keys("+")
	ada.until("the search of the picker", `document.activeElement.matches('#emoji input')`)
	ada.keys(kb.ArrowDown)
	ada.until("the one used last", `document.activeElement.value === '🎉'`)
	ada.keys(kb.ArrowRight + kb.ArrowDown + kb.ArrowLeft + kb.ArrowUp)
	ada.until("round to the first", `document.activeElement.value === '🎉'`)
	ada.keys(kb.Escape)
	ada.loses("#emoji", "")
	ada.until("the row", `document.activeElement === `+rowOf("from ada"))
}

func TestAConversationStandsBesideTheRoomAndFollows(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	bea := s.Signup("bea")
	ada := c.member(s, "ada", "/rooms/1")
	ada.live()
	first := bea.Says(1, "the question")
	second := apptest.ID(t, bea.Post("/rooms/1/messages", "body", "the answer", "reply_to", fmt.Sprint(first)).Want(t, 303).Location())
	for i := range 5 {
		bea.Tell(1, fmt.Sprint("unrelated ", i))
	}
	bea.Post("/rooms/1/messages", "body", "an answer to the answer", "reply_to", fmt.Sprint(second)).Want(t, 303)
	ada.sees(fmt.Sprintf("#m-%d .replies", second), "1 reply") // the last that moves what is to be clicked
	ada.drawn()
	ada.click(fmt.Sprintf("#m-%d .replies", first), "1 reply") // the answer has one, too
	ada.sees("#talk .body", "the question")
	ada.sees("#talk .body", "an answer to the answer")
	ada.never("#talk .body", "unrelated")
	ada.until("the heading", `document.activeElement.matches('#panel h2')`)
	ada.click("#answer", "")
	ada.write("mine")
	ada.keys(kb.Enter)
	ada.once("mine")
	ada.sees("#talk .body", "mine")
	bea.Post(fmt.Sprintf("/messages/%d/edit", second), "body", "the better answer").Want(t, 303)
	ada.sees("#talk .body", "the better answer")
	ada.sees("#talk .re", "the better answer")
	bea.Post(fmt.Sprintf("/messages/%d/delete", second)).Want(t, 303)
	ada.loses("#talk .body", "the better answer")
	ada.sees("#talk .re", "Message deleted")
	ada.click("#panel .re", "bea the question")
	ada.until("a jump in the room", `document.activeElement === `+rowOf("the question"))
	if n := ask[int](ada, `(l => l.length - new Set(l).size)([...document.querySelectorAll('[id]')].map(e => e.id))`); n > 0 {
		t.Errorf("%d ids stand twice in the page", n)
	}
	ada.click("#panel header .ib", "")
	ada.loses("#panel", "")
	bea.Post(fmt.Sprintf("/messages/%d/delete", first)).Want(t, 303)
	ada.loses(".body", "the question")

	ada.open(fmt.Sprintf("/messages/%d", apptest.ID(t, bea.Post("/rooms/1/messages", "body", "alone").Want(t, 303).Location())))
	ada.sees("h1", "Conversation in #general")
	ada.open(fmt.Sprintf("/rooms/1/@%d#m-%[1]d", second+1))
	ada.until("the target with the focus", `document.activeElement.matches('.msg[data-target]')`)
}

func TestAfterBeingAwayAPageHasEveryChangeOfAMessage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	bea := s.Signup("bea")
	ada := c.member(s, "ada", "/rooms/1")
	ada.expect(broken...)
	var ids []int
	for i := range 6 {
		ids = append(ids, bea.Says(1, fmt.Sprint("number ", i)))
	}
	answer := apptest.ID(t, bea.Post("/rooms/1/messages", "body", "answers 3", "reply_to", fmt.Sprint(ids[3])).Want(t, 303).Location())
	ada.open("/rooms/1")
	ada.live()
	ada.offline(true)
	do := func(id int, action string, fields ...string) {
		t.Helper()
		bea.Post(fmt.Sprintf("/messages/%d/%s", id, action), fields...).Want(t, http.StatusSeeOther)
	}
	do(ids[0], "delete")
	do(ids[1], "edit", "body", "number 1, changed")
	do(ids[2], "delete")
	do(ids[2], "restore")
	do(ids[3], "edit", "body", "number 3, changed")
	do(ids[4], "reactions", "e", ":tada:")
	do(answer, "reactions", "e", "👀")
	bea.Post("/rooms/1/messages", "body", "answers 5", "reply_to", fmt.Sprint(ids[5])).Want(t, 303)
	do(ids[5], "delete")
	ada.offline(false)
	ada.sees(".body", "number 1, changed")
	ada.sees(".re", "number 3, changed")
	ada.sees(".re", "Message deleted")
	ada.equal(1)
}

// touch puts fingers on the screen, or lifts them.
func (p *tab) touch(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
		return err
	})
}

func TestALongPressOpensTheToolbarAtTheBottom(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.member(s, "ada", "/rooms/1")
	ada.size(390, 844)
	ada.live()
	s.Signup("bea").Tell(1, "press me")
	ada.once("press me")
	at := ask[[]float64](ada, `(b => [b.x + 80, b.y + b.height / 2])(`+rowOf("press me")+`.querySelector('.body').getBoundingClientRect())`)
	ada.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at[0], Y: at[1]})
	ada.sees("#tools.sheet", "Copy text")
	ada.touch(input.DispatchTouchEventTypeTouchEnd)
	ada.never("#tools [data-do=edit]", "")
	// Fingers are slower.
	ask[any](ada, `Promise.all(document.getAnimations().map(a => a.finished)).then(() => new Promise(ok => setTimeout(ok, 200)))
		.then(() => 1)`)
	ada.shot("sheet")
	for what, small := range map[string]string{
		"a target of the sheet is small": `[...document.querySelectorAll('#tools button')].filter(b => b.checkVisibility() &&
			(b.offsetHeight < 44 || b.offsetWidth < 44)).length`,
		"the sheet is not at the bottom":    `Math.round(innerHeight - document.getElementById('tools').getBoundingClientRect().bottom)`,
		"the sheet makes the page too wide": `document.documentElement.scrollWidth - innerWidth`,
	} {
		if n := ask[int](ada, small); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	ada.click("#tools [value='❤️']", "")
	ada.sees(".rc", "❤️")
	ada.loses("#tools", "")
}

func TestThePickerShowsEveryEmojiAndWritesIntoTheBox(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.member(s, "ada", "/rooms/1")
	ada.live()
	ada.click("#box", "")
	ada.write("hello ")
	ada.click("#smile", "")
	ada.until("all of them", `document.querySelectorAll('#emoji .all button').length > 1900`)
	for _, words := range ask[[]string](ada, `[...document.querySelectorAll('#emoji .kinds button')].map(b => b.ariaLabel)`) {
		ada.click("#emoji .kinds [aria-label='"+words+"']", "")
		ada.until("the group "+words, `(g => g && Math.abs(g.getBoundingClientRect().top - document.querySelector('#emoji .all')
			.getBoundingClientRect().top) < 400)([...document.querySelectorAll('#emoji .grp')].find(g => g.ariaLabel === `+quote(words)+`))`)
	}
	ada.fill("#emoji input", "sailboat")
	ada.click("#emoji .all button", "⛵")
	ada.until("the emoji behind the text", `document.getElementById('box').value === 'hello ⛵' && document.activeElement.id === 'box'`)
	ada.write(" and :wave:")
	ada.keys(kb.Enter)
	ada.once("hello ⛵ and 👋")
	ada.click("#smile", "")
	ada.until("what was used last", `document.querySelector('#emoji .grp button').value === '⛵'`)
	ada.keys(kb.Escape)
	ada.loses("#emoji", "")
}

func TestAReplyBelongsToTheDraft(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.member(s, "ada", "/rooms/1")
	ada.live()
	ada.say("something to answer")
	ada.once("something to answer")
	ada.hover("something to answer")
	ada.click("#tools [data-do=reply]", "")
	ada.write("half an ans")
	ada.click("#side a", "Browse rooms")
	ada.at("/rooms")
	ada.until("the mark of a draft in the sidebar", `getComputedStyle(document.querySelector('#r-1 .room'), '::after').content.includes('✎')`)
	ada.click("#side a", "general")
	ada.sees("#replying", "Reply to ada")
	ada.until("the text", `document.getElementById('box').value === 'half an ans'`)
	ada.click("#replying .ib", "")
	ada.loses("#replying", "")
	ada.until("the text, still", `document.getElementById('box').value === 'half an ans'`)
}
