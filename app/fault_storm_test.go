package app

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var storm = flag.Int("storm", 500, "how many sockets drop and return at once; README names the large run")

// Many pages lose their connection at the same moment and return, while people go
// on writing. All are back and have everything.
func TestAStormOfReturningPagesIsCaughtUp(t *testing.T) {
	n := *storm
	if limit := descriptors(); limit < 4*n {
		t.Skipf("%d sockets need more than the %d open files allowed here", n, limit)
	}
	s := start(t)
	ada := s.signup("ada")
	dial := func() *socket { return ada.view(1, 0) }
	first := crowd(n, dial)
	before := heap()
	stop, posted := make(chan struct{}), atomic.Int32{}
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			ada.post("/rooms/1/messages", "cid", fmt.Sprint("s", i), "body", fmt.Sprintf("storm %d", i)).want(t, http.StatusSeeOther)
			posted.Add(1)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	for _, k := range first {
		k.ws.UnderlyingConn().(*net.TCPConn).SetLinger(0) // reset, as a network that breaks
		k.ws.Close()
	}
	began := time.Now()
	back := crowd(n, dial)
	all := time.Since(began)
	close(stop)
	writer.Wait()
	ada.post("/rooms/1/messages", "cid", "end", "body", "the storm is over").want(t, http.StatusSeeOther)
	for _, k := range back {
		k.expect("the storm is over")
	}
	t.Logf("%d pages back and listening in %v, %d posts meanwhile; heap %d KB before, %d KB with all back", n, all,
		posted.Load(), before>>10, heap()>>10)
	for _, k := range back[:min(n, 50)] {
		got := strings.Join(k.all(), "")
		for i := range int(posted.Load()) {
			if !strings.Contains(got, fmt.Sprintf("<p>storm %d</p>", i)) { // twice is once: the page refuses what is not newer
				t.Fatalf("message %d was not told to a page that came back", i)
			}
		}
	}
}

// crowd opens sockets, some at a time.
func crowd(n int, dial func() *socket) []*socket {
	all := make([]*socket, n)
	var next atomic.Int32
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				all[i] = dial()
			}
		})
	}
	wg.Wait()
	return all
}

func descriptors() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return int(l.Cur)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
