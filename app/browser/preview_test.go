package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// What a link leads to comes by itself, and goes and comes back for who may remove it; no
// browser asks another server for it.
func TestAPreviewComesIsRemovedAndBroughtBack(t *testing.T) {
	t.Parallel()
	boat := apptest.JpegOf(t, 300, 200)
	w := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "Parley/1.0 (+link preview)" {
			t.Error("a browser asked for", r.URL.Path)
		}
		if r.URL.Path == "/boat.jpg" {
			rw.Header().Set("Content-Type", "image/jpeg")
			rw.Write(boat)
			return
		}
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, `<meta property="og:title" content="Winter timetable"><meta property="og:image" content="/boat.jpg">`)
	}))
	t.Cleanup(w.Close)
	s := apptest.Start(t, func(c *app.Config) {
		c.NoPreviews, c.PreviewAllowed = false, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	ada, bea := s.Signup("ada"), s.Signup("bea")
	bea.Says(1, "hello")
	c := openChromium(t)
	p, q := c.person("ada", s.Base), c.person("bea", s.Base)
	p.enter(ada)
	q.enter(bea)
	for _, one := range []*tab{p, q} {
		one.open("/rooms/1")
		one.live()
	}
	q.say("see " + w.URL + "/winter")
	for _, one := range []*tab{p, q} {
		one.sees(".unf", "Winter timetable")
		one.until("its picture", `document.querySelector('.unf-pic img')?.complete`)
	}
	q.hover("see http")
	q.click(".unf-x button", "")
	q.sees("#toasts", "Preview removed for everybody")
	p.loses(".unf", "Winter timetable")
	q.click("#toasts button", "Undo")
	p.sees(".unf", "Winter timetable")
}
