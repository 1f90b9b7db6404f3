package chat

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// depth counts the containers and emphases around the innermost text.
func depth(t Text) int { return blockDepth(t.Blocks) }

func blockDepth(blocks []Block) int {
	d := 0
	for _, b := range blocks {
		d = max(d, height(b.Runs))
		if b.Kind == BlockQuote {
			d = max(d, 1+blockDepth(b.Blocks))
		}
		for _, it := range b.Items {
			d = max(d, 1+blockDepth(it))
		}
	}
	return d
}

func TestNestingEndsAtEight(t *testing.T) {
	for _, lead := range []string{"> ", "- ", "1. "} {
		text, err := ParseText(strings.Repeat(lead, 7) + "**a *b _c ~~d~~ c_ b* a**")
		if d := depth(text); err != nil || d != MaxNesting {
			t.Errorf("%q: depth %d, %v", lead, d, err)
		}
	}
}

// pathological are bodies on which parsers are known to take their time.
func pathological() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, MaxBody/len([]rune(s))) }
	var ticks, fences strings.Builder
	for n := 1; ticks.Len()+n+1 <= MaxBody; n++ {
		ticks.WriteString(strings.Repeat("`", n) + "a")
	}
	for n := 3; fences.Len()+n+1 <= MaxBody; n++ {
		fences.WriteString(strings.Repeat("`", n) + "\n")
	}
	indents := ""
	for n := 0; n < 140; n++ {
		indents += strings.Repeat(" ", n%40) + "- a\n"
	}
	lines := func(s string) string { return strings.Repeat(s, (MaxLines-1)/strings.Count(s, "\n")) }
	return map[string]string{
		"late fences": lines("a ```\n"), "late fences of a word": lines("a ```b\n"), "late fences of two": lines("a ````` \nb ````\n"),
		"late fences in items": lines("- a ```\n"), "late fences in numbers": lines("1. a `````\n2. b ````\n"),
		"stars": fill("*"), "star a": fill("*a "), "mixed": fill("*a **b *c"), "triple": fill("***a"), "pairs": fill("**a** "),
		"alternating": fill("*_~~"), "closers": fill("a* a** a_ a~~ "), "nested": fill("*a **b _c ~~d "), "triple both": fill("***a** b*"),
		"han names": fill("@" + strings.Repeat("的", 31)), "han at": fill("@的的"), "rooms": fill("#a "), "hashes": fill("#"),
		"room run": "#" + fill("a "), "rooms in stars": fill("#*a*"), "rooms of signs": fill("#* ~_`"),
		"drives": fill(`C:\a`), "drives spaced": fill(`C:\ `),
		"short names": fill(":tada:"), "opened names": fill("(:tada:"), "escaped names": fill(`\:tada:`), "escaped stars": fill(`\*a `),
		"escaped both": fill(`\**a\*`), "escaped ticks": fill("\\`a"), "escaped signs": fill(`\@ada \#ux`),
		"brackets": fill("["), "backslashes": fill(`\`), "escapes": fill(`\*`), "ticks": ticks.String(), "one tick": fill("`a"),
		"fences":     fences.String(),
		"tick lines": strings.Repeat(ticks.String()[:19]+"\n", 499), "quotes": fill(">"), "quotes spaced": fill("> "),
		"quote lines": strings.Repeat(strings.Repeat(">", 19)+"\n", 499),
		"dashes":      fill("- "), "numbers": fill("1. "), "indents": indents, "blank items": strings.Repeat("- a\n\n\n", 160),
		"blanks": "- a" + strings.Repeat("\n", 498) + "a",
		"parens": "http://a.b/" + strings.Repeat("(", 9900), "closing": "http://a.b/" + strings.Repeat(")", 9900), "urls": fill("http://"),
		"long host": "http://" + strings.Repeat("a.", 4900),
		"www":       fill("www."), "www of a script without spaces": fill("www.日"), "www paths": fill("www.a/"), "www ports": fill("www.a:"),
		"www lists": fill("www.a.b,"), "www brackets": fill("www.a.b)"),
		"url lists": fill("http://a.b,"), "url brackets": fill("http://a.b)"), "url quotes": fill("‘http://a.b)"),
		"urls of a script without spaces": fill("http://a.b日"), "url ports": fill("http://a:"), "url marks": fill("http://a.b_"),
		"named": fill("[a](http://b"), "named brackets": fill("[a](http://b("), "named bad": fill("[a](http://b..c)"),
		"named open": fill("[a](http://a.b/[a]"), "mails": fill("a@b.c"), "mail dots": fill("a.@b."),
		"mail hosts":    fill("a@" + strings.Repeat("b.", 120)),
		"many bad urls": fill("http://a..b "), "idn": fill("http://é.é "), "h": fill("h"), "at": fill("@"), "at a": fill("@a"),
		"long names": fill("@" + strings.Repeat("a", 66) + " "), "names": fill("@ab "),
		"accents": fill("@a\u0301\u0301\u0301\u0301 "), "marks": "@a" + strings.Repeat("\u0301", 9900), "emoji": fill("👨‍👩‍👧‍👦"),
		"joiners": "🎉" + strings.Repeat("\u200d🎉", 4900), "breaks": fill(strings.Repeat("a", 20) + "\n"), "words": fill("lorem ipsum "),
	}
}

func TestNoBodyTakesLong(t *testing.T) {
	for name, body := range pathological() {
		begin := time.Now()
		parseBody(body, nil)
		ParseLinked(body, map[string]RoomLink{"*a*": {ID: 1, Name: "*a*"}})
		if took := time.Since(begin); took > 3*time.Second { // 1 ms where nothing else runs; what is not linear takes minutes
			t.Errorf("%s took %v", name, took)
		}
	}
}

// What is looked at for addresses grows with a body and not with its square, whatever begins
// an address in it.
func TestAddressesAreLookedForInLinearTime(t *testing.T) {
	for name, body := range pathological() {
		body = TidyBody(body)
		var p bodyParser
		p.blocks(strings.Split(body, "\n"), 0)
		if most := 2*len(body) + maxWasted + maxURL; p.looked > most {
			t.Errorf("%s: %d bytes were looked at, of a body of %d", name, p.looked, len(body))
		}
	}
}

// Many addresses that are near each other are found all the same.
func TestAddressesOfAListAreAllFound(t *testing.T) {
	for _, one := range []string{"http://a.example,", "‘http://a.example’", "(www.a.example)", "www.a.example;", "[a](https://b.example/(c))",
		"www.!", "ada@a.example,"} {
		text, err := ParseText(strings.Repeat(one, MaxLinks))
		links := 0
		for _, r := range text.Blocks[0].Runs {
			if r.Kind == RunLink {
				links++
			}
		}
		want := MaxLinks
		if one == "www.!" {
			want = 0
		}
		if err != nil || links != want {
			t.Errorf("%q: %d links, %v", one, links, err)
		}
	}
}

func BenchmarkParseText(b *testing.B) {
	for name, body := range pathological() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ParseText(body)
			}
		})
	}
}

func FuzzParseText(f *testing.F) {
	for _, body := range pathological() {
		f.Add(body[:min(len(body), 200)])
	}
	f.Add("a\n> b\n>> - *c* **d** ~~e~~ `f`\n\n```go\ng\n```\n1. h @i https://j.example/(k).\n   l\n🎉\\*")
	f.Fuzz(func(t *testing.T, body string) {
		begin := time.Now()
		text, err := ParseText(body)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("took %v", took)
		}
		if err != nil {
			return
		}
		if TidyBody(TidyBody(body)) != TidyBody(body) {
			t.Error("tidied twice is not tidied once")
		}
		if plain := text.Plain(); plain == "" || strings.ContainsFunc(plain, unicode.IsControl) {
			t.Errorf("plain %q", plain)
		}
		if d := depth(text); d > MaxNesting {
			t.Errorf("depth %d", d)
		}
		raw, err := json.Marshal(text)
		var back Text
		if err != nil || json.Unmarshal(raw, &back) != nil || !reflect.DeepEqual(text, back) {
			t.Errorf("round trip of %s", raw)
		}
		ids := map[string]AccountID{}
		for i, name := range text.Names() {
			if name == "" || FoldName(name) != name {
				t.Errorf("name %q", name)
			}
			if i%2 == 0 {
				ids[name] = AccountID(i + 1)
			}
		}
		plain := text.Plain()
		text.Resolve(ids)
		text.LinkRooms(nil)
		if text.Plain() != plain && !strings.Contains(body, `\`) {
			t.Error("resolving changed the text")
		}
		for _, list := range text.mentions(true) {
			if !slices.ContainsFunc(list, func(name string) bool { return ids[name] != 0 }) {
				t.Errorf("%q stayed a mention of nobody", list)
			}
		}
	})
}
