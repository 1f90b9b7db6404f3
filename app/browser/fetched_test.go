package browser

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// between stands between a browser and a server, and hears what the browser asks for.
type between struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string             // the last part of each path
	hold  map[string]chan bool // answers that wait, by the same
}

func newBetween(t *testing.T, s *apptest.Server) *between {
	at, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	b, proxy := &between{hold: map[string]chan bool{}}, httputil.NewSingleHostReverseProxy(at)
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		b.mu.Lock()
		b.asked = append(b.asked, name)
		wait := b.hold[name]
		b.mu.Unlock()
		if wait != nil {
			<-wait
		}
		r.Host = at.Host
		if r.Header.Get("Origin") != "" {
			r.Header.Set("Origin", s.Base)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(b.Server.CloseClientConnections)
	return b
}

func (b *between) count(name string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, one := range b.asked {
		if one == name {
			n++
		}
	}
	return n
}

// quiet is a room in which something was said, and another one with something new.
func quiet(t *testing.T) (*between, *tab) {
	s := apptest.Start(t)
	s.Signup("mei")
	ada, bea := s.Signup("ada"), s.Signup("bea")
	bea.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	ada.Post("/rooms/2/join").Want(t, 303)
	bea.Says(1, "Morning!")
	bea.Says(2, "new")
	b := newBetween(t, s)
	p := openChromium(t).person("ada", b.URL)
	p.enter(ada)
	return b, p
}

// What opens over the page is fetched when somebody first does something, and not before;
// the icon of what is unread once.
func TestARoomFetchesWhatItNeeds(t *testing.T) {
	t.Parallel()
	b, p := quiet(t)
	p.open("/rooms/1")
	p.live()
	p.until("the icon", `document.getElementById('favicon').href.endsWith('/icon-unread.svg')`)
	p.until("a second of quiet", `performance.now() > 2000`)
	if n := b.count("icon-unread.svg"); n > 1 {
		t.Errorf("the icon was fetched %d times", n)
	}
	b.mu.Lock()
	// The header of the room may have come anew meanwhile, with who is online.
	if slices.ContainsFunc(b.asked, func(name string) bool {
		return strings.HasSuffix(name, ".js") && !slices.Contains([]string{"parley.js", "htmx.min.js", "hx-ws.min.js", "roomtitle.js"}, name)
	}) {
		t.Errorf("it fetched %v", b.asked)
	}
	b.mu.Unlock()
	p.steps(chromedp.MouseEvent(chromedp.MouseMoved, 400, 300), chromedp.MouseEvent(chromedp.MouseMoved, 402, 300))
	apptest.Within(t, "what opens over the page", func() bool { return b.count("over.js") == 1 })
}

// What was done before the module came is done when it is there.
func TestTheFirstThingThatIsDoneOpensItsMenu(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]func(*tab, []float64){
		"right button": func(p *tab, at []float64) { p.steps(chromedp.MouseClickXY(at[0], at[1], chromedp.ButtonRight)) },
		"long press": func(p *tab, at []float64) {
			p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at[0], Y: at[1]})
		},
		"key": func(p *tab, at []float64) {
			ask[any](p, `document.querySelector('#r-2 a').focus(), 1`)
			p.keys(kb.F10, chromedp.ModifierShift)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, p := quiet(t)
			wait := make(chan bool)
			b.hold["over.js"] = wait
			if name == "long press" {
				p.fingers()
			}
			p.open("/rooms/1")
			p.live()
			at := ask[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector('#r-2 a').getBoundingClientRect())`)
			first(p, at)
			apptest.Within(t, "the module is asked for", func() bool { return b.count("over.js") == 1 })
			close(wait)
			p.sees("#menu .head", "quay")
		})
	}
}

// A listing says what it is to who cannot see it: it takes the focus.
func TestListingsHaveNames(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Says(1, "```go\nfunc main() {\n}\n```")
	ada.Says(1, "```\none\n```")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.until("names", `[...document.querySelectorAll('#stream pre')].map(e => e.role + ' ' + e.ariaLabel).join() === 'group Go, 2 lines,group Code, 1 line'`)
}

// Files that are chosen in the empty list of a room go with the next message, and on a
// phone the list makes way for it.
func TestAnEmptyListOfFilesCanBeAddedTo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).member(s, "ada", "/rooms/1/files")
	p.size(390, 844)
	p.live()
	p.loaded("files")
	ask[any](p, `(() => {`+holding(apptest.NewFile("plan.txt", []byte("a plan")))+`
		const field = document.querySelector('#files-list [type=file]');
		field.files = dt.files;
		field.dispatchEvent(new Event('change', { bubbles: true }));
		return 1 })()`)
	p.sees(".tray", "plan.txt")
	p.until("the composer", `document.querySelector('#composer').checkVisibility()`)
	p.click(".send", "")
	p.sees("#stream .file", "plan.txt")
}
