package chat

import (
	"regexp"
	"strconv"
	"strings"
)

// item is the mark at the beginning of a list item.
type item struct {
	indent   int // columns before the mark
	width    int // columns before the text
	numbered bool
	number   int
	text     string
}

// list parses items and what is indented below them; one list may be loose, with
// blank lines between its items.
func (p *bodyParser) list(lines []string, depth int) (Block, int) {
	first, ok := listItem(lines[0])
	if !ok {
		return Block{}, 0
	}
	b := Block{Kind: BlockBullets}
	if first.numbered {
		b.Kind, b.Start = BlockNumbers, first.number
	}
	last, n := first, 0
	var closer fenceCloser
	for {
		inner := []string{last.text}
		n++
		for _, line := range closer.itemLines(last.text, lines[n:], first.indent+2) {
			inner = append(inner, unindent(line, last.width))
			n++
		}
		b.Items = append(b.Items, p.blocks(inner, depth+1))
		next := n + blanks(lines[n:])
		if next == len(lines) {
			return b, n
		}
		it, ok := listItem(lines[next])
		if !ok || !it.follows(first, last) {
			return b, n
		}
		last, n = it, next
	}
}

// follows keeps the numbers that were typed: a list goes on if it counts up or
// repeats one number throughout, else another list begins.
func (it item) follows(first, last item) bool {
	if it.numbered != first.numbered {
		return false
	}
	return !it.numbered || it.number == last.number+1 || it.number == first.number && last.number == first.number
}

// itemLines are those that belong to an item: what is indented, or code that opens behind
// its words, which people do not indent.
func (c *fenceCloser) itemLines(text string, lines []string, columns int) []string {
	in := belonging(lines, columns)
	if !strings.Contains(text, "```") {
		return in
	}
	late := c.lateFence(text, lines)
	if n := late.lines - 1; n > len(in) && strings.HasPrefix(strings.TrimLeft(lines[n-1], " \t"), "```") {
		return lines[:n]
	}
	return in
}

// belonging is the run of lines indented by at least columns, with the blank
// lines between them but not those after.
func belonging(lines []string, columns int) []string {
	n := 0
	for i := 0; i < len(lines); i++ {
		if blank(lines[i]) {
			continue
		}
		if indent(lines[i]) < columns {
			break
		}
		n = i + 1
	}
	return lines[:n]
}

func blanks(lines []string) int {
	n := 0
	for n < len(lines) && blank(lines[n]) {
		n++
	}
	return n
}

// listItem reads "- text", "* text" and "1. text".
func listItem(line string) (item, bool) {
	t := strings.TrimLeft(line, " \t")
	it := item{indent: indent(line)}
	mark := 0
	if t != "" && (t[0] == '-' || t[0] == '*') {
		mark = 1
	} else {
		for mark < len(t) && t[mark] >= '0' && t[mark] <= '9' {
			mark++
		}
		if mark == 0 || mark > 9 || mark == len(t) || t[mark] != '.' || mark > 1 && t[0] == '0' ||
			numbersInARow.MatchString(t) { // 007. is a name
			return item{}, false
		}
		it.numbered = true
		it.number, _ = strconv.Atoi(t[:mark]) // at most nine digits
		mark++
	}
	if mark == len(t) || t[mark] != ' ' && t[mark] != '\t' || blank(t[mark:]) || !it.numbered && marksInARow.MatchString(t) {
		return item{}, false
	}
	it.width = it.indent + mark + 1
	it.text = strings.TrimLeft(t[mark+1:], " \t")
	return it, true
}

// marksInARow is a line of nothing but the marks of bullets, as a rule is, or one that
// begins with three stars, as the times of a cron job do.
var marksInARow = regexp.MustCompile(`^(?:[-*][ \t]+)+[-*][ \t]*$|^(?:\*[ \t]+){2}\*(?:[ \t]|$)`)

// numbersInARow is a line such as a date: 24. 12. 2026.
var numbersInARow = regexp.MustCompile(`^[0-9]+\.(?:[ \t]+[0-9]+\.)+(?:[ \t]*$|[ \t]+[0-9]+(?:[^.0-9]|$))`)

// indent counts the columns before the text; a tab is four.
func indent(line string) int {
	n := 0
	for i := range len(line) {
		switch line[i] {
		case ' ':
			n++
		case '\t':
			n += 4
		default:
			return n
		}
	}
	return n
}

// unindent takes at most so many columns away.
func unindent(line string, columns int) string {
	for columns > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
		if line[0] == '\t' {
			columns -= 3
		}
		columns--
		line = line[1:]
	}
	return line
}
