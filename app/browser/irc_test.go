package browser

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"parley/app/apptest"
)

// line is one message of the conversation that is replayed.
type line struct{ Nick, Body string }

// conversation reads real messages: how many, IRC_LINES says.
func conversation(t *testing.T) (lines []line) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "irc", "ubuntu.jsonl.gz"))
	if err != nil {
		t.Skip("there is no conversation to replay here: ", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	most := 3000
	if n, err := strconv.Atoi(os.Getenv("IRC_LINES")); err == nil {
		most = n
	}
	scan := bufio.NewScanner(unzipped)
	for scan.Scan() && len(lines) < most {
		var l line
		if err := json.Unmarshal(scan.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(l.Body) != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// accounts is how many people the names become; hashing passwords takes its time.
const accounts = 60

// replay posts lines through the server, in order, and answers with their ids.
func replay(t *testing.T, s *apptest.Server, lines []line) (reader *apptest.Browser, ids []string) {
	t.Helper()
	reader = s.Signup("reader")
	people := map[string]*apptest.Browser{}
	var nicks []string
	for _, l := range lines {
		if _, known := people[l.Nick]; !known {
			people[l.Nick] = nil
			nicks = append(nicks, l.Nick)
		}
	}
	speakers := make([]*apptest.Browser, min(accounts, len(nicks)))
	var wg sync.WaitGroup
	for part := range 2 { // as many as hash at the same time
		wg.Go(func() {
			for i := part; i < len(speakers); i += 2 {
				speakers[i] = s.Signup(fmt.Sprintf("%s.%c%c", letters(nicks[i]), 'a'+i/26, 'a'+i%26))
				speakers[i].Post("/me", "name", nicks[i]).Want(t, http.StatusSeeOther)
			}
		})
	}
	wg.Wait()
	for i, nick := range nicks {
		people[nick] = speakers[i%len(speakers)]
	}
	for i, l := range lines {
		id := people[l.Nick].Send(1, fmt.Sprintf("irc%d", i), l.Body)
		if id == "" {
			t.Fatalf("line %d was refused: %q", i, l.Body)
		}
		ids = append(ids, id)
	}
	return reader, ids
}

// letters are those of a nick that a username may have.
func letters(nick string) string {
	return "n" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, nick[:min(len(nick), 20)])
}

// A real conversation is replayed, then read to its very beginning, with a script
// and without, and through permalinks: nothing is missing, nothing twice.
func TestARealConversationIsReadAsItWasSaid(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a long one")
	}
	lines := conversation(t)
	c := openChromium(t)
	s := apptest.Start(t)
	reader, ids := replay(t, s, lines)
	said := `[...document.querySelectorAll('#tl-1 .msg')].map(r => r.dataset.seq)`

	p := c.person("reader", s.Base)
	p.enter(reader)
	p.open("/rooms/1")
	p.live()
	seen := map[string]bool{}
	collect := func() (oldest string) {
		rows := ask[[]string](p, said)
		for _, id := range rows {
			seen[id] = true
		}
		if !slices.IsSortedFunc(rows, func(a, b string) int { x, _ := strconv.Atoi(a); y, _ := strconv.Atoi(b); return x - y }) {
			t.Error("rows are out of order")
		}
		return rows[0]
	}
	for oldest := collect(); ask[bool](p, `!!document.getElementById('older')`); oldest = collect() {
		ask[any](p, `document.getElementById('stream').scrollTop = -1e7, 1`)
		p.until("older messages", `!document.getElementById('older') || document.querySelector('#tl-1 .msg').dataset.seq !== `+quote(oldest))
	}
	compare(t, "scrolling", seen, ids)

	bare := c.person("reader without scripts", s.Base)
	bare.scripts(false)
	bare.enter(reader)
	clear(seen)
	for url := "/rooms/1"; url != ""; {
		bare.open(url)
		for _, id := range ask[[]string](bare, said) {
			if seen[id] {
				t.Errorf("message %s is on two pages", id)
			}
			seen[id] = true
		}
		url = ask[string](bare, `document.querySelector('#older a')?.getAttribute('href') ?? ''`)
	}
	compare(t, "paging", seen, ids)

	for range 20 {
		i := rand.IntN(len(ids))
		p.open("/rooms/1/@" + ids[i])
		p.until("the message of a permalink", fmt.Sprintf(`document.querySelector('[data-target]')?.dataset.seq === %q`, ids[i]))
		around := ask[[]string](p, said)
		at := slices.Index(around, ids[i])
		if at < min(i, 20) || len(around)-1-at < min(len(ids)-1-i, 20) {
			t.Errorf("message %d of %d stands among %d at %d", i, len(ids), len(around), at)
		}
	}
}

func compare(t *testing.T, how string, seen map[string]bool, ids []string) {
	t.Helper()
	missing := 0
	for _, id := range ids {
		if !seen[id] {
			missing++
		}
	}
	if missing > 0 || len(seen) != len(ids) {
		t.Errorf("%s shows %d messages of %d, %d are missing", how, len(seen), len(ids), missing)
	}
	t.Logf("%s shows all %d messages", how, len(seen))
}
