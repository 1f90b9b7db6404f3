package browser

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"testing"

	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// After an update a page that is still open gets the modules of the newer build. One
// that needs what the page does not have is not used by halves: it did not load.
func TestAModuleThatDoesNotFitThePageDidNotLoad(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	there, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(there)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Base(r.URL.Path) == "jump.js" && r.URL.RawQuery == "" {
			w.Header().Set("Content-Type", "text/javascript")
			io.WriteString(w, `import { doc, madeLater } from './parley.js'; export const open = () => madeLater(doc);`)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { go front.Close() })
	p := openChromium(t).person("ada", front.URL)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.keys("k", chromedp.ModifierCtrl)
	p.sees(".toast", "That did not load.")
	p.never("#jump", "")
	p.keys("k", chromedp.ModifierCtrl) // under another address, where this one has what fits
	p.until("the switcher", `document.querySelector('#jump')?.open`)
}
