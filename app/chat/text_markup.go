package chat

import "strings"

// literalTries are the signs before which a backslash is put, the fewest first: one that
// would mean nothing is shown with its backslash.
var literalTries = []string{"", "_", "*~", "`", "*_~", "*_~`", "@#", ":", ">", "@#:", "*_~`@#:", "*_~`>", "*_~`@#:>"}

// EscapeMarkup writes lines that are no markup so that one sees them as they are: marks of
// emphasis, names and emoji mean nothing, nor do links under words. Addresses stay links. What
// no backslash helps against is written as code.
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
		if t, err := ParseText(b.String()); err == nil && unescapedNames.Replace(t.Plain()) == want && t.isLiteral() {
			return b.String()
		}
	}
	return literalCode(line)
}

// literalCode writes a line as code, in which nothing means anything.
func literalCode(line string) string {
	line = strings.TrimSpace(line)
	if line == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(line, fence) {
		fence += "`"
	}
	return fence + " " + line + " " + fence
}

// harmless says whether a text calls nobody, leads to no room, and has no links under words.
func (t Text) harmless() bool {
	harmless := true
	eachBlock(t.Blocks, func(b *Block) {
		eachRun(b.Runs, func(r *Run) {
			switch r.Kind {
			case RunMention, RunRoom, RunMentionAll:
				harmless = harmless && strings.HasPrefix(r.Text, `\`)
			case RunLink:
				harmless = harmless && r.isAddress()
			}
		})
	})
	return harmless
}

// isAddress says whether a link stands under nothing but where it leads.
func (r Run) isAddress() bool {
	for _, scheme := range []string{"", "https://", "http://", "mailto:"} {
		if r.URL == scheme+r.Text {
			return true
		}
	}
	return false
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
			if r.Kind != RunPlain && !name && (r.Kind != RunLink || !r.isAddress()) {
				return false
			}
		}
	}
	return len(t.Blocks) < 2
}
