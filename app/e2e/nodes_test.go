package e2e

import (
	"fmt"
	"net/http"
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
	one = &apptest.Server{T: t, Data: pgtest.Schema(t)}
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
			var took []time.Duration
			for n := range 12 {
				name := fmt.Sprint("bea", n)
				bea := one.Signup(name)
				id := n + 2
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
			slices.Sort(took)
			t.Logf("silent after %v at most, %v in the middle", took[len(took)-1], took[len(took)/2])
		})
	}
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

// Eight people write on two nodes by turns, as behind a balancer that keeps to none, while
// something fails again and again: nothing is lost or doubled, and all pages have one order.
func TestNothingIsLostBetweenNodes(t *testing.T) {
	t.Parallel()
	bus := natstest.Start(t)
	way := bus.Proxy()
	one := &apptest.Server{T: t, Data: pgtest.Schema(t)}
	one.Run(over(bus.Address()))
	t.Cleanup(func() { one.Stop() })
	one.Unlimited()
	two := one.Beside(over(way.Address()))
	ada := one.Signup("ada")
	people := []*apptest.Browser{ada}
	for n := range 7 {
		people = append(people, one.Signup(fmt.Sprint("person", n)))
	}
	pages := []*orderedPage{watch(ada, 1), watch(ada.On(two), 1)}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	acked := map[string]string{}
	for who, b := range people {
		on := []*apptest.Browser{b, b.On(two)}
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				cid := fmt.Sprintf("p%d-%d", who, n)
				for try := 0; ; try++ { // the same message again, to the other node
					if id := on[(n+try)%2].Send(1, cid, "words "+cid); id != "" {
						mu.Lock()
						acked[cid] = id
						mu.Unlock()
						break
					}
				}
				time.Sleep(time.Duration(40+n%7) * time.Millisecond) // as people do
			}
		})
	}
	more := func() {
		mu.Lock()
		n := len(acked)
		mu.Unlock()
		apptest.Within(t, "more is said", func() bool { mu.Lock(); defer mu.Unlock(); return len(acked) > n+40 })
	}
	for range 2 {
		more()
		bus.Stop()
		more()
		bus.Restart()
		more()
		way.Cut()
		more()
		way.Heal()
	}
	close(stop) // while the bus comes back
	wg.Wait()
	checkStored(t, one.Data, acked)
	for i, p := range pages {
		apptest.Within(t, fmt.Sprintf("page %d has all", i), func() bool { return p.count() == len(acked) })
		if ids := p.order(); !slices.IsSorted(ids) {
			t.Error("page", i, "has another order")
		}
	}
	t.Log(len(acked), "messages")
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
