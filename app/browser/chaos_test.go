package browser

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/app/apptest"
)

// proxy stands between pages and a server, and cuts what goes through it.
type proxy struct {
	l    net.Listener
	to   string
	mu   sync.Mutex
	open map[net.Conn]bool
	most atomic.Int64 // bytes that pages may send by one connection, which then breaks; 0: any
}

func startProxy(t testing.TB, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, to: to, open: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close(); p.cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.join(c)
		}
	}()
	return p
}

func (p *proxy) join(c net.Conn) {
	d, err := net.Dial("tcp", p.to)
	if err != nil {
		c.Close()
		return
	}
	p.mu.Lock()
	p.open[c], p.open[d] = true, true
	p.mu.Unlock()
	go func() { io.Copy(c, d); c.Close(); d.Close() }()
	if most := p.most.Load(); most > 0 {
		io.CopyN(d, c, most)
		c.(*net.TCPConn).SetLinger(0)
	} else {
		io.Copy(d, c)
	}
	c.Close()
	d.Close()
	p.mu.Lock()
	delete(p.open, c)
	delete(p.open, d)
	p.mu.Unlock()
}

// cut resets every connection, whatever is under way in it.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// broken are the faults of pages whose network breaks again and again.
var broken = append([]string{"ERR_", "htmx:error", "htmx:ws:", "Failed to fetch", "network error", "status of 4", "TypeError: Failed"},
	refused...)

// allRows are the rows of the whole room, as an expression of a page: what stands in the
// database, drawn anew, older pages included.
const allRows = `(async (room, plain) => {
	const all = new Map();
	for (let url = '/rooms/' + room + '?latest'; url; ) {
		const text = (await (await fetch(url)).text()).replace(/<style[^]*?<\/style>/, ''); // whose nonce is not this page's
		const page = new DOMParser().parseFromString(text, 'text/html');
		for (const li of page.querySelectorAll('[data-seq]')) all.set(li.id, plain(li));
		url = page.querySelector('#older a')?.getAttribute('href');
	}
	return all;
})`

// plainRow is a row without what the script or the viewer adds to it.
const plainRow = `(li => {
	li = li.cloneNode(true);
	li.querySelector('#tools')?.remove();
	for (const a of ['data-cid', 'tabindex', 'data-target', 'data-flash', 'aria-current', 'style']) li.removeAttribute(a);
	for (const t of li.querySelectorAll('time, .ts, .edited')) { t.removeAttribute('title'); if (t.dateTime) t.textContent = ''; }
	return li.outerHTML;
})`

// differences compares the rows of a page with a fresh load.
func differences(p *tab, room int) []string {
	return ask[[]string](p, fmt.Sprintf(`(async () => {
	const plain = %s, fresh = await %s(%d, plain), wrong = [], seen = new Set();
	const rows = [...document.querySelectorAll('#tl-%[3]d [data-seq]')];
	let last = 0;
	for (const li of rows) {
		if (seen.has(li.id)) wrong.push('twice: ' + li.id);
		seen.add(li.id);
		if (+li.dataset.seq <= last) wrong.push('out of order: ' + li.id);
		last = +li.dataset.seq;
		const is = plain(li), should = fresh.get(li.id);
		if (should === undefined) wrong.push('not in the database: ' + is);
		else if (is !== should) wrong.push('IS ' + is + ' SHOULD BE ' + should);
	}
	const first = +rows[0]?.dataset.seq;
	for (const [id, html] of fresh) if (+id.slice(2) >= first && !seen.has(id)) wrong.push('missing: ' + html);
	return wrong.slice(0, 5);
})()`, plainRow, allRows, room))
}

// equal waits until a page shows what a fresh load shows.
func (p *tab) equal(room int) {
	p.t.Helper()
	var wrong []string
	for end := time.Now().Add(2 * patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if wrong = differences(p, room); len(wrong) == 0 {
			return
		}
	}
	p.t.Errorf("the page of %s differs from a fresh load: %q", p.name, wrong)
}

// Three pages behind a network that breaks fifty times, a server that is killed
// three times, tabs that are hidden and lose the network: at the end each page
// shows each message once and in order, and who was reading was not moved.
func TestPagesSurviveCutsAndKills(t *testing.T) {
	t.Parallel()
	cuts, kills := 50, 3
	if apptest.Slowed {
		cuts, kills = 23, 1 // each takes several times as long
	}
	c := openChromium(t)
	s := apptest.Spawn(t)
	through := startProxy(t, s.Base[len("http://"):])
	front := &apptest.Server{T: t, Base: "http://" + through.l.Addr().String()}
	people := []*apptest.Browser{s.Signup("ada"), s.Signup("bea"), s.Signup("cid")}
	for i := range 60 {
		people[i%3].Post("/rooms/1/messages", "body", fmt.Sprintf("before, %d", i)).Want(t, http.StatusSeeOther)
	}
	var pages []*tab
	for i, name := range []string{"ada", "bea", "cid"} {
		p := c.person(name, front.Base)
		p.expect(broken...)
		p.enter(people[i])
		p.open("/rooms/1")
		p.live()
		pages = append(pages, p)
	}
	reader := pages[2] // scrolls up and reads
	ask[any](reader, `document.getElementById('stream').scrollTop = -600, 1`)
	reader.until("the place to settle", `document.getElementById('stream').scrollTop < -500`)
	row := ask[string](reader, `[...document.querySelectorAll('#stream [data-seq]')].find(r => r.getBoundingClientRect().top > 80).id`)
	place := `document.getElementById(` + quote(row) + `)?.getBoundingClientRect().top ?? -1e6`
	before := ask[float64](reader, place)
	said := 0
	for i := range cuts {
		for n, p := range pages[:2] {
			p.say(fmt.Sprintf("through the cuts, %d of %s", i, []string{"ada", "bea"}[n]))
			said++
		}
		switch {
		case i%17 == 16:
			s.Restart()
		case i%10 == 4:
			pages[0].offline(true)
		case i%10 == 6:
			pages[0].offline(false)
		case i%7 == 3:
			pages[rand.IntN(2)].front()
		}
		through.cut()
		time.Sleep(time.Duration(50+rand.IntN(200)) * time.Millisecond)
	}
	pages[0].offline(false)
	began := time.Now()
	for _, p := range pages {
		p.front()
		p.live()
		p.until("an empty outbox", `!document.querySelector('.pend')`)
		p.equal(1)
	}
	t.Logf("%d messages through %d cuts and %d kills; all pages equal a fresh load %v after the last cut",
		said, cuts, kills, time.Since(began))
	if after := ask[float64](reader, place); math.Abs(after-before) > 1 {
		t.Errorf("the row that was read stood at %v and stands at %v", before, after)
	}
	for _, name := range []string{"ada", "bea"} {
		for i := range cuts {
			if got := pages[0].rows(fmt.Sprintf("through the cuts, %d of %s", i, name)); got != 1 {
				t.Errorf("message %d of %s is there %d times", i, name, got)
			}
		}
	}
}

// Two thousand random changes by six people in three rooms: each open page equals
// a fresh load of it.
func TestALivePageEqualsAReload(t *testing.T) {
	t.Parallel()
	changes := 2000
	if apptest.Slowed {
		changes = 500 // each takes several times as long
	}
	s := apptest.Start(t)
	c := openChromium(t)
	var people []*apptest.Browser
	var pages []*tab
	names := []string{"ada", "bea", "cid", "dov", "eli", "fay"}
	for _, name := range names {
		people = append(people, s.Signup(name))
	}
	for _, room := range []string{"open one", "open two"} {
		people[0].Post("/rooms", "name", room, "kind", "open", "people", "2", "people", "3", "people", "4", "people", "5",
			"people", "6").Want(t, http.StatusSeeOther)
	}
	for i, name := range names {
		p := c.person(name, s.Base)
		p.enter(people[i])
		p.open(fmt.Sprintf("/rooms/%d", 1+i%3))
		p.live()
		pages = append(pages, p)
	}
	var wg sync.WaitGroup
	for i, b := range people {
		wg.Go(func() { meddle(b, i, changes/len(people)) })
	}
	wg.Wait()
	for i, p := range pages {
		p.equal(1 + i%3)
	}
}

var emoji = []string{"👍", "🎉", "👀", "❤️"}

// meddle changes things at random in three rooms.
func meddle(b *apptest.Browser, who, n int) {
	r := rand.New(rand.NewPCG(uint64(who), 7))
	var mine []string
	for i := range n {
		room := 1 + r.IntN(3)
		path, form := fmt.Sprintf("/rooms/%d", room), []string(nil)
		pick := func() string { return "/messages/" + mine[r.IntN(len(mine))] }
		switch k := r.IntN(100); {
		case k < 12 && len(mine) > 0:
			to := mine[r.IntN(len(mine))]
			// Refused where it is of another room, or gone.
			b.Post(path+"/messages", "body", fmt.Sprintf("answer %d of %d :tada:", i, who), "reply_to", to)
			continue
		case k < 45 || len(mine) == 0:
			if id := b.Send(room, fmt.Sprintf("m%d-%d", who, i), fmt.Sprintf("change %d of **%d** for @ada", i, who)); id != "" {
				mine = append(mine, id)
			}
			continue
		case k < 62:
			path, form = pick()+"/edit", []string{"body", fmt.Sprintf("edited in step %d", i)}
		case k < 69:
			path = pick() + "/delete"
		case k < 74:
			path = pick() + "/restore"
		case k < 92:
			path, form = pick()+"/reactions", []string{"e", emoji[r.IntN(len(emoji))]}
		case k < 95:
			path, form = path+"/settings", []string{"topic", fmt.Sprintf("topic %d", i), "name", []string{"general", "open one", "open two"}[room-1]}
		case who < 3: // these stay, so that a page of each room listens all the time
			continue
		default:
			path += []string{"/leave", "/join"}[i%2]
		}
		if a := b.Post(path, form...); a.Status >= 500 {
			b.Server.T.Errorf("%s %q: %d", path, form, a.Status)
		}
	}
	for room := 1; room <= 3; room++ {
		b.Post(fmt.Sprintf("/rooms/%d/join", room))
	}
}
