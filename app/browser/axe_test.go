package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// sight is a page in a state that somebody can bring about.
type sight struct {
	name string
	path string
	who  *apptest.Browser
	html string     // of an answer that only a form brings, shown in place of the page
	then func(*tab) // what somebody does there before it is looked at
}

// sights are all pages of a workspace that is in use.
func sights(t *testing.T, s *apptest.Server) []sight {
	t.Helper()
	first := sight{name: "sign-up of the first", path: "/signup", who: s.Visitor(), html: s.Visitor().Get("/signup").Body}
	ada, bea, cid := s.Signup("ada"), s.Signup("bea"), s.Signup("cid")
	for i, words := range append(apptest.Sentences, "> quoted\n\n1. one\n2. two\n\n```go\nfunc main() {}\n```", "🎉", "@ada and @bea, *look*") {
		[]*apptest.Browser{ada, bea, cid}[i%3].Post("/rooms/1/messages", "body", words).Want(t, http.StatusSeeOther)
	}
	reacted := bea.Send(1, "react", "what do you think?")
	ada.Post("/messages/"+reacted+"/reactions", "e", "👍").Want(t, http.StatusSeeOther)
	bea.Post("/messages/"+reacted+"/edit", "body", "what do you think now?").Want(t, http.StatusSeeOther)
	ada.Post("/rooms/1/settings", "name", "general", "topic", "Everything that everybody should know").Want(t, http.StatusSeeOther)
	ada.Post("/rooms", "name", "empty", "kind", "open").Want(t, http.StatusSeeOther)
	ada.Post("/rooms", "name", "secret", "kind", "private", "people", "2").Want(t, http.StatusSeeOther)
	bea.Post("/rooms/3/messages", "body", "@ada hello").Want(t, http.StatusSeeOther)
	bea.Post("/dm", "to", "1", "body", "Lunch?").Want(t, http.StatusSeeOther)
	cid.Post("/dm", "to", "1", "to", "2", "body", "All of us?").Want(t, http.StatusSeeOther)
	list := []sight{first, {name: "sign-up", path: "/signup", who: s.Visitor()}, {name: "login", path: "/login", who: s.Visitor()},
		{name: "interface for programs", path: "/api", who: s.Visitor()},
		{name: "wrong password", who: s.Visitor(), html: s.Visitor().Post("/login", "username", "ada", "password", "wrong").Body},
		{name: "refused sign-up", who: s.Visitor(), html: s.Visitor().Post("/signup", "username", "a", "password", "short").Body},
		{name: "visitor's 404", who: s.Visitor(), html: s.Visitor().Get("/static/x/none").Body},
		{name: "preview of an open room", path: "/rooms/2", who: cid},
		{name: "refused room", who: ada, html: ada.Post("/rooms", "name", "general").Body},
		{name: "refused message", who: ada, html: ada.Post("/rooms/1/messages", "body", strings.Repeat("x\n", 600)).Body},
		{name: "refused settings", who: ada, html: ada.Post("/rooms/2/settings", "name", "general", "topic", "").Body},
		{name: "refused password", who: ada, html: ada.Post("/me/password", "current", "wrong", "password", "also short").Body},
		{name: "forbidden", path: "/admin/settings", who: bea},
		{name: "refused search", who: ada, html: ada.Get("/search?q=has:elephants&before=soon").Body},
	}
	answered := apptest.ID(t, bea.Post("/rooms/1/messages", "body", "That is what I think: **yes**.",
		"reply_to", reacted).Want(t, http.StatusSeeOther).Location())
	own := ada.Send(1, "own", "Could the beam fade in over 400 ms on cold start?")
	bea.Post("/rooms/1/messages", "body", "done, it is in build 214", "reply_to", own).Want(t, http.StatusSeeOther)
	for _, e := range []string{"😍", "👏"} {
		cid.Post("/messages/"+own+"/reactions", "e", e).Want(t, http.StatusSeeOther)
	}
	gone := ada.Send(1, "gone", "never mind")
	ada.Post("/messages/"+gone+"/delete").Want(t, http.StatusSeeOther)
	list = append(list, acts(ada, own)...)
	list = append(list, administered(t, s, ada, bea, cid)...)
	list = append(list, outside(t, s, ada, bea)...)
	list = append(list, programs(t, s, ada)...)
	list = append(list, reached(t, s)...)
	list = append(list, sight{name: "editing", path: "/messages/" + own + "/edit", who: ada},
		sight{name: "deleted", path: "/messages/" + gone, who: ada},
		sight{name: "answer", path: fmt.Sprintf("/messages/%d", answered), who: ada},
		sight{name: "undo", path: "/rooms/1?deleted=" + gone, who: ada})
	for name, path := range map[string]string{"home": "/", "room": "/rooms/1", "empty room": "/rooms/2", "private room": "/rooms/3",
		"people beside a room": "/rooms/1/people",
		"permalink":            "/rooms/1/@" + reacted, "message": "/messages/" + reacted, "rooms": "/rooms", "no rooms found": "/rooms?q=none",
		"new room": "/rooms/new", "settings": "/rooms/2/settings",
		"add people": "/rooms/3/add", "new message": "/dm/new", "first message": "/dm/new?to=3", "direct": "/rooms/4",
		"direct of three": "/rooms/5", "people": "/people", "profile": "/people/2", "room menu as a page": "/rooms/2/menu",
		"profile form": "/me", "appearance": "/me/appearance", "notifications": "/me/notifications", "sessions": "/me/sessions",
		"own password": "/me/password", "settings of a conversation": "/rooms/4/settings", "workspace": "/admin/settings",
		"shortcuts": "/shortcuts", "mentions": "/mentions", "jump": "/jump", "jump with a word": "/jump?q=e", "not found": "/rooms/99",
		"search": "/search", "search with results": "/search?q=the+-nothing&after=2026-01-01",
		"search without results": "/search?q=zanzibar&in=%23general", "search in a conversation": "/search?in=%40ada%2C%40bea"} {
		list = append(list, sight{name: name, path: path, who: ada})
	}
	return list
}

// acts are states of a page that somebody brings about in it.
func acts(who *apptest.Browser, message string) []sight {
	row := "#m-" + message
	hover := func(p *tab) { p.hover("Could the beam") }
	list := []sight{
		{name: "toolbar", then: hover},
		{name: "menu", then: func(p *tab) { hover(p); p.click("#tools [data-do=more]", ""); p.sees("#tools .opt", "Delete") }},
		{name: "card", then: func(p *tab) { p.click(row+" .who a", ""); p.sees("#card .btn", "Profile") }},
		{name: "room menu", then: func(p *tab) {
			p.click(".bar [aria-haspopup=menu]", "")
			p.click("#menu .opt", "Mute")
			p.sees("#menu .opt", "For an hour")
		}},
		{name: "picker", then: func(p *tab) { hover(p); p.click("#tools [data-do=pick]", ""); p.sees("#emoji .all button", "🎉") }},
		{name: "edit form", then: func(p *tab) {
			hover(p)
			p.click("#tools [data-do=more]", "")
			p.click("#tools [data-do=edit]", "")
			p.sees(row+" .edit", "Save")
		}},
		{name: "switcher", then: func(p *tab) {
			p.keys("k", chromedp.ModifierCtrl)
			p.sees("#jump .opt", "empty")
			p.keys("e")
			p.sees("#jump .opt", "general")
		}},
		{name: "reply bar", then: func(p *tab) { hover(p); p.click("#tools [data-do=reply]", ""); p.sees("#replying", "ada") }},
		{name: "conversation", then: func(p *tab) { p.click(row+" .replies", ""); p.sees("#talk .body, .alone .body", "build 214") }},
		{name: "deletion", then: func(p *tab) {
			hover(p)
			p.click("#tools [data-do=more]", "")
			p.click("#tools [data-do=delete]", "")
			p.click(".toast button", "Undo")
			p.sees(row, "beam")
		}},
	}
	for i := range list {
		list[i].path, list[i].who = "/rooms/1", who
	}
	return list
}

// look shows a sight.
func (p *tab) look(v sight) {
	p.t.Helper()
	if v.html == "" {
		p.open(v.path)
		if v.then != nil {
			p.live()
			v.then(p)
		}
		return
	}
	p.open("/healthz") // any page of the place: then its text is replaced by the answer
	ask[any](p, `document.open(), document.write(`+quote(v.html)+`), document.close(), 1`)
	p.until("the answer", `document.readyState === 'complete' && document.styleSheets.length > 0`)
}

// axeRules waits for what fades: its colours on the way are nobody's. Of the emoji,
// which are all alike, it looks at the first rows.
func axeRules(run string) string {
	return `Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity)
		.map(a => a.finished.catch(() => {})))
	.then(() => axe.run({ include: [['html']], exclude: [['#emoji .all button:nth-of-type(n+30)']] }, { runOnly: ` +
		run + `, resultTypes: ['violations'] }))
	.then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.any.concat(n.all)
		.map(c => c.message).join('; ').slice(0, 200)).join(' | ')))`
}

const (
	everyRule  = `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`
	colourRule = `{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }` // all that a theme can break
)

// axe-core finds nothing on any page, in light and in dark, on a desk and on a phone.
func TestEverybodyCanUseEveryPage(t *testing.T) {
	t.Parallel()
	path := os.Getenv("AXE_JS")
	needed(t, path != "", "AXE_JS does not name axe-core")
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := openChromium(t)
	s := apptest.Start(t)
	tabs := map[string]*tab{} // by cookie
	for _, v := range sights(t, s) {
		p := tabs[v.who.Cookie]
		if p == nil {
			p = c.person(v.name, s.Base)
			// Of answers that were written into another page, some of them by another server.
			p.expect("status of 4", "ERR_", "Content Security Policy", "response code: 409", "htmx:ws:error")
			if v.who.Cookie != "" {
				p.enter(v.who)
			}
			tabs[v.who.Cookie] = p
		}
		t.Run(v.name, func(t *testing.T) {
			defer func(was testing.TB) { p.t = was }(p.t)
			p.t = t
			p.open("/healthz")
			ask[any](p, `localStorage.clear(), 1`)
			p.size(1280, 800)
			p.look(v)
			p.steps(chromedp.Evaluate[chromedp.Void](string(script)))
			for _, size := range [][2]int64{{1280, 800}, {390, 844}} {
				p.size(size[0], size[1])
				for scheme, rules := range map[string]string{"light": everyRule, "dark": colourRule} {
					p.scheme(scheme)
					ask[any](p, wholeTargets)
					for _, words := range ask[[]string](p, axeRules(rules)) {
						t.Errorf("%s, %d wide: %s", scheme, size[0], words)
					}
					if wide := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
						t.Errorf("%d pixels too wide for %d", wide, size[0])
					}
				}
			}
			p.size(320, 640) // of a page that is read four times as large
			if wide := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("%d pixels too wide for 320", wide)
			}
		})
	}
}

// wholeTargets scrolls so that the edge of the messages cuts no link in two: axe
// takes the part for all of it.
const wholeTargets = `(s => { const top = s?.getBoundingClientRect().top; for (const e of s?.querySelectorAll('a, button') ?? []) {
	const b = e.getBoundingClientRect();
	if (b.top < top && b.bottom > top) { s.scrollTop -= top - b.top + 1; break; }
} return 1; })(document.getElementById('stream'))`

// notOurs are complaints about attributes of htmx, which the checker does not know.
var notOurs = regexp.MustCompile(`Attribute “hx-[a-z:-]+” not allowed|Attribute “hx-ws:connect” is not serializable`)

// The Nu HTML checker finds no error on any page.
func TestEveryPageIsValidHTML(t *testing.T) {
	t.Parallel()
	jar := os.Getenv("VNU_JAR")
	needed(t, jar != "", "VNU_JAR does not name the Nu HTML checker")
	dir := t.TempDir()
	s := apptest.Start(t)
	names := map[string]string{}
	var files []string
	for i, v := range sights(t, s) {
		html := v.html
		if html == "" {
			html = v.who.Get(v.path).Body
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.html", i))
		names[file] = v.name
		files = append(files, file)
		if err := os.WriteFile(file, []byte(html), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	cmd := exec.Command("java", append([]string{"-jar", jar, "--format", "json", "--exit-zero-always"}, files...)...)
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		t.Fatal(err, out.String())
	}
	var report struct {
		Messages []struct{ Type, URL, Message, Extract string }
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err, out.String())
	}
	for _, m := range report.Messages {
		if m.Type == "error" && !notOurs.MatchString(m.Message) {
			t.Errorf("%s: %s\n%s", names[strings.TrimPrefix(m.URL, "file:")], m.Message, m.Extract)
		}
	}
	t.Logf("%d pages, %d messages of the checker", len(files), len(report.Messages))
}
