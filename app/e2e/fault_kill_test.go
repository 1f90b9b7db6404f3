package e2e

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
)

// Twenty times the process is killed under eight writers, four of which write over their
// pages' sockets. Whatever was
// acknowledged is stored, under the id that was told; what was not is sent again
// under its client id; nothing is there twice.
func TestNothingAcknowledgedIsLostToAKill(t *testing.T) {
	t.Parallel()
	const rounds, writers = 20, 8
	p := apptest.Spawn(t)
	ada := p.Signup("ada")
	acked := map[string]string{} // cid → id
	var mu sync.Mutex
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range writers {
		b := &apptest.Browser{Server: &p.Server, Cookie: ada.Cookie,
			HTTP: http.Client{CheckRedirect: ada.HTTP.CheckRedirect, Timeout: apptest.Longest}}
		wg.Go(func() {
			for i := 0; ; i++ {
				cid := fmt.Sprintf("k%d-%d", w, i)
				id := ""
				for try := w; id == ""; try++ { // as the outbox does, over one way and then the other
					if try%2 == 0 {
						id = b.Send(1, cid, "message "+cid)
					} else {
						id = b.SendLive(1, cid, "message "+cid)
					}
				}
				mu.Lock()
				acked[cid] = id
				mu.Unlock()
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	var slowest time.Duration
	for range rounds {
		time.Sleep(time.Duration(50+rand.IntN(250)) * time.Millisecond)
		began := time.Now()
		p.Restart()
		slowest = max(slowest, time.Since(began))
	}
	close(stop)
	wg.Wait()
	again := ada.Send(1, "k0-0", "another body")
	p.Kill()
	t.Logf("%d messages acknowledged through %d kills; slowest restart %v", len(acked), rounds, slowest)
	if again != acked["k0-0"] {
		t.Errorf("a repeat after all kills made message %s, it was %s", again, acked["k0-0"])
	}
	checkStored(t, p.Data, acked)
}

// checkStored opens a file and compares it with what was acknowledged.
func checkStored(t *testing.T, path string, acked map[string]string) {
	t.Helper()
	apptest.Command(t, 0, "", "check", "--data", path)
	driver, name := "sqlite", "file:"+path
	if app.Shared(path) {
		driver, name = "pgx", path
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id, cid, rev, posts FROM messages WHERE room_id = 1 AND kind = 0 ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	stored := map[string]string{}
	var rev, posts int
	for n := 1; rows.Next(); n++ {
		var id, cid string
		before := rev
		if err := rows.Scan(&id, &cid, &rev, &posts); err != nil {
			t.Fatal(err)
		}
		if stored[cid] != "" {
			t.Errorf("%s is stored twice", cid)
		}
		stored[cid] = id
		if before != 0 && rev != before+1 || posts != n {
			t.Errorf("message %s has rev %d after %d and is post %d, want %d", id, rev, before, posts, n)
		}
	}
	for cid, id := range acked {
		if stored[cid] != id {
			t.Errorf("%s was acknowledged as message %s and is stored as %q", cid, id, stored[cid])
		}
	}
	var last int
	if err := db.QueryRow("SELECT rev FROM rooms WHERE id = 1").Scan(&last); err != nil || last != rev {
		t.Errorf("the room is at rev %d, its newest message at %d (%v)", last, rev, err)
	}
}

// Killed in the middle of uploads the server has each message once when it was sent
// again, with all of its files in whole; what came in part is nowhere.
func TestUploadsAreWholeThroughKills(t *testing.T) {
	t.Parallel()
	const rounds, writers = 6, 3
	p := apptest.Spawn(t)
	ada := p.Signup("ada")
	data := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{7}).Read(data)
	stop := make(chan struct{})
	sent := make([]int, writers)
	var wg sync.WaitGroup
	for w := range writers {
		b := &apptest.Browser{Server: &p.Server, Cookie: ada.Cookie,
			HTTP: http.Client{CheckRedirect: ada.HTTP.CheckRedirect, Timeout: apptest.Longest}}
		wg.Go(func() {
			for {
				cid := fmt.Sprintf("k%d-%d", w, sent[w])
				form, kind := apptest.Form(t, []string{"cid", cid, "body", "message " + cid},
					apptest.NewFile("a.bin", data), apptest.NewFile("b.bin", data[:len(data)/2]))
				for b.SendForm(1, form, kind) == "" { // as the outbox does
				}
				sent[w]++
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for range rounds {
		time.Sleep(time.Duration(100+rand.IntN(300)) * time.Millisecond)
		p.Restart()
	}
	close(stop)
	wg.Wait()
	page := ada.Get("/rooms/1?before=1000000").Body
	tokens := apptest.Tokens(page)
	want := 0
	for w, n := range sent {
		want += 2 * n
		for i := range n {
			if cid := fmt.Sprintf("message k%d-%d<", w, i); strings.Count(page, cid) != 1 && want < 90 {
				t.Errorf("%q is there %d times", cid, strings.Count(page, cid))
			}
		}
	}
	for i, token := range tokens {
		name, size := "a.bin", len(data)
		if i%2 == 1 {
			name, size = "b.bin", len(data)/2
		}
		if a := ada.Get("/files/"+token+"/"+name).Want(t, http.StatusOK); a.Body != string(data[:size]) {
			t.Errorf("file %d is not what was sent: %d bytes", i, len(a.Body))
		}
	}
	p.Kill()
	if out := apptest.Command(t, 0, "", "check", "--data", p.Data); !strings.Contains(out, fmt.Sprintf("%d files", want)) {
		t.Errorf("%d files were sent, the check says %s", want, out)
	}
}
