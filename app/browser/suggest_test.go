package browser

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// The list goes when the word it is for is gone, however it went.
func TestTheSuggestionsGoWithTheirWord(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*tab){
		"Ctrl+Enter": func(p *tab) { p.keys(kb.Enter, chromedp.ModifierCtrl) },
		"the button": func(p *tab) { ask[any](p, `document.querySelector('#composer .send').click(), 1`) },
		"a script":   func(p *tab) { ask[any](p, `box.value = '', 1`) },
	}
	for name, send := range ways {
		t.Run(name, func(t *testing.T) {
			_, p := writer(t)
			p.fill("#box", "abc @me")
			p.keys(kb.Backspace + "e")
			p.until("the list", listed)
			p.keys(kb.ArrowDown)
			send(p)
			p.until("no list over an empty box", `!box.value && !`+listed)
			p.keys(kb.ArrowDown + "x" + kb.Enter)
			p.once("x")
			p.until("nothing was taken", `!box.value`)
		})
	}
	_, p := writer(t) // a key that comes before the list is closed
	p.keys("@me")
	p.until("the list", listed)
	if ask[bool](p, `box.value = '', !box.dispatchEvent(new KeyboardEvent('keydown',
		{ key: 'ArrowDown', bubbles: true, cancelable: true }))`) {
		t.Error("the list takes a key though its word is gone")
	}
}

// Nothing is suggested within a word, and in code that is open.
func TestWhereNothingIsSuggested(t *testing.T) {
	t.Parallel()
	s, p := writer(t)
	s.Signup("joiner")
	for _, c := range []struct {
		before, after, typed string
		listed               bool
	}{
		{"", " xyz", "@me", true}, {"", "xyz", "@me", false}, {"", ".xyz", "@me", false}, {"", ". xyz", "@me", true},
		{"", ": xyz", "@me", true}, {"", "さん", "@me", true},
		{"see ", "eral", "#gen", false}, {"see ", ", please", "#gen", true}, {"look :s", "mile: there", "i", false},
		{"look :tad", ": there", "a", false}, {"look :s", " there", "i", true},
		{"```\n", "", "@me", false}, {"```\n", "", ":tad", false}, {"```\ncode\n```\n", "", "@me", true},
		{"mid", "", ":tad", false}, {"lol ", "", ":dd", false}, {"so ", "", ":fing", true}, {"so ", "", ":+1", true},
	} {
		ask[any](p, `box.focus(), box.value = `+quote(c.before+c.after)+`, box.setSelectionRange(`+quote(c.before)+
			`.length, `+quote(c.before)+`.length), 1`)
		p.keys(c.typed)
		if c.listed {
			p.until("a list at "+c.before+c.typed+"|"+c.after, listed)
			continue
		}
		p.keys(kb.ArrowLeft) // closes what there may have been of fewer letters
		p.keys(kb.ArrowRight + kb.Backspace + c.typed[len(c.typed)-1:])
		ask[any](p, `import('/static/'+document.documentElement.dataset.build+'/suggest.js').then(m => m.suggestFor(box)).then(() => 1)`)
		if ask[bool](p, `!!`+listed) {
			t.Errorf("a list at %q|%q", c.before+c.typed, c.after)
		}
	}
}

// What is taken stands apart from what follows by one space.
func TestASuggestionIsTakenBeforeWords(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	for after, want := range map[string]string{"": "@mei ", " look": "@mei look", ", look": "@mei, look",
		"\nlook": "@mei\nlook", "さん": "@mei さん"} {
		ask[any](p, `box.focus(), box.value = `+quote(after)+`, box.setSelectionRange(0, 0), 1`)
		p.keys("@me")
		p.until("the list", listed)
		p.keys(kb.Tab)
		p.until("it stands before "+after, `box.value === `+quote(want))
	}
}

// The username that begins with what is typed comes before names of which a later word does.
func TestTheSuggestionsBeginWithUsernames(t *testing.T) {
	t.Parallel()
	s, p := writer(t)
	noor := s.Signup("noor")
	noor.Post("/me", "name", "Noor van der Meer").Want(t, 303)
	s.Signup("tanaka").Post("/me", "name", "Mei-Lin Tanaka").Want(t, 303)
	noor.Tell(1, "I spoke last")
	p.once("I spoke last")
	p.keys("@me")
	p.until("all of them in order", `[...document.querySelectorAll('#ac:not([hidden]) .opt')].map(li => li.dataset.insert)
		.join() === '@mei,@tanaka,@noor'`)
}

// Who was not told for a moment, because the server was busy, asks again.
func TestSuggestionsThatWereRefusedAreAskedForAgain(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("tomas")
	there, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	var busy atomic.Bool
	busy.Store(true)
	proxy := httputil.NewSingleHostReverseProxy(there)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if busy.Load() && strings.HasSuffix(r.URL.Path, "/mentions") {
			http.Error(w, "a moment", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { go front.Close() })
	p := openChromium(t).person("ada", front.URL)
	p.expect("status of 503")
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.click("#box", "")
	ask[any](p, `window.answers = 0, (f => window.fetch = (...a) => f(...a).finally(() => setTimeout(() => answers++, 50)))(fetch), 1`)
	p.keys("@")
	p.until("it was asked for", `answers > 0`)
	p.never("#ac", "")
	busy.Store(false)
	p.keys(kb.Backspace + "@")
	p.until("who is there", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === '@tomas'`)
}

// Commands are suggested where a message begins with a slash, with what they do.
func TestCommandsAreSuggested(t *testing.T) {
	t.Parallel()
	_, p := writer(t)
	all := `[...document.querySelectorAll('#ac:not([hidden]) .opt')].map(li => li.dataset.insert).join(' ')`
	p.keys("/")
	p.until("all of them", all+` === '/me /topic /invite /shrug'`)
	p.keys("t")
	p.until("those that begin so", all+` === '/topic'`)
	p.sees("#ac .opt small", "set the topic of this room")
	p.keys(kb.Tab)
	p.until("it is taken", `box.value === '/topic '`)
	p.keys("x")
	p.until("no list", "!"+listed)
	for _, text := range []string{"and /", "x\n/", "/etc/", "//"} {
		ask[any](p, `box.focus(), box.value = `+quote(text)+`, box.dispatchEvent(new Event('input', { bubbles: true })), 1`)
		ask[any](p, `import('/static/'+document.documentElement.dataset.build+'/suggest.js').then(m => m.suggestFor(box)).then(() => 1)`)
		if ask[bool](p, `!!`+listed) {
			t.Errorf("a list at %q", text)
		}
	}
}
