package browser

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

const listed = `document.querySelector('#ac:not([hidden]) .opt')`

// writer is ada's page of a room that mei is in, too.
func writer(t *testing.T) (*apptest.Server, *tab) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("mei")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#box", "")
	return s, p
}

// What is suggested replaces the word that was begun, and only while the caret is in it.
func TestASuggestionReplacesTheWordUnderTheCaretAlone(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	for _, away := range []string{kb.End, kb.ArrowRight + kb.ArrowRight + kb.ArrowRight, kb.Home} {
		p.fill("#box", " please look at this today")
		p.keys(kb.Home + "@me")
		p.until("the list", listed)
		p.keys(away)
		p.until("no list", "!"+listed)
		p.keys("x")
		p.until("the sentence", `box.value.includes('please look at this today'.slice(0, 2)) && box.value.includes('look at this today') &&
			box.value.includes('@me')`)
	}
	p.fill("#box", " please look")
	p.keys(kb.Home + "@me")
	p.until("the list", listed)
	ask[any](p, `box.setSelectionRange(0, box.value.length), 1`)
	p.until("no list", "!"+listed)
	p.fill("#box", " look")
	p.keys(kb.Home + "@me")
	p.until("the list", listed)
	p.keys(kb.Tab)
	p.until("it is before the rest", `box.value === '@mei look'`)
}

// Enter takes the suggestion that is marked, and sends what is written where none is: an
// emoticon, a number, a name that is whole.
func TestEnterSendsWhatIsWritten(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	for _, text := range []string{"hi :-p", "lol :dd", "see you at :30", ":D", ":/", "hello @mei", "see #1", "so :tad", "a :fing"} {
		p.keys(text)
		if strings.HasSuffix(text, "@mei") || strings.HasSuffix(text, ":tad") || strings.HasSuffix(text, ":fing") {
			p.until("the list of "+text, listed)
		}
		p.keys(kb.Enter)
		p.once(text)
		p.until("an empty box", `!box.value`)
	}
	p.keys("@me")
	p.until("the list", listed)
	p.until("one is marked", `box.getAttribute('aria-activedescendant') === document.querySelector('#ac [aria-selected=true]')?.id`)
	p.keys(kb.Enter)
	p.until("it is taken", `box.value === '@mei '`)
	p.fill("#box", "")
	p.keys(":ta")
	p.until("the list", listed)
	p.until("none is marked", `!box.hasAttribute('aria-activedescendant') && !document.querySelector('#ac [aria-selected=true]')`)
	p.keys(kb.ArrowDown + kb.Enter)
	p.until("it is taken", `box.value && !box.value.includes(':ta')`)
	p.fill("#box", "")
	p.keys("@me")
	p.until("the list", listed)
	p.keys(kb.Enter, chromedp.ModifierShift)
	p.keys("b")
	p.until("a new line", `box.value === '@me\nb'`)
}

// A name that is whole is sent, also while the list is still that of its beginning.
func TestEnterSendsAWholeNameBeforeItsListHasCome(t *testing.T) {
	t.Parallel()
	_, g, _, p := slow(t)
	p.open("/rooms/1")
	p.live()
	p.click("#box", "")
	p.keys("hello @me")
	p.until("the list", listed)
	c := g.stop("/mentions")
	p.keys("i")
	g.waits(t)
	p.keys(kb.Enter)
	p.once("hello @mei")
	g.let(c)
	p.until("an empty box and no list", "!box.value && !"+listed)
}

// Who looks something up in another window finds the list as it was; who goes elsewhere on the
// page does not.
func TestTheSuggestionsStayWhileAnotherWindowHasTheKeys(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	p.keys("@me")
	p.until("the list", listed)
	p.emulatesFocus(false)
	other := p.tab("another page", chromedp.WithNewWindow(false))
	other.open("/rooms")
	other.front()
	p.until("another page has the keys", `!document.hasFocus()`)
	p.until("the list is there", listed)
	p.front()
	p.until("the keys are back", `document.hasFocus() && document.activeElement === box`)
	p.until("the list is there", listed)
	p.keys(kb.Enter)
	p.until("it is taken", `box.value === '@mei '`)
	p.keys("@me")
	p.until("the list", listed)
	ask[any](p, `box.blur(), 1`)
	p.until("no list", "!"+listed)
}

// composingKey presses a key that an IME takes; Safari says so by its code alone.
func (p *tab) composingKey(key string) {
	p.t.Helper()
	ask[any](p, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: `+quote(key)+
		`, keyCode: 229, bubbles: true, cancelable: true })), 1`)
}

func TestKeysOfAnInputMethodAreItsOwn(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	p.keys("@me")
	p.until("the list", listed)
	for _, key := range []string{"Enter", "Tab", "ArrowDown", "Escape"} {
		p.composingKey(key)
		p.until("nothing happened at "+key, listed+` && box.value === '@me'`)
	}
	p.keys(kb.Escape)
	p.composingKey("Enter")
	p.until("nothing was sent", `box.value === '@me' && !document.querySelector('.pend')`)
	p.keys(kb.Enter)
	p.once("@me")
	p.keys(kb.ArrowUp)
	p.until("the form", `document.activeElement.closest('form.edit')`)
	p.write("x")
	p.composingKey("Enter")
	p.composingKey("Escape")
	p.composingKey("Escape")
	p.until("it is still open", `document.activeElement.value === '@mex'`)
	p.keys(kb.Escape + kb.Escape)
	p.click("#box", "")
	p.keys("k", chromedp.ModifierCtrl)
	p.keys("gen")
	p.sees("#jump .opt", "general")
	p.composingKey("Enter")
	p.composingKey("k")
	p.until("it is still open", `document.getElementById('jump').open`)
	p.keys(kb.Escape)
	p.click("#smile", "")
	p.until("the picker", `document.activeElement.closest('#emoji')`)
	p.composingKey("Enter")
	p.until("nothing was taken", `!box.value && document.activeElement.closest('#emoji')`)
	p.keys(kb.Escape)
	p.click("#box", "")
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "にほ", SelectionStart: 2, SelectionEnd: 2})
		return err
	})
	p.write("日本")
	p.until("what was composed", `box.value === '日本'`)
}

// On a Mac, Ctrl moves the caret; shortcuts are with the command key.
func TestOnAMacOnlyTheCommandKeyIsForShortcuts(t *testing.T) {
	t.Parallel()
	for platform, with := range map[string][2]chromedp.Modifier{"MacIntel": {chromedp.ModifierMeta, chromedp.ModifierCtrl},
		"Linux x86_64": {chromedp.ModifierCtrl, chromedp.ModifierMeta}} {
		t.Run(platform, func(t *testing.T) {
			s := apptest.Start(t)
			p := openChromium(t).person("ada", s.Base)
			p.do(func(ctx context.Context) error {
				_, err := chromedp.Call(ctx, emulation.SetUserAgentOverride,
					emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 (X)", Platform: platform})
				return err
			})
			p.enter(s.Signup("ada"))
			p.open("/rooms/1")
			p.live()
			p.click("#box", "")
			pressed := func(key string, m chromedp.Modifier) bool { // whether the page took it
				return ask[bool](p, fmt.Sprintf(`!document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
					{ key: %q, ctrlKey: %v, metaKey: %v, bubbles: true, cancelable: true }))`,
					key, m == chromedp.ModifierCtrl, m == chromedp.ModifierMeta))
			}
			for _, key := range []string{"b", "e", "i", "k", "/"} {
				if pressed(key, with[1]) {
					t.Errorf("the other key with %s does something", key)
				}
			}
			p.until("an empty box", `!box.value && location.pathname === '/rooms/1'`)
			pressed("e", with[0])
			p.until("a mark", "box.value === '``'")
			p.fill("#box", "")
			pressed("k", with[0])
			p.until("the switcher", `document.getElementById('jump')?.open`)
			p.keys(kb.Escape)
			p.open("/shortcuts")
			if platform == "MacIntel" {
				p.sees("table.keys", "⌘K")
				p.never("table.keys", "Ctrl K")
				p.sees("#side .kbd", "⌘K")
			} else {
				p.sees("table.keys", "Ctrl K")
			}
		})
	}
}

// Nothing that is pasted is cut: what is too long is said, kept, and not sent.
func TestNothingThatIsPastedIsCut(t *testing.T) {
	t.Parallel()
	s, p := writer(t)
	long := strings.Repeat("word ", 2400) + "END"
	whole := fmt.Sprintf(`.value.length === %d`, len(long))
	p.write(long)
	p.sees("#hint", "12,003 of 10,000")
	p.size(390, 844)
	p.sees("#hint", "12,003 of 10,000")
	p.until("the conversation over it", `box.getBoundingClientRect().height <= innerHeight * 0.41`)
	p.size(1280, 800)
	p.keys(kb.Enter)
	p.sees(".toast", "A message has at most 10,000 characters")
	p.until("all of it", `box`+whole+` && !document.querySelector('.pend')`)
	p.fill("#box", "short")
	p.keys(kb.Enter)
	p.once("short")
	p.keys(kb.ArrowUp)
	p.until("the form", `document.activeElement.closest('form.edit')`)
	p.keys("a", chromedp.ModifierCtrl)
	p.write(long)
	p.keys(kb.Enter)
	p.sees(".edit .why", "at most 10,000 characters")
	p.until("all of it", `document.querySelector('.edit textarea')`+whole)
	p.open("/me")
	p.fill("#f-bio", long)
	p.until("it is said", `document.getElementById('f-bio').validationMessage.includes('12,003')`)
	p.keys(kb.Tab)
	p.sees(".setting .why", "12,003")
	p.until("nothing was sent, all of it is there", `document.getElementById('f-bio')`+whole)
	if n := ask[int](p, `document.querySelectorAll('[maxlength]').length`); n > 0 {
		t.Error("a field that cuts")
	}
	ada := s.Visitor()
	ada.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	id := ada.Send(1, "one", "a message")
	for path, field := range map[string]string{"/rooms/1/messages": "body", "/me": "bio", "/rooms": "topic",
		"/rooms/1/settings": "topic", "/dm": "body",
		"/messages/" + id + "/edit": "body", "/messages/" + id + "/report": "reason"} {
		r := ada.Post(path, field, long, "name", "x name", "kind", "open", "to", "2").Want(t, http.StatusUnprocessableEntity)
		if !strings.Contains(r.Body, "word END") {
			t.Errorf("%s does not keep it", path)
		}
	}
}
