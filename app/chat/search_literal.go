package chat

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Literal is what has to stand in a message as it was typed: the index knows words
// only, and somebody who puts C++ or --force in quotation marks means the signs, too.
type Literal struct {
	Text string // folded by foldLiteral
	Not  bool
}

// foldLiteral takes case, accents, width and the length of spaces away.
func foldLiteral(s string) string {
	if !ascii(s) {
		s = strings.Map(func(r rune) rune {
			if accent(r) {
				return -1
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

// Accepts says whether a message's body has every literal of the search that it has
// to have, and none of the others.
func (s Search) Accepts(body string) bool {
	if len(s.Literals) == 0 {
		return true
	}
	folded := foldLiteral(body)
	return !slices.ContainsFunc(s.Literals, func(l Literal) bool { return holds(folded, l.Text) == l.Not })
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
func (p *queryParser) signs(t term) {
	if t.key != "" || t.quoted {
		return
	}
	if t.not {
		p.Without = append(p.Without, t.value)
	} else if endsInSigns(t.value) {
		p.Signs = append(p.Signs, t.value)
	}
}
