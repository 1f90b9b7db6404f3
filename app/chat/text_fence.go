package chat

import "strings"

// fence parses code between lines of three or more backticks. The closing ones
// may end the last line of code; without them all that follows is code.
func fence(lines []string) (Block, int) {
	open := strings.TrimLeft(lines[0], " \t")
	info := strings.TrimLeft(open, "`")
	ticks := len(open) - len(info)
	if ticks < 3 || strings.Contains(info, "`") {
		return Block{}, 0
	}
	in := indent(lines[0])
	var code []string
	n := 1
	for n < len(lines) {
		line := unindent(lines[n], in)
		n++
		t := strings.TrimRight(line, " \t")
		before := strings.TrimRight(t, "`")
		if len(t)-len(before) >= ticks {
			if !blank(before) {
				code = append(code, before)
			}
			break
		}
		code = append(code, line)
	}
	return listing(info, code), n
}

// listing is lines of code behind what stands beside the opening backticks: the name of
// a language, or the first line.
func listing(info string, code []string) Block {
	b := Block{Kind: BlockCode}
	info = strings.TrimSpace(info)
	switch {
	case language(info) && len(code) > 0: // a single word between fences is what the author wanted to show
		b.Lang = strings.ToLower(info)
	case info != "":
		code = append([]string{info}, code...)
	}
	b.Code = strings.Join(code, "\n")
	return b
}

func language(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || s[i] >= '0' && s[i] <= '9' || strings.IndexByte(".+#_-", s[i]) >= 0) {
			return false
		}
	}
	return s != "" && len(s) <= 20
}

// lateFence is code that opens behind words in a line, as in "look: ```", and
// is closed in a later one.
type lateFence struct {
	before string // the words
	code   Block
	after  string // what stands behind the closing backticks in their line
	lines  int    // how many it took, the first among them; 0: there is none
}

// lateFence parses such code in a line and those after it. Backticks that nothing closes are remembered, so that
// the whole takes linear time.
func (c *fenceCloser) lateFence(first string, rest []string) lateFence {
	at, ticks := unpairedTicks(first)
	if ticks == 0 || c.none > 0 && ticks >= c.none {
		return lateFence{}
	}
	info := first[at+ticks:]
	if !blank(info) && (strings.HasPrefix(info, " ") || glued(first, at)) {
		return lateFence{} // as in "I like ``` ticks"
	}
	for n, line := range rest {
		end := ticksIn(line, ticks)
		if end < 0 {
			continue
		}
		after := line[end+same(line, end):]
		if blank(line[:end]) && language(strings.TrimSpace(after)) && !strings.HasPrefix(after, " ") {
			return lateFence{} // this opens another
		}
		code := rest[:n:n]
		if !blank(line[:end]) {
			code = append(code, line[:end])
		}
		return lateFence{first[:at], listing(info, code), strings.TrimLeft(after, " \t"), n + 2}
	}
	c.none = ticks
	return lateFence{}
}

// fenceCloser knows that so many backticks, or more, stand in none of the lines to
// come; 0: nothing is known.
type fenceCloser struct{ none int }

// unpairedTicks finds the first three or more backticks behind words that are not of
// code within their line.
func unpairedTicks(line string) (at, ticks int) {
	for at < len(line) {
		next := strings.IndexByte(line[at:], '`')
		if next < 0 {
			break
		}
		at += next
		n := same(line, at)
		if at == 0 || line[at-1] != '\\' {
			if end := pairOf(line[at+n:], n); end >= 0 {
				at += n + end
			} else if n >= 3 && !blank(line[:at]) {
				return at, n
			}
		}
		at += n
	}
	return 0, 0
}

// pairOf finds n backticks in s, no more and no fewer; -1: there are none.
func pairOf(s string, n int) int {
	for at := ticksIn(s, n); at >= 0; {
		k := same(s, at)
		if k == n {
			return at
		}
		next := ticksIn(s[at+k:], n)
		if next < 0 {
			break
		}
		at += k + next
	}
	return -1
}

// ticksIn finds n or more backticks in s; -1: there are none.
func ticksIn(s string, n int) int { return strings.Index(s, strings.Repeat("`", n)) }
