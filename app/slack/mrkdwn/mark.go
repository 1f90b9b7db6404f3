package mrkdwn

import (
	"strings"
	"unicode"

	"parley/app/chat"
)

// marks writes the emphasis of one line: *bold* has two stars here, ~strike~ two
// tildes, and _italic_ is the same. A star that marks nothing there and would here is
// escaped.
func marks(line string) string {
	if !strings.ContainsAny(line, "*~") {
		return line
	}
	r := []rune(line)
	double := map[int]bool{} // places of marks that were found in pairs
	for _, c := range []rune{'*', '~'} {
		for i := 0; i < len(r); i++ {
			if r[i] != c || !opens(r, i) {
				continue
			}
			j := closer(r, i)
			if j < 0 {
				break // nor has any later one
			}
			double[i], double[j] = true, true
			i = j
		}
	}
	bullet := len(r) - len([]rune(strings.TrimLeft(line, " \t"))) // a star there, with a space after it, begins an item
	single := 0
	write := func(escape bool) string {
		var b strings.Builder
		single = 0
		for i, c := range r {
			switch {
			case double[i]:
				b.WriteRune(c)
			case c == '*' && !(i == bullet && i+1 < len(r) && r[i+1] == ' '):
				if single++; escape && !spaced(r, i) {
					b.WriteByte('\\')
				}
			}
			b.WriteRune(c)
		}
		return b.String()
	}
	typed := write(false)
	if n := shownOf(typed, "*"); single > 0 && n >= 0 && n != single {
		return write(true)
	}
	return typed
}

// shownOf counts how many of these signs one sees of what is typed; -1 where that is
// no message.
func shownOf(typed, signs string) int {
	t, err := chat.ParseText(typed)
	if err != nil {
		return -1
	}
	return count(t.Plain(), signs)
}

func count(s, signs string) (n int) {
	for i := range len(s) {
		if strings.IndexByte(signs, s[i]) >= 0 {
			n++
		}
	}
	return n
}

// opens says whether a mark begins something: a word follows, and none is before.
func opens(r []rune, i int) bool {
	return i+1 < len(r) && !unicode.IsSpace(r[i+1]) && r[i+1] != r[i] && (i == 0 || r[i-1] != r[i] && !word(r[i-1]))
}

// closer finds the mark that ends what begins at i.
func closer(r []rune, i int) int {
	for j := i + 2; j < len(r); j++ {
		if r[j] == r[i] && !unicode.IsSpace(r[j-1]) && (j+1 == len(r) || !word(r[j+1]) && r[j+1] != r[i]) {
			return j
		}
	}
	return -1
}

// spaced is a star that stands alone.
func spaced(r []rune, i int) bool {
	return (i == 0 || unicode.IsSpace(r[i-1])) && (i+1 == len(r) || unicode.IsSpace(r[i+1]))
}

const allMarks = "*_~`"

// literal writes text that is no markup, so that one sees it as it is. Where a
// backslash would be seen there is none.
func (c *conversion) literal(s string) string {
	if !strings.ContainsAny(s, allMarks) {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if n := count(line, allMarks); n > 0 {
			lines[i] = literalLine(line, n)
		}
	}
	return strings.Join(lines, "\n")
}

func literalLine(line string, signs int) string {
	slashes := count(line, `\`)
	for _, try := range []string{line, escaped(line, false, false), escaped(line, false, true),
		escaped(line, true, false), escaped(line, true, true)} {
		if t, err := chat.ParseText(try); err == nil {
			if shown := t.Plain(); count(shown, allMarks) == signs && count(shown, `\`) == slashes {
				return try
			}
		}
	}
	return line
}

// escaped puts backslashes before marks: those at the border of a word or all, and
// before backticks, with or without the last: it ends nothing when no other begins.
func escaped(line string, everyMark, everyTick bool) string {
	var b strings.Builder
	r := []rune(line)
	lastTick := strings.Count(line, "`")
	for i, c := range r {
		switch {
		case c == '`':
			if lastTick--; everyTick || lastTick > 0 {
				b.WriteByte('\\')
			}
		case strings.ContainsRune("*_~", c):
			within := i > 0 && i+1 < len(r) && word(r[i-1]) && word(r[i+1])
			if everyMark || !within && !spaced(r, i) {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(c)
	}
	return b.String()
}
