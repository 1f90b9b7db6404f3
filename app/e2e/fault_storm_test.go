package e2e

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

	"parley/app/apptest"
)

var storm = flag.Int("storm", 500, "how many sockets drop and return at once; README names the large run")

// Many pages lose their connection at the same moment and return, while people go
// on writing. All are back and have everything.
func TestAStormOfReturningPagesIsCaughtUp(t *testing.T) {
	n := *storm
	if limit := descriptors(); limit < 4*n {
		t.Skipf("%d sockets need more than the %d open files allowed here", n, limit)
	}
	s := apptest.Start(t)
	ada := s.Signup("ada")
	dial := func() *apptest.Socket { return ada.View(1, 0) }
	first := crowd(n, dial)
	before := heap()
	stop, posted := make(chan struct{}), atomic.Int32{}
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			ada.Post("/rooms/1/messages", "cid", fmt.Sprint("s", i), "body", fmt.Sprintf("storm %d", i)).Want(t, http.StatusSeeOther)
			posted.Add(1)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	for _, k := range first {
		k.WS.UnderlyingConn().(*net.TCPConn).SetLinger(0) // reset, as a network that breaks
		k.WS.Close()
	}
	began := time.Now()
	back := crowd(n, dial)
	all := time.Since(began)
	close(stop)
	writer.Wait()
	ada.Post("/rooms/1/messages", "cid", "end", "body", "the storm is over").Want(t, http.StatusSeeOther)
	for _, k := range back {
		k.Expect("the storm is over")
	}
	t.Logf("%d pages back and listening in %v, %d posts meanwhile; heap %d KB before, %d KB with all back", n, all,
		posted.Load(), before>>10, heap()>>10)
	for _, k := range back[:min(n, 50)] {
		got := strings.Join(k.All(), "")
		for i := range int(posted.Load()) {
			if !strings.Contains(got, fmt.Sprintf("<p>storm %d</p>", i)) { // twice is once: the page refuses what is not newer
				t.Fatalf("message %d was not told to a page that came back", i)
			}
		}
	}
}

// crowd opens sockets, some at a time.
func crowd(n int, dial func() *apptest.Socket) []*apptest.Socket {
	all := make([]*apptest.Socket, n)
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
