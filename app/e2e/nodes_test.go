package e2e

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/apptest/natstest"
	"parley/app/apptest/pgtest"
	"parley/app/live"
)

// over has a node use a bus.
func over(address string) func(*app.Config) {
	return func(c *app.Config) { c.Bus.Addresses = []string{address} }
}

// twoNodes are nodes of one workspace, with a bus or without.
func twoNodes(t *testing.T, bus ...string) (one, two *apptest.Server) {
	t.Helper()
	change := func(*app.Config) {}
	if len(bus) > 0 {
		change = over(bus[0])
	}
	one = &apptest.Server{T: t, Data: apptest.PostgresData(t)}
	one.Run(change)
	t.Cleanup(func() { one.Stop() })
	one.Unlimited()
	two = one.Beside(change)
	for _, s := range []*apptest.Server{one, two} {
		apptest.Within(t, "the bus is there", func() bool {
			return len(bus) == 0 || strings.Contains(s.Visitor().Get("/readyz").Body, "bus: there")
		})
	}
	return one, two
}

func TestWhatHappensOnOneNodeIsSeenOnTheOther(t *testing.T) {
	t.Parallel()
	for what, bus := range map[string][]string{"with a bus": {natstest.Start(t).Address()}, "without one": nil} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			one, two := twoNodes(t, bus...)
			ada, bea := one.Signup("ada"), one.Signup("bea")
			k := bea.On(two).View(1, 0)
			id := ada.Says(1, "hello from the other node @bea")
			k.Expect("<p>hello from the other node")
			ada.Post(fmt.Sprintf("/messages/%d/reactions", id), "e", ":tada:").Want(t, http.StatusSeeOther)
			k.Expect("🎉")
			ada.Post(fmt.Sprintf("/messages/%d/edit", id), "body", "changed there").Want(t, http.StatusSeeOther)
			k.Expect("<p>changed there")
			ada.Post(fmt.Sprintf("/messages/%d/delete", id)).Want(t, http.StatusSeeOther)
			k.Expect(fmt.Sprintf(`id="m-%d"`, id))
			room := ada.Found("quay", "open")
			bea.On(two).Post(fmt.Sprintf("/rooms/%d/join", room)).Want(t, http.StatusSeeOther)
			k.Expect("quay")
			ada.Says(room, "a badge for bea")
			k.Expect(fmt.Sprintf(`id="b-%d"`, room), "1")
			if r := bea.On(two).Get(fmt.Sprintf("/rooms/%d", room)).Want(t, http.StatusOK); !strings.Contains(r.Body, "a badge for bea") {
				t.Error("the page does not show it")
			}
			ada.Post("/rooms/1/settings", "name", "main hall", "topic", "").Want(t, http.StatusSeeOther)
			k.Expect("main hall")
			apptest.Command(t, 0, "", "set", "limit.messages", "3", "--data", one.Data)
			apptest.Within(t, "settings reach both nodes", func() bool {
				return strings.Contains(bea.On(two).Get("/rooms/1").Body, "main hall")
			})
		})
	}
}

// Who is put out anywhere falls silent everywhere: at once with a bus, and within a second
// without one.
func TestWhoIsPutOutOnOneNodeFallsSilentOnTheOther(t *testing.T) {
	t.Parallel()
	for what, bus := range map[string][]string{"with a bus": {natstest.Start(t).Address()}, "without one": nil} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			one, two := twoNodes(t, bus...)
			ada := one.Signup("ada")
			secret := ada.Found("secret", "private")
			busy := crowdOn(t, one, two, eight(one)...)
			var took []time.Duration
			for n := range rounds(12) {
				name := fmt.Sprint("bea", n)
				bea := one.Signup(name)
				id := n + 10
				var k *apptest.Socket
				var end func()
				code := live.CloseSessionOver
				switch n % 3 {
				case 0:
					k, end = bea.On(two).View(1, 0), func() { bea.Post("/logout").Want(t, http.StatusSeeOther) }
				case 1:
					k, end = bea.On(two).View(1, 0), func() {
						ada.Post(fmt.Sprintf("/admin/people/%d/ban", id)).Want(t, http.StatusSeeOther)
					}
				default:
					ada.Post(fmt.Sprintf("/rooms/%d/members", secret), "people", fmt.Sprint(id)).Want(t, http.StatusSeeOther)
					k = bea.On(two).View(secret, 0)
					code, end = live.CloseNotAllowed, func() {
						ada.Post(fmt.Sprintf("/rooms/%d/members/%d/remove", secret, id)).Want(t, http.StatusSeeOther)
					}
				}
				began := time.Now()
				end()
				k.WantClosed(code)
				took = append(took, time.Since(began))
				want := map[int]int{live.CloseSessionOver: http.StatusSeeOther, live.CloseNotAllowed: http.StatusNotFound}[code]
				bea.On(two).Get(fmt.Sprintf("/rooms/%d", secret)).Want(t, want)
			}
			busy.leave()
			slices.Sort(took)
			t.Logf("silent after %v at most, %v in the middle", took[len(took)-1], took[len(took)/2])
		})
	}
}

// An upgrade goes on node by node: what a newer version adds beside this one stops nobody, and
// what it changes stops all that is stored, until this node is upgraded, too.
func TestTwoVersionsWorkSideBySideWhereTheirFormatsAllowIt(t *testing.T) {
	t.Parallel()
	one, _ := twoNodes(t)
	ada := one.Signup("ada")
	apptest.Query(t, one.Data, "UPDATE format SET number = number + 1")
	ada.Says(1, "beside a newer version")
	if out := apptest.Command(t, 1, "", "user", "list", "--data", one.Data); !strings.Contains(out, "a newer Parley works here") {
		t.Error("a command of this version says", out)
	}
	apptest.Query(t, one.Data, "UPDATE format SET oldest = number")
	ada.Post("/rooms/1/messages", "body", "too late").Want(t, http.StatusServiceUnavailable)
	if p := ada.Get("/rooms/1").Want(t, http.StatusOK).Body; !strings.Contains(p, "beside a newer version") {
		t.Error("what was said is not shown")
	}
}

func TestWhoTypesOnOneNodeIsSeenTypingOnTheOther(t *testing.T) {
	t.Parallel()
	one, two := twoNodes(t, natstest.Start(t).Address())
	ada, bea := one.Signup("ada"), one.Signup("bea")
	k := bea.On(two).View(1, 0)
	a := ada.View(1, 0)
	a.Say(`{"t":"typing","room":1}`)
	k.Expect(`id="ty-1"`, "ada", "typing")
	ada.Says(1, "and now it is said")
	apptest.Within(t, "nobody types any more", func() bool {
		all := k.All()
		for i := len(all) - 1; i >= 0; i-- {
			if strings.Contains(all[i], `id="ty-1"`) {
				return !strings.Contains(all[i], "ada")
			}
		}
		return false
	})
}

func TestPresenceIsThatOfAllNodes(t *testing.T) {
	t.Parallel()
	one, two := twoNodes(t, natstest.Start(t).Address())
	ada, bea := one.Signup("ada"), one.Signup("bea")
	k := ada.View(1, 0)
	page := bea.On(two).View(1, 0)
	k.Expect(`class="dot" data-p="2"`, `data-on="on"`)
	two.Stop() // as if it died: its people come back to another node, or are gone
	page.WantClosed(live.CloseRestart)
	apptest.Within(t, "bea is gone", func() bool {
		r := ada.Get("/people")
		return r.Status == http.StatusOK && !strings.Contains(r.Body, `data-p="2" data-on`)
	})
}

// crowdOnNodes are people who write on nodes by turns, as behind a balancer that keeps to
// none: what is not acknowledged is sent again, to the other.
type crowdOnNodes struct {
	t       *testing.T
	mu      sync.Mutex
	acked   map[string]string
	stop    chan struct{}
	writers sync.WaitGroup
}

func crowdOn(t *testing.T, one, two *apptest.Server, people ...*apptest.Browser) *crowdOnNodes {
	c := &crowdOnNodes{t: t, acked: map[string]string{}, stop: make(chan struct{})}
	for who, b := range people {
		on := []*apptest.Browser{b.On(one), b.On(two)}
		c.writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-c.stop:
					return
				default:
				}
				cid := fmt.Sprintf("p%d-%d", who, n)
				for try := 0; ; try++ {
					send := on[(n+try)%2].Send
					if n%3 == 0 {
						send = on[(n+try)%2].SendLive
					}
					if id := send(1, cid, "words "+cid); id != "" {
						c.mu.Lock()
						c.acked[cid] = id
						c.mu.Unlock()
						break
					}
					time.Sleep(10 * time.Millisecond)
				}
				time.Sleep(time.Duration(40+n%7) * time.Millisecond) // as people do
			}
		})
	}
	return c
}

func (c *crowdOnNodes) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.acked)
}

// more waits until so much more is said, and tells how long that took.
func (c *crowdOnNodes) more(n int) time.Duration {
	c.t.Helper()
	began, was := time.Now(), c.count()
	apptest.Within(c.t, "more is said", func() bool { return c.count() >= was+n })
	return time.Since(began)
}

// leave ends the writing.
func (c *crowdOnNodes) leave() {
	close(c.stop)
	c.writers.Wait()
}

// end ends the writing and compares what was acknowledged with the store and with pages.
func (c *crowdOnNodes) end(data string, pages ...*orderedPage) {
	c.t.Helper()
	c.leave()
	checkStored(c.t, data, c.acked)
	for i, p := range pages {
		apptest.Within(c.t, fmt.Sprintf("page %d has all", i), func() bool { return p.count() == len(c.acked) })
		if ids := p.order(); !slices.IsSorted(ids) {
			c.t.Error("page", i, "has another order")
		}
	}
	c.t.Log(len(c.acked), "messages")
}

func eight(one *apptest.Server) (people []*apptest.Browser) {
	for n := range 8 {
		people = append(people, one.Signup(fmt.Sprint("person", n)))
	}
	return people
}

// The bus ends and begins, and one node is cut off from it without a word.
func TestNothingIsLostBetweenNodes(t *testing.T) {
	t.Parallel()
	bus := natstest.Start(t)
	way := bus.Proxy()
	one := &apptest.Server{T: t, Data: apptest.PostgresData(t)}
	one.Run(over(bus.Address()))
	t.Cleanup(func() { one.Stop() })
	one.Unlimited()
	two := one.Beside(over(way.Address()))
	people := eight(one)
	pages := []*orderedPage{watch(people[0], 1), watch(people[0].On(two), 1)}
	c := crowdOn(t, one, two, people...)
	for range rounds(2) {
		c.more(40)
		bus.Stop()
		c.more(40)
		bus.Restart()
		c.more(40)
		way.Cut()
		c.more(40)
		way.Heal()
	}
	c.end(one.Data, pages...)
}

// A node is killed and comes back, and so is PostgreSQL itself.
func TestNothingIsLostWhenANodeOrPostgreSQLDies(t *testing.T) {
	t.Parallel()
	apptest.OnPostgres(t)
	bus := natstest.Start(t)
	store := pgtest.New(t)
	one := &apptest.Server{T: t, Data: store.Schema(t)}
	one.Run(over(bus.Address()))
	t.Cleanup(func() { one.Stop() })
	one.Unlimited()
	two := apptest.SpawnBeside(one, "--bus", bus.Address())
	people := eight(one)
	page := watch(people[0], 1)
	c := crowdOn(t, one, &two.Server, people...)
	for range rounds(2) {
		c.more(20)
		two.Kill()
		t.Log("a node was killed; 20 more in", c.more(20))
		two.Restart()
		c.more(20)
		store.Kill()
		if err := store.Start(); err != nil {
			t.Fatal(err)
		}
		t.Log("PostgreSQL was killed and is there again; 20 more in", c.more(20))
	}
	c.end(one.Data, page)
}

// rounds is how often faults are tried: more with FAULTS in the environment.
func rounds(few int) int {
	if n, err := strconv.Atoi(os.Getenv("FAULTS")); err == nil {
		return n
	}
	return few
}

// orderedPage is an open page that keeps the rows it was told of, in the order of their coming.
type orderedPage struct {
	mu   sync.Mutex
	ids  []int
	seen map[int]bool
}

func watch(b *apptest.Browser, room int) *orderedPage {
	p := &orderedPage{seen: map[int]bool{}}
	k := b.Open()
	k.Mu.Lock()
	k.Heard = p.hear
	k.Mu.Unlock()
	k.Say(`{"t":"view","room":%d,"rev":0,"side":1}`, room)
	k.Obeyed()
	return p
}

var postedRow = regexp.MustCompile(`<li class="msg" id="m-(\d+)"`)

func (p *orderedPage) hear(frame string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range postedRow.FindAllStringSubmatch(frame, -1) {
		if id, err := strconv.Atoi(m[1]); err == nil && !p.seen[id] {
			p.seen[id] = true
			p.ids = append(p.ids, id)
		}
	}
}

func (p *orderedPage) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ids)
}

func (p *orderedPage) order() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.ids)
}
