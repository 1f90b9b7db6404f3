package chat

import "strings"

// literalTries are the signs before which a backslash is put, the fewest first: one that
// would mean nothing is shown with its backslash.
var literalTries = []string{"", "_", "*~", "`", "*_~", "*_~`", "@#", ":", ">", "@#:", "*_~`@#:", "*_~`>", "*_~`@#:>"}

// EscapeMarkup writes lines that are no markup so that one sees them as they are: marks of
// emphasis, names and emoji mean nothing. Addresses stay links, under words, too.
func EscapeMarkup(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = literalLine(line)
	}
	return strings.Join(lines, "\n")
}

func literalLine(line string) string {
	want := strings.Join(strings.Fields(line), " ")
	for _, signs := range literalTries {
		var b strings.Builder
		for i, r := range line {
			if strings.ContainsRune(signs, r) &&
				(r != ':' || i+1 < len(line) && isWord(rune(line[i+1]))) { // the second colon of :tada: acts no more
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		if t, err := ParseText(b.String()); err != nil || unescapedNames.Replace(t.Plain()) == want && t.isLiteral() {
			return b.String()
		}
	}
	return line
}

// unescapedNames takes the backslash from names, which they lose when they are looked up.
var unescapedNames = strings.NewReplacer(`\@`, "@", `\#`, "#")

// isLiteral says whether a text is one paragraph of words and addresses.
func (t Text) isLiteral() bool {
	for _, b := range t.Blocks {
		if b.Kind != BlockParagraph {
			return false
		}
		for _, r := range b.Runs {
			name := (r.Kind == RunMention || r.Kind == RunRoom) && strings.HasPrefix(r.Text, `\`)
			if r.Kind != RunPlain && !name && (r.Kind != RunLink || r.Text != r.URL) {
				return false
			}
		}
	}
	return len(t.Blocks) < 2
}
