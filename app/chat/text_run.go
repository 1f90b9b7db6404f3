package chat

import (
	"sort"
	"strings"
)

// runParser parses one paragraph from left to right.
type runParser struct {
	body    *bodyParser
	s       string
	depth   int // containers around the paragraph
	start   int // of the plain text not yet in out
	out     []Run
	open    []delimiter
	bottoms [bottomKeys]int // below which there is no opener in open, by kind of closer
	ticks   map[int][]int   // by length, where runs of backticks begin

	slashes     bool         // there is a backslash in it
	lookThrough bool         // a backslash before a mark of emphasis is not there
	escapes     map[int]bool // marks of emphasis that would act without their backslash
	token       token        // the last one that was looked at
}

func (p *bodyParser) runs(s string, depth int) []Run {
	rp := runParser{body: p, s: s, depth: depth, slashes: strings.Contains(s, `\`)}
	rp.findEscapes()
	return rp.parse()
}

func (rp *runParser) parse() []Run {
	for i := 0; i < len(rp.s); {
		i += rp.step(i)
	}
	rp.flush(len(rp.s))
	return joined(rp.out)
}

// step parses what begins at i and says how many bytes that was.
func (rp *runParser) step(i int) int {
	if rp.slashes {
		if n := rp.path(i); n > 0 {
			return n
		}
	}
	switch c := rp.s[i]; c {
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
		if n := rp.mail(i); n > 0 {
			return n
		}
		return rp.mention(i)
	case '[':
		return max(1, rp.named(i))
	case '#':
		return rp.room(i)
	case ':':
		return rp.emoji(i)
	default:
		if c|0x20 == 'h' {
			if n := rp.link(i); n > 1 {
				return n
			}
		}
		if c|0x20 == 'w' {
			return max(1, rp.www(i))
		}
		return 1
	}
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

// code parses a span between equally long runs of backticks in one line.
func (rp *runParser) code(i int) int {
	n := same(rp.s, i)
	ends := rp.tickRuns()[n]
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

// tickRuns tells by length where runs of backticks begin, in order.
func (rp *runParser) tickRuns() map[int][]int {
	if rp.ticks == nil {
		rp.ticks = map[int][]int{}
		for j := 0; j < len(rp.s); j++ {
			if rp.s[j] == '`' {
				k := same(rp.s, j)
				rp.ticks[k] = append(rp.ticks[k], j)
				j += k
			}
		}
	}
	return rp.ticks
}

// same is how often the byte at i is repeated there.
func same(s string, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}
