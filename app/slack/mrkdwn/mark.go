package slack

import (
	"strings"
	"unicode"
)

// marks writes the emphasis of one line: *bold* has two stars here, ~strike~ two
// tildes, and _italic_ is the same. A star that marks nothing is escaped.
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
	var b strings.Builder
	for i, c := range r {
		switch {
		case double[i]:
			b.WriteRune(c)
		case c == '*' && !spaced(r, i) && !(i == bullet && i+1 < len(r) && r[i+1] == ' '):
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
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

func word(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// spaced is a star that stands alone.
func spaced(r []rune, i int) bool {
	return (i == 0 || unicode.IsSpace(r[i-1])) && (i+1 == len(r) || unicode.IsSpace(r[i+1]))
}
