package chat

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// mark is an opening mark; until it is closed, out holds it as plain text.
type mark struct {
	char byte
	size int
	at   int // in out
}

func (m mark) kind() RunKind {
	switch {
	case m.char == '~':
		return RunStrike
	case m.size == 2:
		return RunBold
	}
	return RunItalic
}

// emphasis closes what it can with the marks at i and opens the rest.
func (rp *runParser) emphasis(i int) int {
	c, n := rp.s[i], same(rp.s, i)
	if !isMark(c, n) {
		return n
	}
	opens, closes := rp.flanks(i, n)
	if !opens && !closes {
		return n
	}
	rp.flush(i)
	rp.start = i + n
	left := n
	for closes && left > 0 {
		j := rp.opener(c, n, left)
		if j < 0 {
			break
		}
		size := rp.open[j].size
		if !rp.wrap(j) {
			break
		}
		left -= size
	}
	for left > 0 {
		size := min(left, 2)
		if opens {
			rp.open = slices.DeleteFunc(rp.open, func(m mark) bool { return m.char == c && m.size == size })
			rp.open = append(rp.open, mark{c, size, len(rp.out)})
		}
		rp.out = append(rp.out, Run{Text: rp.s[i : i+size]})
		left -= size
	}
	return n
}

func isMark(c byte, n int) bool {
	switch c {
	case '*':
		return n <= 3
	case '_':
		return n == 1
	}
	return n == 2
}

// flanks says whether the n marks at i may open and close: no space on the inner
// side, no letter outside an underscore, and 2*3*4 is a sum.
func (rp *runParser) flanks(i, n int) (opens, closes bool) {
	before, _ := utf8.DecodeLastRuneInString(rp.s[:i])
	after, _ := utf8.DecodeRuneInString(rp.s[i+n:])
	opens = i+n < len(rp.s) && !unicode.IsSpace(after)
	closes = i > 0 && !unicode.IsSpace(before)
	switch {
	case after == '\uFE0F' || after == '\u20E3': // a keycap
		return false, false
	case rp.s[i] == '_':
		return opens && !(i > 0 && wordly(before)), closes && !(i+n < len(rp.s) && wordly(after))
	case rp.s[i] == '*' && n == 1 && unicode.IsDigit(before) && unicode.IsDigit(after):
		return false, false
	}
	return opens, closes
}

// opener finds the innermost open mark that left of n marks can close. Three can
// close any, one and two only their own size.
func (rp *runParser) opener(c byte, n, left int) int {
	for j := len(rp.open) - 1; j >= 0; j-- {
		m := rp.open[j]
		if m.char == c && (m.size == n || n == 3 && m.size <= left) {
			return j
		}
	}
	return -1
}

// wrap makes everything after open mark j its content. Marks opened since stay
// as the plain text they are.
func (rp *runParser) wrap(j int) bool {
	if k := j + 1; k < len(rp.open) && rp.open[j].char == '*' && rp.open[k].char == '*' && rp.open[k].at == rp.open[j].at+1 {
		// Both halves of one ***: whichever is closed first is the inner one.
		a, b := &rp.open[j], &rp.open[k]
		a.size, b.size = b.size, a.size
		rp.out[a.at], rp.out[b.at] = rp.out[b.at], rp.out[a.at]
		j = k
	}
	m := rp.open[j]
	inner := rp.out[m.at+1:]
	rp.open = rp.open[:j]
	if rp.depth+height(inner)+1 > MaxNesting {
		return false
	}
	rp.out = append(rp.out[:m.at], Run{Kind: m.kind(), Runs: slices.Clone(inner)})
	return true
}

func height(runs []Run) int {
	h := 0
	for i := range runs {
		if len(runs[i].Runs) > 0 {
			h = max(h, 1+height(runs[i].Runs))
		}
	}
	return h
}
