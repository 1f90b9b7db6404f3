package archive

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

var seed = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of random bodies")

// What the parser makes of a body, with the longest ids there are, is what is let in.
func TestNoBodyIsParsedIntoMoreThanIsLetIn(t *testing.T) {
	t.Log("-seed", *seed)
	r := rand.New(rand.NewPCG(*seed, 0))
	pieces := []string{"a", "<", " ", "\n", "\n\n", "> ", "- ", "1. ", "#a ", "@ab ", "*a*", "**a**", "`<`", "~~a~~", "_a_ ", "@all ", "\t",
		"\"", "http://a.b ", "\u2028", "日"}
	bodies := []string{}
	for _, p := range pieces {
		for _, q := range pieces {
			bodies = append(bodies, strings.Repeat(p+q, 1500))
		}
	}
	for range 300 {
		var b strings.Builder
		for range 1500 {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		bodies = append(bodies, b.String())
	}
	for _, body := range bodies {
		text, err := chat.ParseText(body)
		if err != nil {
			continue
		}
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		long := len(b) + strings.Count(string(b), `"t":"#`)*len(`,"o":9007199254740992`) + strings.Count(string(b),
			`"t":"@`)*len(`,"a":9007199254740992`)
		if long > perByte*len(body)+spareText {
			t.Errorf("%.20q: %d bytes become %d", body, len(body), long)
		}
		if err := text.CheckLinks(); err != nil {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}
