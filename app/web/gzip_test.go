package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// What is compressed is what it was, whether a part of it is shared, was seen before, stands
// there or not, and however many ask at the same time.
func TestWhatIsCompressedIsWhatItWas(t *testing.T) {
	z := newCompressor()
	rows := func(seed uint64) string {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		for i := range 60 {
			fmt.Fprintf(&b, `<li class="msg" id="m-%d" data-seq="%d"><p>%x and the same words everywhere</p></li>`, seed*100+uint64(i),
				i, r.Uint64())
		}
		return b.String()
	}
	same := func(text string, shared ...string) int {
		var b bytes.Buffer
		var parts [][]byte
		for _, part := range shared {
			parts = append(parts, []byte(part))
		}
		z.gzip(&b, []byte(text), parts)
		size := b.Len()
		r, err := gzip.NewReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != text {
			t.Errorf("%v: %d bytes of %d", err, len(got), len(text))
		}
		return size
	}
	shell := strings.Repeat("<nav>a shell that everybody has</nav>", 100)
	for seed := range uint64(5) {
		part := rows(seed)
		whole := same(shell+part+shell, "")
		first := same(shell+part+shell, part)
		if first != whole {
			t.Errorf("what is seen once weighs %d, compressed as a whole %d", first, whole)
		}
		if again := same(shell+part+shell, part); again > whole+64 {
			t.Errorf("what is seen again weighs %d, compressed as a whole %d", again, whole)
		}
		same(part, part)
		same(shell+part, part)
		same(part+shell, part)
		same(shell, part)                     // it is not there
		same(shell+part[:len(part)-1], part)  // only its beginning is
		same(shell+part+"x"+part+shell, part) // it is there twice
	}
	same(strings.Repeat("short", 300), "short")
	same(shell+rows(1)+shell+rows(2)+shell, rows(1), rows(2))
	same(shell+rows(1)+shell+rows(2)+shell, rows(2), rows(1)) // not in their order
	same(rows(1)+rows(2), rows(1), rows(2))
	same(shell+rows(1)+shell, rows(1), rows(1))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for seed := range uint64(20) {
				part := rows(seed % 7)
				same(shell+part, part)
			}
		})
	}
	all.Wait()
}
