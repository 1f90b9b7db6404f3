package chat

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// runParser parses one paragraph from left to right. At most one mark of each
// kind is open at a time, so no text can make it look back further than that.
type runParser struct {
	body  *bodyParser
	s     string
	depth int // containers around the paragraph
	start int // of the plain text not yet in out
	out   []Run
	open  []mark
	ticks map[int][]int // by length, where runs of backticks begin
}

func (p *bodyParser) runs(s string, depth int) []Run {
	rp := runParser{body: p, s: s, depth: depth}
	for i := 0; i < len(s); {
		i += rp.step(i)
	}
	rp.flush(len(s))
	return joined(rp.out)
}

// step parses what begins at i and says how many bytes that was.
func (rp *runParser) step(i int) int {
	switch rp.s[i] {
	case '\n':
		rp.put(i, 1, Run{Kind: RunBreak})
		return 1
	case '\\':
		return rp.escape(i)
	case '`':
		return rp.code(i)
	case '*', '_', '~':
		return rp.emphasis(i)
	case '@':
		return rp.mention(i)
	case '#':
		return rp.room(i)
	case 'h', 'H':
		return rp.link(i)
	case ':':
		return rp.emoji(i)
	}
	return 1
}

// emoji parses a short name such as :tada:, where no word ends right before it.
func (rp *runParser) emoji(i int) int {
	n := shortLen(rp.s[i:])
	if before, _ := utf8.DecodeLastRuneInString(rp.s[:i]); n == 0 || i > 0 && isWord(before) {
		return 1
	}
	rp.put(i, n, Run{Text: EmojiNamed(rp.s[i+1 : i+n-1])})
	return n
}

// flush moves the plain text before i to out.
func (rp *runParser) flush(i int) {
	if rp.start < i {
		rp.out = append(rp.out, Run{Text: rp.s[rp.start:i]})
	}
	rp.start = i
}

// put adds a run that was written as the n bytes at i.
func (rp *runParser) put(i, n int, r Run) {
	rp.flush(i)
	rp.out = append(rp.out, r)
	rp.start = i + n
}

// escape makes the next mark plain. A backslash is not itself a mark, so that
// \\server\share and the arm of ¯\_(ツ)_/¯ survive.
func (rp *runParser) escape(i int) int {
	if i+1 == len(rp.s) || strings.IndexByte("*_~`>-.@#", rp.s[i+1]) < 0 {
		return 1
	}
	if !strings.HasSuffix(rp.s[:i], "¯") {
		rp.flush(i)
		rp.start = i + 1
	}
	return 2
}

// code parses a span between equally long runs of backticks in one line.
func (rp *runParser) code(i int) int {
	n := same(rp.s, i)
	if rp.ticks == nil {
		rp.ticks = map[int][]int{}
		for j := i; j < len(rp.s); j++ {
			if rp.s[j] == '`' {
				k := same(rp.s, j)
				rp.ticks[k] = append(rp.ticks[k], j)
				j += k
			}
		}
	}
	ends := rp.ticks[n]
	e := sort.SearchInts(ends, i+n)
	if e == len(ends) {
		return n
	}
	inner := rp.s[i+n : ends[e]]
	if strings.Contains(inner, "\n") {
		return n
	}
	if strings.HasPrefix(inner, " ") && strings.HasSuffix(inner, " ") && !blank(inner) {
		inner = inner[1 : len(inner)-1] // as in "`` ` ``"
	}
	total := ends[e] + n - i
	rp.put(i, total, Run{Kind: RunCode, Text: inner})
	return total
}

// same is how often the byte at i is repeated there.
func same(s string, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}

func wordly(r rune) bool { return r == '_' || isWord(r) }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }
