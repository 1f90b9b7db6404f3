package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// bodyParser parses one body: blocks line by line, then the runs of each paragraph.
type bodyParser struct {
	links, mentions int
	looked          int // bytes that were looked at for addresses
	wasted          int // of them, those of what is no address

	asks   bool                // names that may be of rooms are noted
	asked  []string            // folded; the longest of each place first
	rooms  map[string]RoomLink // whose names are what they are, whatever their signs mean elsewhere
	places int                 // where names of rooms were looked for
}

// blocks parses lines that are nested depth containers deep, and changes them. A line is looked at
// a fixed number of times on each of at most MaxNesting levels.
func (p *bodyParser) blocks(lines []string, depth int) []Block {
	var out []Block
	var text []string
	var closer fenceCloser
	gap := 0 // blank lines before text; one parts two paragraphs, more are seen
	end := func() {
		if len(text) > 0 {
			out = append(out, p.paragraph(text, gap, depth))
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
			late := closer.lateFence(lines[0], lines[1:])
			if late.lines == 0 {
				text = append(text, strings.TrimRight(lines[0], " \t"))
				lines = lines[1:]
				continue
			}
			text = append(text, strings.TrimRight(late.before, " \t"))
			if b, n = late.code, late.lines; late.after != "" {
				n--
				lines[n] = late.after // it begins the next line
			}
		}
		end()
		gap = 0
		out = append(out, b)
		lines = lines[n:]
	}
	end()
	return out
}

// paragraph parses the lines of one, which stands gap blank lines below what is before it.
func (p *bodyParser) paragraph(lines []string, gap, depth int) Block {
	s := strings.TrimRight(strings.Join(lines, "\n"), " \t\n")
	above := make([]Run, max(0, gap-1))
	for i := range above {
		above[i].Kind = RunBreak
	}
	return Block{Runs: append(above, p.runs(s, depth)...)}
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
	if !slices.ContainsFunc(inner, func(line string) bool { return strings.Trim(line, "> \t") != "" }) {
		return Block{}, 0 // marks around nothing show what was typed
	}
	return Block{Kind: BlockQuote, Blocks: p.blocks(inner, depth+1)}, len(inner)
}

// quoted takes one level of quoting from a line.
func quoted(line string) (string, bool) {
	line = strings.TrimLeft(line, " \t")
	rest := strings.TrimLeft(line, ">")
	if rest == line || rest != "" && rest[0] != ' ' && rest[0] != '\t' && !quotable(rest) {
		return "", false
	}
	return strings.TrimPrefix(line[1:], " "), true
}

// quotable says whether a line may begin so right behind its mark of quoting. People
// write >.< and >:( and >w< too, and >= and >3.
func quotable(rest string) bool {
	word, _, more := strings.Cut(rest, " ")
	letters := strings.TrimFunc(word, func(r rune) bool { return !isWord(r) })
	face := strings.HasSuffix(word, "<") || letters == "" || !more && len(letters) == 1
	first, _ := utf8.DecodeRuneInString(rest)
	switch {
	case first >= utf8.RuneSelf:
		return !unicode.IsNumber(first)
	case unicode.IsLetter(first), strings.IndexByte(`(["'~`, byte(first)) >= 0:
		return !face
	}
	return strings.IndexByte("@#*`", byte(first)) >= 0
}
