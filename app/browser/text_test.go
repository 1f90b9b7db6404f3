package browser

import (
	"fmt"
	"net/http"
	"testing"

	"parley/app/apptest"
)

// An address, a room or a name in a text of the other direction reads as it is written.
func TestAddressesAndNamesKeepTheirOwnDirection(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("mei")
	ada.Post("/rooms", "name", "C++", "kind", "open").Want(t, http.StatusSeeOther)
	ada.Tell(1, "انظر https://example.com/ و #C++ شكرا @mei و [(a) b](https://example.com/x)!")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	// The signs of every link, as they stand from left to right.
	const shown = `[...document.querySelectorAll('.msg .body a')].map(a => [...a.firstChild.data].map((c, i) => {
		const r = document.createRange();
		r.setStart(a.firstChild, i);
		r.setEnd(a.firstChild, i + 1);
		return [r.getBoundingClientRect().left, c];
	}).sort((a, b) => a[0] - b[0]).map(x => x[1]).join('')).join(' ')`
	if got := ask[string](p, shown); got != "https://example.com/ #C++ @mei (a) b" {
		t.Errorf("shown are %q", got)
	}
}

// Each paragraph goes in the direction of its text, code always from left to right,
// and what was written in columns stays in columns.
func TestDirectionAndSpaceOfAMessage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i, body := range []string{"مرحبا بكم\n\n```\n{ \"a\": [1, 2] }\n```\n\nand `f(x)`, in English", "hello\n\nשלום",
		"name    age\nada\t36\n  two spaces first"} {
		ada.Post("/rooms/1/messages", "body", body, "cid", fmt.Sprint("c", i)).Want(t, http.StatusSeeOther)
	}
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.until("three messages", `document.querySelectorAll('.msg .body').length === 3`)
	// where the text of an element begins within it: 'left' or 'right'
	const side = `(el => { const r = document.createRange(); r.selectNodeContents(el);
		const a = el.getBoundingClientRect(), b = r.getClientRects()[0];
		return Math.abs(b.left - a.left) < Math.abs(a.right - b.right) ? 'left' : 'right'; })`
	for what, c := range map[string][2]string{
		"an Arabic paragraph":   {".msg:nth-of-type(1) .body > p:first-child", "right"},
		"code in it":            {".msg:nth-of-type(1) pre", "left"},
		"a Latin paragraph":     {".msg:nth-of-type(1) .body > p:last-child", "left"},
		"a Hebrew one after it": {".msg:nth-of-type(2) .body > p:last-child", "right"},
	} {
		selector := `[...document.querySelectorAll('.msg')][` + c[0][len(".msg:nth-of-type("):][:1] + `-1].querySelector('` +
			c[0][len(".msg:nth-of-type(1) "):] + `')`
		if got := ask[string](p, side+"("+selector+")"); got != c[1] {
			t.Errorf("%s stands at the %s", what, got)
		}
	}
	if got := ask[string](p, `getComputedStyle(document.querySelector('.msg pre code'))
		.direction + ' ' + getComputedStyle(document.querySelector('.msg p code')).direction`); got != "ltr ltr" {
		t.Error("code has the direction", got)
	}
	if got := ask[string](p, `[...document.querySelectorAll('.msg .body')][2].innerText`); got != "name    age\nada\t36\n  two spaces first" {
		t.Errorf("the columns read %q", got)
	}
	widths := ask[[]float64](p, `(p => { const w = (n, a, b) => { const r = document.createRange(); r.setStart(n, a); r.setEnd(n, b);
		return r.getBoundingClientRect().width; };
		return [w(p.firstChild, 4, 8), w(p.firstChild, 4, 5)]; })([...document.querySelectorAll('.msg .body p')].pop())`)
	if widths[0] < 3.5*widths[1] || widths[1] <= 0 {
		t.Errorf("four spaces are %v px wide, one %v", widths[0], widths[1])
	}
}
