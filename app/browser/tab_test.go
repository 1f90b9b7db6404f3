package browser

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// What somebody does in a page, and what can be seen in it.

func (p *tab) open(path string) {
	p.t.Helper()
	p.steps(chromedp.Navigate(p.base + path))
}

// enter gives the page the session of somebody who signed up by HTTP.
func (p *tab) enter(b *apptest.Browser) {
	p.t.Helper()
	name, value, _ := strings.Cut(b.Cookie, "=")
	yes := true
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value,
			URL: p.base + "/", Path: "/", Secure: &yes, HTTPOnly: &yes, SameSite: network.CookieSameSiteLax})
		return err
	})
}

// member signs somebody up by HTTP and opens a page as that person.
func (c *chromium) member(s *apptest.Server, name, path string) *tab {
	c.t.Helper()
	p := c.person(name, s.Base)
	p.enter(s.Signup(name))
	p.open(path)
	return p
}

// ask evaluates an expression, a promise included.
func ask[T any](p *tab, script string) (value T) {
	p.t.Helper()
	p.do(func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, script)
		}
		return err
	})
	return value
}

// until waits for an expression to become true.
func (p *tab) until(what, script string) {
	p.t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		ok := false
		err = p.try(func(ctx context.Context) (err error) {
			ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+script+")"))
			return err
		})
		if err == nil && ok {
			return
		}
	}
	p.t.Fatalf("the page of %s does not show %s (%v)\nat %s:\n%.1500s\nfaults: %q", p.name, what, err,
		ask[string](p, `location.href`), ask[string](p, `document.title + '\n' + (document.body?.innerText ?? '')`), p.unexpected())
}

// found is the expression of the first visible element with some text.
func found(selector, text string) string {
	return `[...document.querySelectorAll(` + quote(selector) + `)].find(e => e.checkVisibility({ visibilityProperty: true }) &&
		e.textContent.replace(/\s+/g, ' ').includes(` + quote(text) + `))`
}

func (p *tab) sees(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%q in %s", text, selector), found(selector, text))
}

// loses waits until something is not to be seen any more.
func (p *tab) loses(selector, text string) {
	p.t.Helper()
	// A page that is still coming shows nothing at all, which is not meant.
	p.until(fmt.Sprintf("the end of %q in %s", text, selector), "document.readyState === 'complete' && !"+found(selector, text))
}

// never fails when something can be seen now.
func (p *tab) never(selector, text string) {
	p.t.Helper()
	if ask[bool](p, "!!"+found(selector, text)) {
		p.t.Fatalf("the page of %s shows %q in %s", p.name, text, selector)
	}
}

func (p *tab) at(path string) {
	p.t.Helper()
	p.until("the address "+path, `(location.pathname + location.search + location.hash).replace(location.origin, '') === `+quote(path)+
		` && document.readyState === 'complete'`)
}

// rows counts the messages with some text.
func (p *tab) rows(text string) int {
	p.t.Helper()
	return ask[int](p, `[...document.querySelectorAll('#stream [data-seq] .body')].filter(e => e.textContent.trim() === `+quote(text)+
		`).length`)
}

// click presses the mouse where an element is; something in front of it is a fault.
func (p *tab) click(selector, text string) {
	p.t.Helper()
	el := found(selector, text)
	// The module of settings moves what stands on their pages; it may be held back.
	ask[any](p, `document.querySelector('#stage [data-auto]') && matchMedia('(scripting: enabled)').matches ?
		Promise.race([import('/static/' + document.documentElement.dataset.build + '/settings.js').then(() => 1, () => 1),
			new Promise(then => setTimeout(then, 2000, 1))]) : 1`)
	at := `(e => { if (!e) return null; e.scrollIntoView({ block: 'nearest' }); const r = e.getBoundingClientRect(), x = r.x + r.width / 2,
		y = r.y + r.height / 2, top = document.elementFromPoint(x, y);
		return top && (e.contains(top) || top.contains(e) || top.closest('label')?.control === e) ? [x, y] : null })(` + el + `)`
	var xy []float64
	for len(xy) == 0 { // the page may go on between the two questions
		p.until(fmt.Sprintf("%q in %s to click on", text, selector), at)
		xy = ask[[]float64](p, at)
	}
	p.steps(chromedp.MouseClickXY(xy[0], xy[1]))
}

// fill replaces what stands in a field.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.click(selector, "")
	p.keys("a", chromedp.ModifierCtrl)
	p.keys(kb.Backspace)
	p.write(text)
}

// write puts text where the focus is, as a paste does.
func (p *tab) write(text string) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// keys types, key by key. Each is pressed with its text, as a keyboard does: a page
// that takes the press then gets no text.
func (p *tab) keys(keys string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	var held int64
	for _, m := range modifiers {
		held |= int64(m)
	}
	p.do(func(ctx context.Context) error {
		for _, r := range keys {
			var down input.DispatchKeyEventParams
			for _, k := range kb.Encode(r) {
				switch k.Type {
				case kb.KeyDown:
					down = *k
				case kb.KeyChar:
					if held&^int64(chromedp.ModifierShift) == 0 {
						down.Text, down.UnmodifiedText = k.Text, k.UnmodifiedText
					}
				}
			}
			down.Modifiers |= held
			up := down
			up.Type, up.Text, up.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
			for _, k := range []input.DispatchKeyEventParams{down, up} {
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, k); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// repeated is a key that is held down for a while after it was pressed.
func (p *tab) repeated(key string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	var held int64
	for _, m := range modifiers {
		held |= int64(m)
	}
	p.do(func(ctx context.Context) error {
		yes := true
		for range 3 {
			down := *kb.Encode([]rune(key)[0])[0]
			down.Modifiers, down.AutoRepeat = held, &yes
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
				return err
			}
		}
		return nil
	})
}

// say writes a message as one does.
func (p *tab) say(text string) {
	p.t.Helper()
	p.click("#box", "")
	p.write(text)
	p.keys(kb.Enter)
}

// live waits until the page is connected.
func (p *tab) live() {
	p.t.Helper()
	p.until("a live connection", `document.getElementById('hub')?._htmx?.ws?.connection?.socket?.readyState === 1`)
}

// loaded waits until a module that is fetched later is there.
func (p *tab) loaded(module string) {
	p.t.Helper()
	ask[any](p, `import('/static/' + document.documentElement.dataset.build + '/`+module+`.js').then(() => 1)`)
}

func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width,
			Height: height, DeviceScaleFactor: 1})
		return err
	})
}

// fingers makes the screen one that is touched.
func (p *tab) fingers() {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		return err
	})
}

func (p *tab) scheme(light string) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: light}}})
		return err
	})
}

func (p *tab) scripts(on bool) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// offline cuts the page from the network, sockets included, or lets it back.
func (p *tab) offline(yes bool) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: -1,
			UploadThroughput: -1}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1}}})
		return err
	})
}

// emulatesFocus has a page believe that it has the keys, whichever page is in front.
func (p *tab) emulatesFocus(yes bool) {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: yes})
		return err
	})
}

// front makes a page the one that its window shows; the others of it are hidden.
func (p *tab) front() {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.BringToFront, cdp.Empty{})
		return err
	})
}
