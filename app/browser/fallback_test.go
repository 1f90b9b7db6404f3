package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// However a socket is kept from opening, the page goes over to polls by itself.
func TestPollsTakeOverHoweverTheSocketIsBarred(t *testing.T) {
	t.Parallel()
	refuse := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no sockets here", code) }
	}
	s := apptest.Start(t)
	there, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(there)
	c := openChromium(t)
	ada := s.Signup("ada")
	for i, way := range []struct {
		name    string
		upgrade http.HandlerFunc // what becomes of a handshake; nil: the page cannot even ask
	}{
		{"answered with 400", refuse(http.StatusBadRequest)},
		{"answered with 426", refuse(http.StatusUpgradeRequired)},
		{"stripped of its upgrade", func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Upgrade")
			r.Header.Del("Connection")
			proxy.ServeHTTP(w, r)
		}},
		{"swallowed", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{"not known to the browser", nil},
	} {
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Upgrade") != "" && way.upgrade != nil {
				way.upgrade(w, r)
				return
			}
			proxy.ServeHTTP(w, r)
		}))
		t.Cleanup(func() { go front.Close() }) // waits for polls, which end with the server
		name := fmt.Sprint("page", i)
		p := c.person(way.name, front.URL)
		p.expect(broken...)
		me := s.Signup(name)
		p.enter(me)
		if way.upgrade == nil {
			p.withoutSockets()
		}
		p.open("/rooms/1")
		p.sees(".msg, .sys", "joined")
		text := "told although the socket is " + way.name
		ada.Tell(1, text)
		p.once(text)
		p.say("said although the socket is " + way.name)
		p.once("said although the socket is " + way.name)
		apptest.Within(t, "data, not markup, reaches "+name, func() bool { // what falls between two polls is not kept
			me.Post("/me/appearance", "theme", "dark").Want(t, http.StatusSeeOther)
			return ask[bool](p, `document.documentElement.dataset.theme === 'dark'`)
		})
		p.never("#net", "")
	}
}

// withoutSockets makes pages that are opened from now on such of a browser that knows no WebSocket.
func (p *tab) withoutSockets() {
	p.t.Helper()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: "delete window.WebSocket"})
		return err
	})
}
