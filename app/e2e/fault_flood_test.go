package e2e

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/app/apptest"
)

// A thousand connections come to a process that may have 256 files open. It stays
// up, and serves when they are gone.
func TestRunningOutOfDescriptorsEndsNothing(t *testing.T) {
	p := apptest.Spawn(t, "sh", "-c", `ulimit -n 256; exec "$0" "$@"`)
	ada := p.Signup("ada")
	k := ada.View(1, 0)
	var crowd []net.Conn
	for range 1000 {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(p.Base, "http://"), apptest.Longest)
		if err != nil {
			break // the queue of the kernel is full: as good as taken
		}
		crowd = append(crowd, c)
	}
	t.Logf("%d connections were opened", len(crowd))
	if len(crowd) < 300 {
		t.Fatalf("only %d connections could be opened: the test shows nothing", len(crowd))
	}
	k.Say(`{"t":"view","room":1,"rev":0}`)
	k.Obeyed() // who was there before goes on
	for _, c := range crowd {
		c.Close()
	}
	apptest.Within(t, "it serves again", func() bool { return ada.Send(1, "after", "after the crowd") != "" })
	k.Expect("after the crowd")
	if err := p.Cmd.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error("the process ended:", err)
	}
}

// A hundred people log in at the same moment. Two passwords at most are hashed at
// a time; who cannot wait is asked to come back, and pages are served meanwhile.
func TestALoginFloodHoldsNobodyUp(t *testing.T) {
	s := apptest.Start(t)
	s.Signup("ada")
	var in, later, other atomic.Int32
	var wg sync.WaitGroup
	began := time.Now()
	for range 100 {
		wg.Go(func() {
			b := s.Visitor()
			switch a := b.Post("/login", "username", "ada", "password", apptest.Password); a.Status {
			case http.StatusSeeOther:
				in.Add(1)
			case http.StatusServiceUnavailable:
				if a.Header.Get("Retry-After") == "" {
					t.Error("a refusal without Retry-After")
				}
				later.Add(1)
			default:
				other.Add(1)
				t.Errorf("status %d", a.Status)
			}
		})
	}
	s.Visitor().Get("/healthz").Want(t, http.StatusOK)
	beside := time.Since(began)
	wg.Wait()
	t.Logf("100 logins: %d in, %d asked to come back, in %v; a page beside them took %v", in.Load(), later.Load(), time.Since(began), beside)
	// How many get in within their three seconds is a matter of the machine: two
	// passwords are hashed at a time. Everybody else is asked to come back.
	if in.Load() < 2 || in.Load()+later.Load() != 100 {
		t.Errorf("%d logged in, %d were asked to come back", in.Load(), later.Load())
	}
	s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
}
