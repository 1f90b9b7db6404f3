package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// chromium is the browser of all tests: each person in it has cookies of his own.
type chromium struct {
	t   testing.TB
	ctx context.Context
}

// running is started by the first test that needs it, and anew if it has died.
var running struct {
	sync.Mutex
	ctx   context.Context
	close func()
}

func TestMain(m *testing.M) {
	code := apptest.RunTests(m)
	if running.close != nil {
		running.close()
	}
	os.Exit(code)
}

func openChromium(t testing.TB) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	needed(t, path != "", "Chromium is not installed")
	running.Lock()
	defer running.Unlock()
	if running.ctx == nil || running.ctx.Err() != nil {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			// A machine without a mouse counts as a touch screen.
			chromedp.Flag("blink-settings", "primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2"),
			chromedp.WindowSize(1280, 800), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("lang", "en-GB"), chromedp.Flag("host-resolver-rules", "MAP "+lanName+" 127.0.0.1"))
		start, end := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, leave := chromedp.NewContext(start)
		if err := chromedp.Do(ctx); err != nil {
			t.Fatal("Chromium does not start: ", err)
		}
		running.ctx, running.close = ctx, func() { leave(); end() }
	}
	return &chromium{t, running.ctx}
}

// needed skips a test without its tool; the machine that decides must have it.
func needed(t testing.TB, have bool, lack string) {
	t.Helper()
	if !have && os.Getenv("CI") == "true" {
		t.Fatal(lack + ": in CI these tests must run")
	} else if !have {
		t.Skip(lack + ": this browser test is skipped")
	}
}

// tab is one page of the browser. What goes wrong in it fails the test.
type tab struct {
	t    testing.TB
	name string
	base string
	ctx  context.Context

	mu       sync.Mutex
	faults   []string
	expected []string
	sockets  int
	told     []string // frames of them
}

// person opens a page with cookies of its own.
func (c *chromium) person(name, base string, options ...chromedp.ContextOption) *tab {
	c.t.Helper()
	return newTab(c.t, c.ctx, name, base, append(options, chromedp.WithNewBrowserContext())...)
}

// tab opens another page of the same person.
func (p *tab) tab(name string, options ...chromedp.ContextOption) *tab {
	p.t.Helper()
	return newTab(p.t, p.ctx, name, p.base, options...)
}

func newTab(t testing.TB, parent context.Context, name, base string, options ...chromedp.ContextOption) *tab {
	t.Helper()
	p := &tab{t: t, name: name, base: base}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(p.hear))...)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(name, ": no page: ", err)
	}
	p.emulatesFocus(true)
	t.Cleanup(func() {
		p.clean()
		cancel()
	})
	return p
}

func (p *tab) hear(event any) {
	switch e := event.(type) {
	case *network.EventWebSocketCreated:
		p.mu.Lock()
		p.sockets++
		p.mu.Unlock()
	case *network.EventWebSocketFrameReceived:
		p.mu.Lock()
		p.told = append(p.told, string(e.Response.PayloadData))
		p.mu.Unlock()
	case *runtime.EventExceptionThrown:
		words := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			words += " " + x.Description
		}
		p.fault("exception: " + words)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning ||
			e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, strings.Trim(string(a.Value), `"`)+a.Description)
			}
			p.fault("console: " + strings.Join(words, " "))
		}
	case *log.EventEntryAdded: // violations of the content security policy come here too
		// A page that begins to connect anew, as one that wakes, gives up the attempt before: no fault.
		replaced := strings.Contains(e.Entry.Text, "WebSocket is closed before the connection is established")
		if !replaced && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			p.fault(fmt.Sprintf("log: %s (%s, %s)", e.Entry.Text, e.Entry.Source, e.Entry.URL))
		}
	}
}

func (p *tab) fault(words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, words)
}

// expect allows faults that contain one of some words, until the test ends.
func (p *tab) expect(words ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, words...)
}

// unexpected lists the faults so far that nobody announced.
func (p *tab) unexpected() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
fault:
	for _, f := range p.faults {
		for _, words := range p.expected {
			if strings.Contains(f, words) {
				continue fault
			}
		}
		list = append(list, f)
	}
	return list
}

func (p *tab) clean() {
	for _, f := range p.unexpected() {
		p.t.Errorf("the page of %s: %s", p.name, f)
	}
}

func (p *tab) opened() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sockets
}

// heard says whether any frame told the page something, shown or not.
func (p *tab) heard(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.told, func(frame string) bool { return strings.Contains(frame, text) })
}

// patience is long: machines that run tests are busy.
const patience = 45 * time.Second

func (p *tab) try(do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return do(ctx)
}

func (p *tab) do(action func(context.Context) error) {
	p.t.Helper()
	if err := p.try(action); err != nil {
		p.t.Fatalf("the page of %s: %v", p.name, err)
	}
}

func (p *tab) steps(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.do(func(ctx context.Context) error { return chromedp.Do(ctx, actions...) })
}

func TestAPageThatMisbehavesIsNoticed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).person("nobody", s.Base)
	p.open("/signup")
	if list := p.unexpected(); len(list) > 0 {
		t.Fatal("a quiet page has faults:", list)
	}
	for what, script := range map[string]string{
		"script-src":       `document.head.append(Object.assign(document.createElement('script'), { textContent: '1' }))`,
		"style-src":        `document.body.setAttribute('style', 'color: red')`,
		"thrown in a task": `setTimeout(() => { throw Error('thrown in a task') })`,
		"a warning":        `console.warn('a warning')`,
		"404":              `void fetch('/static/x/nothing').catch(() => {})`,
	} {
		ask[any](p, script+`, 1`)
		deadline := time.Now().Add(patience)
		for found := false; !found; time.Sleep(10 * time.Millisecond) {
			found = strings.Contains(strings.Join(p.unexpected(), "\n"), what)
			if time.Now().After(deadline) {
				t.Fatalf("not noticed: %s; but %q", what, p.unexpected())
			}
		}
	}
	p.expect("")
}
