package browser

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

// reader is somebody who reads far up in a room while things happen around.
type reader struct {
	*tab
	r       *rand.Rand
	through *proxy
	ada     *apptest.Browser
	n, cuts int
	gone    []string
	id      string // of the first row in view when an older page was asked for
	top     float64
}

// The reader never moves: whatever happens above or below, the first row in view
// stays where it is.
func TestTheReaderNeverMoves(t *testing.T) {
	t.Parallel()
	const events = 200
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	s := apptest.Start(t)
	through := startProxy(t, s.Base[len("http://"):])
	ada := s.Signup("ada")
	for i := 1; i <= 260; i++ {
		ada.Tell(1, fmt.Sprintf("line %d, %s", i, strings.Repeat("and some words more ", i%9)))
	}
	bea := openChromium(t).person("bea", "http://"+through.l.Addr().String())
	bea.expect(broken...)
	bea.enter(s.Signup("bea"))
	bea.open("/rooms/1")
	bea.live()
	rd := &reader{tab: bea, r: rand.New(rand.NewPCG(seed, 1)), through: through, ada: ada}
	rd.scrollTo(-900)
	count := map[string]int{}
	for i := range events {
		if i%15 == 14 { // the reader reads on
			rd.scrollTo(-500 - rd.r.IntN(1500))
		}
		// Not every browser helps.
		ask[any](bea, fmt.Sprintf(`document.getElementById('stream').style.overflowAnchor = %q, 1`, []string{"auto", "none"}[i%2]))
		row, top := rd.firstRow()
		what := rd.happen()
		if what == "an older page came" {
			row, top = rd.id, rd.top
		}
		count[what]++
		now := ask[float64](bea, `new Promise(ok => requestAnimationFrame(() => requestAnimationFrame(() => ok(document.getElementById(`+
			quote(row)+`)?.getBoundingClientRect().top ?? -1e6))))`)
		if d := now - top; d > 1 || d < -1 {
			t.Errorf("seed %d, event %d, %s: %s moved by %.1f px", seed, i, what, row, d)
		}
	}
	t.Log(count)
}

// some is a row on a side of the first one in view, or none.
func (rd *reader) some(above bool) string {
	side := ">"
	if above {
		side = "<"
	}
	ids := ask[[]string](rd.tab, `(top => (all => { const i = all.findIndex(e => e.getBoundingClientRect().bottom > top + 1);
		return all.filter((e, n) => n `+side+` i).map(e => e.id.slice(2)) })([...document.querySelectorAll('#stream .msg[data-seq]')]))(
		document.getElementById('stream').getBoundingClientRect().top)`)
	if len(ids) == 0 {
		return ""
	}
	near := min(len(ids), 25) // around the view, where it would be noticed
	if above {
		return ids[len(ids)-1-rd.r.IntN(near)]
	}
	return ids[rd.r.IntN(near)]
}

// happen lets something happen and waits for its effect in the page.
func (rd *reader) happen() string {
	rd.n++
	where, above := "below", rd.r.IntN(3) > 0
	if above {
		where = "above"
	}
	id := rd.some(above)
	row, path := "#m-"+id, "/messages/"+id
	do := func(path string, form ...string) { rd.ada.Post(path, form...).Want(rd.t, http.StatusSeeOther) }
	there := func(selector string) string { return `document.querySelector(` + quote(selector) + `)` }
	switch k := rd.r.IntN(100); {
	case k < 8 && ask[bool](rd.tab, `!!document.getElementById('older')`):
		n := ask[int](rd.tab, `document.querySelectorAll('#tl-1 [data-seq]').length`)
		rd.id, rd.top = rd.reachTop()
		rd.until("an older page", fmt.Sprintf(`document.querySelectorAll('#tl-1 [data-seq]').length > %d`, n))
		return "an older page came"
	case k < 12 && rd.cuts < 2: // each waits longer until it connects
		rd.cuts++
		sockets := rd.opened()
		rd.through.cut()
		text := fmt.Sprintf("missed %d", rd.n)
		rd.ada.Tell(1, text)
		rd.once(text)
		rd.live()
		if rd.opened() == sockets {
			rd.t.Error("a cut did not end the socket")
		}
		return "it was cut off and caught up"
	case k < 30 || id == "":
		text := fmt.Sprintf("news %d", rd.n)
		rd.ada.Tell(1, text)
		rd.until(text, found("#stream .msg .body", text))
		return "a message arrived"
	case k < 45:
		text := fmt.Sprintf("grown %d", rd.n)
		do(path+"/edit", "body", strings.Repeat("much longer than it was before, ", 5+rd.r.IntN(25))+text)
		rd.until(text, found(row+" .body", text))
		return "an edit grew a row " + where
	case k < 60:
		text := fmt.Sprintf("shrunk %d", rd.n)
		do(path+"/edit", "body", text)
		rd.until(text, found(row+" .body", text))
		return "an edit shrank a row " + where
	case k < 68:
		do(path + "/delete")
		rd.gone = append(rd.gone, id)
		rd.until("a deletion", there(row+".gone"))
		return "a row was deleted " + where
	case k < 76 && len(rd.gone) > 0:
		id := rd.gone[len(rd.gone)-1]
		rd.gone = rd.gone[:len(rd.gone)-1]
		do("/messages/" + id + "/restore")
		rd.until("an undo", there("#m-"+id+".msg"))
		return "a deletion was undone"
	case k < 90:
		e := emoji[rd.r.IntN(len(emoji))]
		chip := there(row + ` .rc[value="` + e + `"]`)
		had := ask[bool](rd.tab, "!!"+chip)
		do(path+"/reactions", "e", e)
		if had {
			rd.until("a reaction less", "!"+chip)
			return "a reaction was removed " + where
		}
		rd.until("a reaction", chip)
		return "a reaction was added " + where
	default:
		count := `document.querySelector(` + quote(row+" .replies") + `)?.textContent ?? ''`
		was := ask[string](rd.tab, count)
		do("/rooms/1/messages", "body", "an answer", "reply_to", id)
		rd.until("a reply more", count+" !== "+quote(was))
		return "a reply was counted " + where
	}
}

// reachTop scrolls to where older messages are fetched; it looks at once, before
// they come.
func (rd *reader) reachTop() (row string, top float64) {
	type at struct {
		ID  string  `json:"id"`
		Top float64 `json:"top"`
	}
	a := ask[at](rd.tab, `(s => { s.scrollTop = s.clientHeight - s.scrollHeight + 200;
		return (e => ({ id: e.id, top: e.getBoundingClientRect()
			.top }))([...s.querySelectorAll('[data-seq]')].find(e => e.getBoundingClientRect().bottom > s.getBoundingClientRect()
				.top + 1)) })(document.getElementById('stream'))`)
	return a.ID, a.Top
}

// What was the first row in view became so short that it is in view no more: from
// then on the next one stays where it is.
func TestARowThatShrankOutOfViewHoldsNothing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for i := 1; i <= 60; i++ {
		ada.Tell(1, fmt.Sprintf("line %d, %s", i, strings.Repeat("and some words more ", i%2*40)))
	}
	p := openChromium(t).member(s, "bea", "/rooms/1?latest")
	p.live()
	const row = "m-41"
	ask[any](p, `(s => { s.scrollTop += document.getElementById('`+row+
		`').getBoundingClientRect().bottom - s.getBoundingClientRect().top - 20 })(document.getElementById('stream'))`)
	p.drawn()
	if id, _ := p.firstRow(); id != row {
		t.Fatalf("%s is the first row in view", id)
	}
	ada.Post("/messages/41/edit", "body", "short").Want(t, http.StatusSeeOther)
	p.until("a shorter row", found("#"+row+" .body", "short"))
	p.drawn()
	next, top := p.firstRow()
	if next == row {
		t.Fatal("it is still in view")
	}
	ada.Post("/messages/41/edit", "body", strings.Repeat("longer than ever ", 60)).Want(t, http.StatusSeeOther)
	p.until("a longer row", found("#"+row+" .body", "longer than ever"))
	p.drawn()
	p.still("a row above grew", next, top)
}

// A page that stays open for long keeps the newest rows, and one that reads far back
// those around what is read; the rest is fetched again when it is looked for.
func TestAPageThatStaysOpenKeepsItsLength(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	const many = 720
	for i := range 60 { // more than a page: the page begins with older ones
		ada.Tell(1, fmt.Sprint("before ", i))
	}
	p := openChromium(t).member(s, "bea", "/rooms/1?latest")
	p.live()
	for i := 1; i <= many; i++ {
		ada.Tell(1, fmt.Sprint("line ", i))
	}
	last := fmt.Sprint("line ", many)
	p.sees("#stream .msg", last)
	p.until("the oldest are gone", `document.querySelectorAll('#tl-1 [data-seq]').length <= 300 && document.getElementById('older')`)
	p.once(last)
	for ask[bool](p, `!!document.getElementById('older')`) {
		n := ask[string](p, `document.querySelector('#tl-1 [data-seq]').id`)
		ask[any](p, `(s => { s.scrollTop = s.clientHeight - s.scrollHeight + 200 })(document.getElementById('stream'))`)
		p.until("an older page", `document.querySelector('#tl-1 [data-seq]').id !== `+quote(n))
		p.drawn()
	}
	p.until("the newest are gone", `document.querySelectorAll('#tl-1 [data-seq]').length <= 600 &&
		document.querySelector('#tl-1[data-live=no] #newer')`)
	p.sees("#stream .msg", "before 0")
	p.click("#latest", "")
	p.once(last)
}
