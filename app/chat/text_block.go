package chat

import (
	"slices"
	"strings"
)

// bodyParser parses one body: blocks line by line, then the runs of each paragraph.
type bodyParser struct {
	links, mentions int
}

// blocks parses lines that are nested depth containers deep. A line is looked at
// a fixed number of times on each of at most MaxNesting levels.
func (p *bodyParser) blocks(lines []string, depth int) []Block {
	var out []Block
	var text []string
	gap := 0 // blank lines before text; one parts two paragraphs, more are seen
	end := func() {
		if len(text) > 0 {
			s := strings.TrimRight(strings.Join(text, "\n"), " \t\n")
			above := make([]Run, max(0, gap-1))
			for i := range above {
				above[i].Kind = RunBreak
			}
			out = append(out, Block{Runs: append(above, p.runs(s, depth)...)})
			text, gap = text[:0], 0
		}
	}
	for len(lines) > 0 {
		if blank(lines[0]) {
			end()
			if len(out) > 0 {
				gap++
			}
			lines = lines[1:]
			continue
		}
		b, n := p.block(lines, depth)
		if n == 0 {
			text = append(text, strings.TrimRight(lines[0], " \t"))
			lines = lines[1:]
			continue
		}
		end()
		gap = 0
		out = append(out, b)
		lines = lines[n:]
	}
	end()
	return out
}

// block parses what begins at the first line, if that is not a paragraph, and
// says how many lines it took.
func (p *bodyParser) block(lines []string, depth int) (Block, int) {
	if b, n := fence(lines); n > 0 {
		return b, n
	}
	if depth >= MaxNesting {
		return Block{}, 0
	}
	if b, n := p.quote(lines, depth); n > 0 {
		return b, n
	}
	return p.list(lines, depth)
}

func (p *bodyParser) quote(lines []string, depth int) (Block, int) {
	var inner []string
	for _, line := range lines {
		rest, ok := quoted(line)
		if !ok {
			break
		}
		inner = append(inner, rest)
	}
	if !slices.ContainsFunc(inner, func(line string) bool { return !blank(line) }) {
		return Block{}, 0 // marks around nothing show what was typed
	}
	return Block{Kind: BlockQuote, Blocks: p.blocks(inner, depth+1)}, len(inner)
}

// quoted takes one level of quoting from a line. A space or the end must follow
// the marks, because people write >.< and >:( too.
func quoted(line string) (string, bool) {
	line = strings.TrimLeft(line, " \t")
	rest := strings.TrimLeft(line, ">")
	if rest == line || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", false
	}
	return strings.TrimPrefix(line[1:], " "), true
}

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
	b := Block{Kind: BlockCode}
	if info = strings.TrimSpace(info); language(info) {
		b.Lang = strings.ToLower(info)
	} else if info != "" {
		code = append(code, info)
	}
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
	if len(code) == 0 && b.Lang != "" {
		// A single word between fences is what the author wanted to show.
		code, b.Lang = append(code, info), ""
	}
	b.Code = strings.Join(code, "\n")
	return b, n
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
