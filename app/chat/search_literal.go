package chat

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Literal is what has to stand in a message as it was typed or is shown: the index knows words
// only, and somebody who puts C++ or --force in quotation marks means the signs, too.
type Literal struct {
	Text string // folded by foldLiteral
	Not  bool
}

// foldLiteral takes case, accents, width, the length of spaces, the kinds of quotation
// marks and what only chooses how an emoji is drawn away.
func foldLiteral(s string) string {
	if !ascii(s) {
		s = strings.Map(func(r rune) rune {
			switch {
			case accent(r), unicode.Is(unicode.Variation_Selector, r):
				return -1
			case strings.ContainsRune("‘’‚‛′ʼ", r):
				return '\''
			case strings.ContainsRune("“”„‟«»", r):
				return '"'
			}
			return lower(r)
		}, norm.NFKD.String(s))
	} else {
		s = strings.ToLower(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// hasSigns says whether a text has characters that are in no word.
func hasSigns(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !isWord(r) && !unicode.IsSpace(r) && !invisible(r) && !accent(r) })
}

// endsInSigns says whether a term begins or ends with signs that mean something, and
// not only with the punctuation of a sentence.
func endsInSigns(s string) bool {
	s = strings.Trim(s, ".,:;!?'’()")
	return s != strings.TrimFunc(s, func(r rune) bool { return hasSigns(string(r)) })
}

// Accepts says whether a message, as it was typed or as it is shown and with the names of
// its files, has every literal of the search that it has to have, and none of the others.
func (s Search) Accepts(m Message) bool {
	if len(s.Literals) == 0 {
		return true
	}
	files := Message{Files: m.Files}.Plain()
	typed := foldLiteral(m.Body + " " + files)
	shown := typed
	if s := m.Text.shown(); strings.TrimSpace(s) != m.Body {
		shown = foldLiteral(s + " " + files)
	}
	return !slices.ContainsFunc(s.Literals, func(l Literal) bool { return (holds(typed, l.Text) || holds(shown, l.Text)) == l.Not })
}

// shown is the text in one line with the numbers of its lists.
func (t Text) shown() string {
	var b strings.Builder
	showBlocks(&b, t.Blocks)
	return b.String()
}

func showBlocks(b *strings.Builder, blocks []Block) {
	for i := range blocks {
		bl := &blocks[i]
		for n, item := range bl.Items {
			if bl.Kind == BlockNumbers {
				b.WriteString(strconv.Itoa(bl.Start+n) + ". ")
			}
			showBlocks(b, item)
		}
		if len(bl.Items) == 0 && len(bl.Blocks) == 0 {
			b.WriteString(Text{Blocks: blocks[i : i+1]}.Plain() + " ")
		}
		showBlocks(b, bl.Blocks)
	}
}

// unindexed is what the index does not have as it is typed: short names of emoji, and
// the numbers of a list.
var unindexed = regexp.MustCompile(`:[\pL\pN_+-]+:|(?:^|\s)[0-9]{1,9}\.(?:\s|$)`)

// candidates are what the index has of a literal, however its emoji are drawn, in which
// it is looked for then.
func candidates(t term) (list []Match) {
	parts := unindexed.Split(t.value, -1)
	for i, part := range parts {
		if m := matching(strings.Map(unstyled, part), t.starts && i == len(parts)-1); len(m.Tokens) > 0 {
			list = append(list, m)
		}
	}
	return list
}

// holds says whether a text has a literal, not as a part of a longer word: C# is not
// in C#m, and C++ is in C++17.
func holds(text, literal string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], literal)
		if i < 0 {
			return false
		}
		at := from + i
		if !(glued(text, at) && startsWord(literal)) && !(endsWord(literal) && startsWord(text[at+len(literal):])) {
			return true
		}
		from = at + 1
	}
}

// literalSpans are the first places where a text has each of the search's literals. One
// whose folded form has other bytes has none: its words are marked.
func (s Search) literalSpans(text string) (spans []span) {
	folded := strings.ToLower(text)
	if len(folded) != len(text) {
		return nil
	}
	for _, l := range s.Literals {
		if i := strings.Index(folded, l.Text); i >= 0 && !l.Not {
			spans = append(spans, span{i, i + len(l.Text)})
		}
	}
	return spans
}

func startsWord(s string) bool {
	for _, r := range s {
		return isWord(r) && !spaceless(r)
	}
	return false
}

func endsWord(s string) bool { return s != "" && glued(s, len(s)) }

// signs tells what a search does with the signs in it: which terms are looked for
// without them, and which words with a minus are left out.
func (p *parsedSearch) signs(t term) {
	if t.key != "" || t.quoted {
		return
	}
	if t.not {
		p.Without = append(p.Without, t.value)
	} else if endsInSigns(t.value) {
		p.Signs = append(p.Signs, t.value)
	}
}
