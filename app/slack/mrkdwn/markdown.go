package mrkdwn

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"parley/app/chat"
)

var (
	markdownLink    = regexp.MustCompile(`!?\[([^\[\]\n]*)\]\(([^()\s]+)\)`)
	markdownHeading = regexp.MustCompile(`^#{1,6}[ \t]+(.+?)[ \t#]*$`)
	markdownRule    = regexp.MustCompile(`^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`) // below the head of a table
)

// Bounds of a table that becomes a listing; what is beyond them stays as it was typed.
const (
	maxColumns = 20
	maxRows    = 500
	maxPadded  = 40 // letters of a cell behind which the next one still begins in its column
)

// markdown writes a block of Markdown, which is nearly what is typed here.
func (c *conversion) markdown(s string) string {
	s = markdownLink.ReplaceAllStringFunc(c.cut(s), func(found string) string {
		m := markdownLink.FindStringSubmatch(found)
		return c.linkTo(m[1], m[2])
	})
	return Markdown(s)
}

// Markdown writes what Markdown has and messages have not: a heading is a bold line, and a
// table code with its columns below one another, or a line a row where it has links.
func Markdown(s string) string {
	lines := strings.Split(s, "\n")
	var all []string
	code := false
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if n := tableAt(lines[i:]); !code && n > 0 {
			all = append(all, table(lines[i:i+n]))
			i += n - 1
			continue
		}
		if m := markdownHeading.FindStringSubmatch(line); m != nil && !code {
			line = bold(m[1])
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// LooksLikeTable says whether a table of Markdown stands in a text.
func LooksLikeTable(s string) bool {
	lines := strings.Split(s, "\n")
	for i := range lines {
		if tableAt(lines[i:]) > 0 {
			return true
		}
	}
	return false
}

// tableAt is of how many lines the table is that they begin with, maxRows at most; 0: there is none.
func tableAt(lines []string) int {
	if len(lines) < 2 || !strings.Contains(lines[0], "|") || !strings.Contains(lines[1], "|") || !markdownRule.MatchString(lines[1]) {
		return 0
	}
	columns := len(cellsOf(lines[0]))
	if columns != len(cellsOf(lines[1])) || columns > maxColumns {
		return 0
	}
	n := 2
	for n < min(len(lines), maxRows) && strings.Contains(lines[n], "|") {
		n++
	}
	return n
}

// cellsOf are the cells of a line of a table.
func cellsOf(line string) (cells []string) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	var cell strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case strings.HasPrefix(line[i:], `\|`):
			cell.WriteByte('|')
			i++
		case line[i] == '|':
			cells = append(cells, strings.TrimSpace(cell.String()))
			cell.Reset()
		default:
			cell.WriteByte(line[i])
		}
	}
	return append(cells, strings.TrimSpace(cell.String()))
}

// table writes the lines of a table, of which the second only says where its columns are.
func table(lines []string) string {
	var rows [][]string
	links := false
	for i, line := range lines {
		if i == 1 {
			continue
		}
		cells := cellsOf(line)
		rows = append(rows, cells[:min(len(cells), maxColumns)])
		links = links || strings.Contains(line, "](") || strings.Contains(line, "://")
	}
	if !links {
		if code, ok := aligned(rows); ok {
			return code
		}
	}
	rows[0] = []string{bold(rowLine(rows[0]))}
	all := make([]string, len(rows))
	for i, cells := range rows {
		all[i] = rowLine(cells)
	}
	return strings.Join(all, "\n")
}

// rowLine is a row of a table in one line.
func rowLine(cells []string) string { return strings.Join(cells, " | ") }

// aligned writes rows as code; false: what is in them would end it.
func aligned(rows [][]string) (string, bool) {
	var widths [maxColumns]int
	for _, cells := range rows {
		for i, cell := range cells {
			if t, err := chat.ParseText(cell); err == nil {
				cells[i] = strings.ReplaceAll(t.Plain(), "\n", " ")
			}
			if strings.Contains(cells[i], "```") {
				return "", false
			}
			if n := utf8.RuneCountInString(cells[i]); n <= maxPadded {
				widths[i] = max(widths[i], n)
			}
		}
	}
	var b strings.Builder
	b.WriteString("```\n")
	for _, cells := range rows {
		var line strings.Builder
		for i, cell := range cells {
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String() + "```", true
}
